"""Placement."""

from .. import config
from ..processes import run, spawn_wsgi
from ..settings import ETC, tool
from .base import Service

CONF = ETC / "placement/placement.conf"


class Placement(Service):
    """Placement."""

    name = "placement"
    kind = "placement"
    port = 8778
    packages = ("openstack-placement~=16.0",)
    databases = ("placement",)

    def configure(self) -> None:
        """Write placement.conf."""
        config.write(
            CONF,
            {
                "api": {"auth_strategy": "keystone"},
                "keystone_authtoken": config.token_check("placement"),
                "placement_database": {"connection": config.database_url("placement")},
            },
        )

    def create_schema(self) -> None:
        """Create the tables."""
        run(tool("placement-manage"), "--config-file", CONF, "db", "sync", name="placement-schema")

    def start_api(self) -> None:
        """Start the API."""
        spawn_wsgi("placement", self.port, "placement.wsgi.api:application", env={"OS_PLACEMENT_CONFIG_DIR": str(CONF.parent)})


SERVICE = Placement()
