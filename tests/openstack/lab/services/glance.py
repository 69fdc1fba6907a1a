"""Glance, with its images in a folder."""

from typing import TYPE_CHECKING

from .. import config
from ..processes import run, spawn_wsgi
from ..settings import ETC, RUN, tool
from .base import Service

if TYPE_CHECKING:
    from openstack.connection import Connection

CONF = ETC / "glance/glance-api.conf"
IMAGES = RUN / "images"


def create_image(conn: "Connection", name: str, *, visibility: str = "private", tags: list[str] | None = None) -> None:
    """Upload a kilobyte that passes for an image."""
    conn.create_image(name, data=b"\0" * 1024, disk_format="raw", container_format="bare", visibility=visibility, tags=tags, wait=True)


class Glance(Service):
    """Glance."""

    name = "glance"
    kind = "image"
    port = 9292
    packages = ("glance~=33.0",)
    databases = ("glance",)
    kept = (IMAGES,)

    def configure(self) -> None:
        """Write glance-api.conf."""
        folders = {name: RUN / name for name in ("staging", "tasks")}
        for folder in (IMAGES, *folders.values()):
            folder.mkdir(exist_ok=True)
        config.write(
            CONF,
            {
                "DEFAULT": {"enabled_backends": "folder:file"},
                "database": {"connection": config.database_url("glance")},
                "keystone_authtoken": config.token_check("glance"),
                "paste_deploy": {"flavor": "keystone"},
                "glance_store": {"default_backend": "folder"},
                "folder": {"filesystem_store_datadir": IMAGES},
                **{f"os_glance_{name}_store": {"filesystem_store_datadir": folder} for name, folder in folders.items()},
            },
        )
        config.copy_packaged("glance/glance-api-paste.ini", CONF.parent)

    def create_schema(self) -> None:
        """Create the tables."""
        run(tool("glance-manage"), "--config-file", CONF, "db_sync", name="glance-schema")

    def start_api(self) -> None:
        """Start the API."""
        spawn_wsgi("glance", self.port, "glance.wsgi.api:application", env={"OS_GLANCE_CONFIG_DIR": str(CONF.parent)})

    def seed(self, admin: "Connection", service: "Connection") -> None:
        """Create the public image."""
        create_image(admin, "cirros", visibility="public")


SERVICE = Glance()
