"""How each service tells what a project uses of its quotas, as data.

Paths, wrappers and names of fields are those of the services' API references, and of the lab's recorded answers: Nova and Cinder say
``in_use``, Neutron ``used``; Octavia tells limits only, so what it limits is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sheet:
    """The quotas of one service.

    Attributes:
        service: type of the service in the catalog.
        path: below its endpoint; ``{project}`` is the project's id.
        key: under which they stand in the answer.
        names: the service's name of a quota → what it counts, for people, in the plural.
        used: field of a quota that tells its use; empty if the answer holds limits only.
        query: sent with it.
        counted: where it does not tell: the service's name of a quota → kind whose objects count against it.
    """

    service: str
    path: str
    key: str
    names: Mapping[str, str]
    used: str = ""
    query: tuple[tuple[str, str], ...] = ()
    counted: Mapping[str, str] = field(default_factory=dict)


SHEETS = (
    Sheet(
        "compute",
        "/os-quota-sets/{project}/detail",
        "quota_set",
        {"instances": "servers", "cores": "virtual CPUs", "ram": "MiB of memory", "server_groups": "server groups"},
        "in_use",
    ),
    Sheet(
        "network",
        "/quotas/{project}/details.json",
        "quota",
        {
            "floatingip": "floating IPs",
            "network": "networks",
            "port": "ports",
            "router": "routers",
            "security_group": "security groups",
            "security_group_rule": "security group rules",
            "subnet": "subnets",
            "trunk": "trunks",
        },
        "used",
    ),
    Sheet(
        "block-storage",
        "/os-quota-sets/{project}",
        "quota_set",
        {"volumes": "volumes", "gigabytes": "GiB of volumes and snapshots", "snapshots": "snapshots", "backups": "backups"},
        "in_use",
        (("usage", "True"),),
    ),
    Sheet(
        "load-balancer",
        "/lbaas/quotas/{project}",
        "quota",
        {"load_balancer": "load balancers"},
        counted={"load_balancer": "load_balancer.load_balancer"},
    ),
)
"""The services that are asked, in the order of telling."""
