"""How a person deletes or unties one object of each kind with the `openstack` command line, as data.

Words are those of python-openstackclient and python-octaviaclient; names in braces are the object's id and the fields of its kind.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from tfclean.model import Resource

COMMANDS: Mapping[str, str] = {
    "compute.server": "server delete {id}",
    "compute.server_group": "server group delete {id}",
    "compute.keypair": "keypair delete {id}",
    "compute.volume_attachment": "server remove volume {server_id} {volume_id}",
    "network.network": "network delete {id}",
    "network.subnet": "subnet delete {id}",
    "network.port": "port delete {id}",
    "network.router_interface": "router remove port {device_id} {id}",
    "network.router": "router delete {id}",
    "network.router_route": "router remove route --route destination={destination},gateway={nexthop} {router_id}",
    "network.floating_ip": "floating ip delete {id}",
    "network.floating_ip_association": "floating ip unset --port {id}",
    "network.port_forwarding": "floating ip port forwarding delete {floatingip_id} {id}",
    "network.security_group": "security group delete {id}",
    "network.port_security_group": "port unset --security-group {security_group_id} {port_id}",
    "network.security_group_rule": "security group rule delete {id}",
    "network.trunk": "network trunk delete {id}",
    "network.trunk_subport": "network trunk unset --subport {port_id} {trunk_id}",
    "network.subnet_pool": "subnet pool delete {id}",
    "network.address_scope": "address scope delete {id}",
    "network.address_group": "address group delete {id}",
    "network.qos_policy": "network qos policy delete {id}",
    "network.rbac_policy": "network rbac delete {id}",
    "block_storage.volume": "volume delete {id}",
    "block_storage.snapshot": "volume snapshot delete {id}",
    "block_storage.backup": "volume backup delete {id}",
    "block_storage.attachment": "--os-volume-api-version 3.27 volume attachment delete {id}",
    "load_balancer.load_balancer": "loadbalancer delete --cascade {id}",
    "load_balancer.listener": "loadbalancer listener delete {id}",
    "load_balancer.pool": "loadbalancer pool delete {id}",
    "load_balancer.member": "loadbalancer member delete {pool_id} {id}",
    "load_balancer.health_monitor": "loadbalancer healthmonitor delete {id}",
    "load_balancer.l7_policy": "loadbalancer l7policy delete {id}",
    "load_balancer.l7_rule": "loadbalancer l7rule delete {l7policy_id} {id}",
    "image.image": "image delete {id}",
}
"""Kind → what stands after ``openstack``."""

_FIELD = re.compile(r"\{(\w+)\}")


def by_hand(resource: Resource) -> str:
    """Give the line for a shell that deletes or unties `resource`, quoted; empty if its kind has none, or a field of it is not known."""
    template = COMMANDS.get(resource.kind)
    if template is None:
        return ""
    fields = {**resource.attributes, "id": resource.id}
    if any(not fields.get(name) for name in _FIELD.findall(template)):
        return ""
    words = (_FIELD.sub(lambda match: str(fields[match[1]]), word) for word in template.split())
    return f"openstack {' '.join(shlex.quote(word) for word in words)}"
