"""Cinder with a backend that stores nothing."""

from typing import TYPE_CHECKING

from .. import config, database
from ..processes import run, spawn, spawn_wsgi, wait_until
from ..settings import COMPUTE_HOST, ETC, HOST, QUEUE_URL, RUN, VENV, tool
from .base import Service

if TYPE_CHECKING:
    from openstack.connection import Connection

FOLDER = ETC / "cinder"
CONF = FOLDER / "cinder.conf"
UNLIMITED = ("volumes", "snapshots", "gigabytes", "backups", "backup_gigabytes", "groups")


class Cinder(Service):
    """Cinder."""

    name = "cinder"
    kind = "volumev3"
    port = 8776
    path = "/v3/%(project_id)s"
    packages = ("cinder~=29.0",)
    databases = ("cinder",)

    def configure(self) -> None:
        """Write cinder.conf."""
        config.write(
            CONF,
            {
                "DEFAULT": {
                    "transport_url": QUEUE_URL,
                    "auth_strategy": "keystone",
                    "enabled_backends": "fake",
                    "default_volume_type": "fake",
                    "state_path": RUN / "cinder",
                    "api_paste_config": FOLDER / "api-paste.ini",
                    "my_ip": HOST,
                    "host": COMPUTE_HOST,
                    "glance_api_servers": f"http://{HOST}:9292",
                    "osapi_volume_workers": 1,
                    "service_down_time": 600,
                    "resource_query_filters_file": VENV / "etc/cinder/resource_filters.json",
                    **{f"quota_{kind}": -1 for kind in UNLIMITED},
                },
                "database": {"connection": config.database_url("cinder")},
                "keystone_authtoken": config.token_check("cinder"),
                "service_user": config.service_token("cinder"),
                "nova": {**config.login("nova"), "interface": "internal"},
                "oslo_concurrency": config.LOCKS,
                "fake": {
                    "volume_driver": "cinder.tests.fake_driver.FakeLoggingVolumeDriver",
                    "volume_backend_name": "fake",
                    "target_helper": "fake",
                    "volume_clear": "none",
                },
            },
        )
        config.copy_packaged("cinder/api-paste.ini", FOLDER)

    def create_schema(self) -> None:
        """Create the tables."""
        run(tool("cinder-manage"), "--config-file", CONF, "db", "sync", name="cinder-schema")

    def start_api(self) -> None:
        """Start the API and the scheduler."""
        spawn_wsgi("cinder", self.port, "cinder.wsgi.api:application", arguments=f"--config-file {CONF}")
        spawn("cinder-scheduler", tool("cinder-scheduler"), "--config-file", CONF)

    def seed(self, admin: "Connection", service: "Connection") -> None:
        """Create the volume type."""
        admin.block_storage.create_type(name="fake")

    def start_agents(self) -> None:
        """Start the backend's side."""
        spawn("cinder-volume", tool("cinder-volume"), "--config-file", CONF)

    def wait_for_agents(self) -> None:
        """Wait until the backend is registered."""
        wait_until("cinder-volume", "registers", lambda: database.count("cinder.services", "`binary` = 'cinder-volume'") > 0)


SERVICE = Cinder()
