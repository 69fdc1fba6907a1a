"""Octavia with amphorae that do nothing: a load balancer boots a fake server and gets no traffic."""

import json
from typing import TYPE_CHECKING

from .. import config
from ..processes import run, spawn, spawn_wsgi
from ..settings import COMPUTE_HOST, ETC, HOST, PASSWORD, QUEUE_URL, RUN, tool
from .base import Service
from .glance import create_image

if TYPE_CHECKING:
    from openstack.connection import Connection

FOLDER = ETC / "octavia"
CONF = FOLDER / "octavia.conf"
CA, CA_KEY = FOLDER / "ca.pem", FOLDER / "ca.key"
SEEDED = RUN / "octavia.json"
UNLIMITED = ("load_balancer", "listener", "member", "pool", "health_monitor", "l7policy", "l7rule")


class Octavia(Service):
    """Octavia."""

    name = "octavia"
    kind = "load-balancer"
    port = 9876
    packages = ("octavia~=19.0",)
    databases = ("octavia", "octavia_persistence")
    kept = (CA, CA_KEY, SEEDED)

    def configure(self) -> None:
        """Write octavia.conf, with the objects of the seed as soon as there are any."""
        seeded: dict[str, str] = json.loads(SEEDED.read_text()) if SEEDED.exists() else {}
        config.write(
            CONF,
            {
                "DEFAULT": {"transport_url": QUEUE_URL, "octavia_plugins": "hot_plug_plugin", "host": COMPUTE_HOST},
                "api_settings": {
                    "bind_host": HOST,
                    "bind_port": self.port,
                    "auth_strategy": "keystone",
                    "api_base_uri": self.url,
                    "enabled_provider_drivers": "amphora:amphora",
                    "default_provider_driver": "amphora",
                },
                "database": {"connection": config.database_url("octavia")},
                "keystone_authtoken": config.token_check("octavia"),
                "service_auth": config.login("octavia"),
                "oslo_messaging": {"topic": "octavia_prov"},
                "health_manager": {"heartbeat_key": "lab", "bind_ip": HOST, "controller_ip_port_list": f"{HOST}:5555"},
                "driver_agent": {f"{name}_socket_path": RUN / f"octavia-{name}.sock" for name in ("status", "stats", "get")},
                "certificates": {
                    "cert_generator": "local_cert_generator",
                    "ca_certificate": CA,
                    "ca_private_key": CA_KEY,
                    "ca_private_key_passphrase": PASSWORD,
                    "server_certs_key_passphrase": "a-passphrase-of-thirty-two-bytes",
                },
                "controller_worker": {
                    "workers": 1,
                    "amphora_driver": "amphora_noop_driver",
                    "compute_driver": "compute_nova_driver",
                    "network_driver": "allowed_address_pairs_driver",
                    "image_driver": "image_glance_driver",
                    "volume_driver": "volume_noop_driver",
                    "amp_image_tag": "amphora",
                    "client_ca": CA,
                    "loadbalancer_topology": "SINGLE",
                    # A fake server boots in two seconds, not in minutes.
                    "amp_active_wait_sec": 1,
                    "amp_active_retries": 120,
                    **seeded,
                },
                "task_flow": {"jobboard_enabled": "false"},
                "networking": {"port_detach_timeout": 30},
                "quotas": {f"default_{kind}_quota": -1 for kind in UNLIMITED},
            },
        )

    def create_schema(self) -> None:
        """Create the tables and the certificate authority of the amphorae."""
        run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-days",
            3650,
            "-subj",
            "/CN=lab",
            "-keyout",
            CA_KEY,
            "-out",
            CA,
            "-passout",
            f"pass:{PASSWORD}",
            name="octavia-schema",
        )
        run(tool("octavia-db-manage"), "--config-file", CONF, "upgrade", "head", name="octavia-schema")

    def start_api(self) -> None:
        """Start the API and the agent of its provider drivers."""
        spawn_wsgi("octavia", self.port, "octavia.wsgi.api:application", arguments=f"--config-file {CONF}")
        spawn("octavia-driver-agent", tool("octavia-driver-agent"), "--config-file", CONF)

    def seed(self, admin: "Connection", service: "Connection") -> None:
        """Create what amphorae boot from and in."""
        network = service.network.create_network(name="lb-mgmt")
        service.network.create_subnet(name="lb-mgmt", network_id=network.id, cidr="192.168.240.0/20", ip_version=4)
        group = service.network.create_security_group(name="lb-mgmt")
        flavor = service.compute.create_flavor(name="amphora", vcpus=1, ram=64, disk=1)
        create_image(service, "amphora", tags=["amphora"])
        SEEDED.write_text(
            json.dumps(
                {
                    "amp_flavor_id": flavor.id,
                    "amp_boot_network_list": network.id,
                    "amp_secgroup_list": group.id,
                    "amp_image_owner_id": service.current_project_id,
                }
            )
        )
        self.configure()

    def start_agents(self) -> None:
        """Start the worker."""
        spawn("octavia-worker", tool("octavia-worker"), "--config-file", CONF)


SERVICE = Octavia()
