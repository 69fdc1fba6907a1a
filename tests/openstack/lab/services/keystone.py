"""Keystone."""

import base64
import os

from .. import config
from ..processes import run, spawn_wsgi
from ..settings import ETC, KEYSTONE_PORT, PASSWORD, REGION, tool
from .base import Service

FOLDER = ETC / "keystone"
KEYS = (FOLDER / "fernet", FOLDER / "credential")


class Keystone(Service):
    """Keystone."""

    name = "keystone"
    kind = "identity"
    port = KEYSTONE_PORT
    packages = ("keystone~=30.0", "python-memcached", "pymemcache")
    databases = ("keystone",)
    kept = KEYS

    def configure(self) -> None:
        """Write keystone.conf."""
        config.write(
            FOLDER / "keystone.conf",
            {
                "database": {"connection": config.database_url("keystone")},
                "token": {"provider": "fernet", "expiration": 86400},
                "fernet_tokens": {"key_repository": KEYS[0]},
                "credential": {"key_repository": KEYS[1]},
                # With the defaults for production every call takes a second.
                "identity": {"password_hash_rounds": 4},
                "cache": {"enabled": "true", "backend": "dogpile.cache.memory_pickle"},
            },
        )

    def create_schema(self) -> None:
        """Create the tables, the keys, the administrator and Keystone's own catalog entry."""
        for folder in KEYS:
            folder.mkdir(mode=0o700)
            for key in ("0", "1"):
                # What `keystone-manage fernet_setup` writes, without seconds of imports.
                (folder / key).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        manage = (tool("keystone-manage"), "--config-file", FOLDER / "keystone.conf")
        run(*manage, "db_sync", name="keystone-schema")
        urls = [word for kind in ("admin", "internal", "public") for word in (f"--bootstrap-{kind}-url", f"{self.url}/v3/")]
        run(*manage, "bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", REGION, *urls, name="keystone-schema")

    def start_api(self) -> None:
        """Start the API.

        One thread: beside others, a role just granted is missing in one answer of a hundred. One process: others, with a cache in
        memcached, take a token that was revoked a moment ago in every second answer.
        """
        spawn_wsgi("keystone", self.port, "keystone.wsgi.api:application", env={"OS_KEYSTONE_CONFIG_DIR": str(FOLDER)}, threads=1)


SERVICE = Keystone()
