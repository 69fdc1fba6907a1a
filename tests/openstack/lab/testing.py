"""A project of the lab as a test wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .identity import connect
from .projects import project
from .settings import CLOUDS

if TYPE_CHECKING:
    from openstack.connection import Connection


@dataclass(frozen=True)
class LabProject:
    """A project with a user of the same name."""

    cloud: str
    """Its name, in clouds.yaml and in Keystone."""
    conn: "Connection"
    """Logged in as its user."""

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to log in here."""
        return {"OS_CLIENT_CONFIG_FILE": str(CLOUDS), "OS_CLOUD": self.cloud}

    @classmethod
    @contextmanager
    def make(cls, name: str) -> Iterator["LabProject"]:
        """Make the project, and close the connection at the end; what is in the project stays until the lab goes down."""
        project(name)
        with connect(name, name) as conn:
            yield cls(name, conn)
