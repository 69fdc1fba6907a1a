"""What the lab asks of a service."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ..processes import wait_until, web_answers
from ..settings import ETC, HOST

if TYPE_CHECKING:
    from openstack.connection import Connection


class Service(ABC):
    """One OpenStack service. The methods are called in the order they stand here.

    The schema and the objects of `create_schema` and `seed` are kept in the cache: a later start restores them and skips both.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    port: ClassVar[int]
    path: ClassVar[str] = ""
    """What follows the port in the catalog."""
    packages: ClassVar[tuple[str, ...]]
    databases: ClassVar[tuple[str, ...]]
    kept: ClassVar[tuple[Path, ...]] = ()
    """Files and folders that belong to the database's content."""

    @property
    def url(self) -> str:
        """Where the service answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def etc(self) -> Path:
        """The folder of its configuration."""
        return ETC / self.name

    @abstractmethod
    def configure(self) -> None:
        """Write the configuration files."""

    @abstractmethod
    def create_schema(self) -> None:
        """Create the tables and what else must be there before the API starts. Runs beside the other services' schemas."""

    @abstractmethod
    def start_api(self) -> None:
        """Start what needs only the database, the queue and Keystone. Does not wait."""

    def wait_for_api(self) -> None:
        """Wait until the API answers."""
        wait_until(self.name, "answers", lambda: web_answers(self.url))

    def seed(self, admin: "Connection", service: "Connection") -> None:  # noqa: B027
        """Create the objects that users expect; every API answers now. The connections are the administrator's and the service's own."""

    def start_agents(self) -> None:  # noqa: B027
        """Start what needs the seed or other services' APIs. Runs beside the other services' agents."""

    def wait_for_agents(self) -> None:  # noqa: B027
        """Wait until users' requests get done, not only taken."""
