"""Neutron with ML2 and Open vSwitch, but no agents: nothing carries a packet."""

import json
from typing import TYPE_CHECKING

from .. import config, database
from ..processes import run, spawn, spawn_wsgi
from ..settings import COMPUTE_HOST, ETC, HOST, QUEUE_URL, RUN, tool
from .base import Service

if TYPE_CHECKING:
    from openstack.connection import Connection

FOLDER = ETC / "neutron"
FILES = ("--config-file", FOLDER / "neutron.conf", "--config-file", FOLDER / "plugins/ml2/ml2_conf.ini")
PLUGINS = ("router", "trunk", "qos", "segments", "port_forwarding", "tag")
UNLIMITED = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule", "rbac_policy", "trunk")
ALIVE_AGENT = {
    "bridge_mappings": {"public": "br-ex"},
    "tunnel_types": ["vxlan"],
    "tunneling_ip": HOST,
    "devices": 0,
    "l2_population": False,
    "datapath_type": "system",
    "ovs_capabilities": {"datapath_types": ["system"], "iface_types": []},
    "vhostuser_socket_dir": "/nowhere",
    "ovs_hybrid_plug": False,
    "extensions": [],
}


class Neutron(Service):
    """Neutron."""

    name = "neutron"
    kind = "network"
    port = 9696
    packages = ("neutron~=29.0",)
    databases = ("neutron",)

    def configure(self) -> None:
        """Write neutron.conf and ml2_conf.ini."""
        config.write(
            FOLDER / "neutron.conf",
            {
                "DEFAULT": {
                    "core_plugin": "ml2",
                    "service_plugins": ",".join(PLUGINS),
                    "transport_url": QUEUE_URL,
                    "auth_strategy": "keystone",
                    "notify_nova_on_port_status_changes": "true",
                    "notify_nova_on_port_data_changes": "true",
                    "api_paste_config": FOLDER / "api-paste.ini",
                    "rpc_workers": 1,
                    "api_workers": 1,
                    "rpc_state_report_workers": 0,
                    "dhcp_agent_notification": "false",
                    "state_path": RUN / "neutron",
                },
                "database": {"connection": config.database_url("neutron")},
                "keystone_authtoken": config.token_check("neutron"),
                "nova": config.login("nova"),
                "placement": config.login("placement"),
                "oslo_concurrency": config.LOCKS,
                "quotas": {f"quota_{kind}": -1 for kind in UNLIMITED},
            },
        )
        config.copy_packaged("neutron/api-paste.ini", FOLDER)
        config.write(
            FOLDER / "plugins/ml2/ml2_conf.ini",
            {
                "ml2": {
                    "type_drivers": "flat,vlan,vxlan",
                    "tenant_network_types": "vxlan",
                    "mechanism_drivers": "openvswitch",
                    "extension_drivers": "port_security,qos",
                },
                "ml2_type_flat": {"flat_networks": "public"},
                "ml2_type_vxlan": {"vni_ranges": "1:100000"},
                "securitygroup": {"enable_security_group": "true", "firewall_driver": "openvswitch"},
            },
        )

    def create_schema(self) -> None:
        """Create the tables, and the one agent there is."""
        run(tool("neutron-db-manage"), *FILES, "upgrade", "heads", name="neutron-schema")
        # ML2 binds ports only where an agent is alive; a heartbeat far in the future is enough for that.
        row = {
            "id": "00000000-0000-0000-0000-00000000a6e1",
            "agent_type": "Open vSwitch agent",
            "binary": "neutron-openvswitch-agent",
            "topic": "N/A",
            "host": COMPUTE_HOST,
            "admin_state_up": "1",
            "created_at": "2020-01-01",
            "started_at": "2020-01-01",
            "heartbeat_timestamp": "2090-01-01",
            "description": "",
            "configurations": json.dumps(ALIVE_AGENT),
            "load": "0",
            "resource_versions": "{}",
        }
        columns, values = ",".join(f"`{name}`" for name in row), ",".join(f"'{value}'" for value in row.values())
        database.execute(f"INSERT INTO agents ({columns}) VALUES ({values})", "neutron")

    def start_api(self) -> None:
        """Start the API and the server for its own remote calls."""
        spawn_wsgi("neutron", self.port, "neutron.wsgi.api:application", env={"OS_NEUTRON_CONFIG_DIR": str(FOLDER)}, threads=8, processes=2)
        spawn("neutron-rpc", tool("neutron-rpc-server"), *FILES)

    def seed(self, admin: "Connection", service: "Connection") -> None:
        """Create the network of the floating IPs."""
        network = admin.network.create_network(
            name="public", is_router_external=True, provider_network_type="flat", provider_physical_network="public"
        )
        admin.network.create_subnet(name="public-subnet", network_id=network.id, ip_version=4, cidr="10.100.0.0/16", is_dhcp_enabled=False)


SERVICE = Neutron()
