"""Nova with the fake hypervisor: servers become ACTIVE and run nothing."""

from typing import TYPE_CHECKING

from .. import config, database
from ..processes import run, spawn, spawn_wsgi, wait_until, web_answers
from ..settings import AUTH_URL, COMPUTE_HOST, ETC, HOST, PASSWORD, QUEUE_URL, REGION, RUN, tool
from .base import Service
from .placement import Placement

if TYPE_CHECKING:
    from openstack.connection import Connection

FOLDER = ETC / "nova"
CONF = ("--config-file", FOLDER / "nova.conf")
UNLIMITED = ("instances", "cores", "ram", "key_pairs", "server_groups", "server_group_members", "metadata_items")
FLAVORS = {"m1.tiny": 128, "m1.small": 256}


class Nova(Service):
    """Nova."""

    name = "nova"
    kind = "compute"
    port = 8774
    path = "/v2.1"
    packages = ("nova~=34.0",)
    databases = ("nova_api", "nova_cell0", "nova_cell1")

    def configure(self) -> None:
        """Write nova.conf."""
        config.write(
            FOLDER / "nova.conf",
            {
                "DEFAULT": {
                    "compute_driver": "fake.FakeDriver",
                    "transport_url": QUEUE_URL,
                    "state_path": RUN / "nova",
                    "my_ip": HOST,
                    "host": COMPUTE_HOST,
                    "default_schedule_zone": "nova",
                    "max_concurrent_builds": 50,
                    # No agent ever says that a port is plugged.
                    "vif_plugging_is_fatal": "false",
                    "vif_plugging_timeout": 0,
                    "block_device_allocate_retries_interval": 1,
                    # A busy machine must not make the scheduler believe that the host is gone.
                    "service_down_time": 600,
                    # The periodic discovery of hosts starts at once.
                    "periodic_fuzzy_delay": 0,
                },
                "api": {"auth_strategy": "keystone"},
                "api_database": {"connection": config.database_url("nova_api")},
                "database": {"connection": config.database_url("nova_cell1")},
                "keystone_authtoken": config.token_check("nova"),
                "service_user": config.service_token("nova"),
                "placement": config.login("placement"),
                "neutron": {
                    **config.login("neutron"),
                    "service_metadata_proxy": "true",
                    "metadata_proxy_shared_secret": PASSWORD,
                },
                "cinder": {**config.login("cinder"), "os_region_name": REGION},
                "glance": {"api_servers": f"http://{HOST}:9292"},
                "oslo_concurrency": config.LOCKS,
                "vnc": {"enabled": "false"},
                "conductor": {"workers": 1},
                "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": 2},
                "filter_scheduler": {"enabled_filters": "ComputeFilter"},
                "quota": dict.fromkeys(UNLIMITED, -1),
            },
        )
        config.copy_packaged("nova/api-paste.ini", FOLDER)

    def create_schema(self) -> None:
        """Create the tables of the API and of both cells."""
        for words in (
            ("api_db", "sync"),
            ("cell_v2", "map_cell0", "--database_connection", config.database_url("nova_cell0")),
            ("cell_v2", "create_cell", "--name", "cell1"),
            ("db", "sync"),
        ):
            run(tool("nova-manage"), *CONF, *words, name="nova-schema")

    def start_api(self) -> None:
        """Start the API, the scheduler and the conductor."""
        spawn_wsgi(
            "nova", self.port, "nova.wsgi.osapi_compute:application", env={"OS_NOVA_CONFIG_DIR": str(FOLDER)}, threads=8, processes=2
        )
        for daemon in ("nova-conductor", "nova-scheduler"):
            spawn(daemon, tool(daemon), *CONF)

    def seed(self, admin: "Connection", service: "Connection") -> None:
        """Create the flavors."""
        for name, ram in FLAVORS.items():
            admin.compute.create_flavor(name=name, vcpus=1, ram=ram, disk=1)

    def start_agents(self) -> None:
        """Start the hypervisor's side."""
        # It reports its host to Placement once at its start, and the next time only a minute later.
        wait_until("keystone", "answers", lambda: web_answers(AUTH_URL))
        wait_until("placement", "answers", lambda: web_answers(Placement().url))
        spawn("nova-compute", tool("nova-compute"), *CONF)

    def wait_for_agents(self) -> None:
        """Wait until the scheduler finds the host."""
        wait_until("nova-compute", "reports to Placement", lambda: database.count("placement.inventories") > 0)
        wait_until("nova-scheduler", "maps the host", lambda: database.count("nova_api.host_mappings") > 0)


SERVICE = Nova()
