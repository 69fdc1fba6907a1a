"""What the cleanup asks of the world outside: a cloud, a clock, a place for records. Shapes only; `tfclean.cloud` has the real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from queue import SimpleQueue
from typing import Any, Protocol, runtime_checkable

from tfclean.kinds.base import Call
from tfclean.kinds.refusals import Refusal
from tfclean.model import Answer, Event, Inventory, Look, Usages

Parse = Callable[[str, str, str, int, str], Refusal]
"""Reads a refusal: service, method, path, status, body."""


class Cloud(Protocol):
    """A connection to one project of one cloud: `tfclean.cloud.connect` gives one. All methods may be called from several threads."""

    @property
    def project(self) -> str:
        """Id of the connection's project."""
        ...

    @property
    def user(self) -> str:
        """Id of the connection's user."""
        ...

    @property
    def region(self) -> str:
        """Name of the region."""
        ...

    @property
    def name(self) -> str:
        """Name or URL of the cloud, for display."""
        ...

    def inventory(self) -> Inventory:
        """List everything.

        Raises:
            CloudError: the cloud cannot be asked at all.
        """

    def look(self, kind: str) -> Look:
        """List all objects of one kind; what fails is told in the gap."""

    def perform(self, call: Call, fields: Mapping[str, Any], revision: int | None) -> Answer:
        """Make one request that changes the cloud, once, without retries.

        Args:
            call: what to request.
            fields: values for the templates in it; ``id`` is among them.
            revision: sent as ``If-Match`` unless None.
        """


@runtime_checkable
class Counting(Protocol):
    """A cloud that also tells what a project uses of its quotas; not every one has to."""

    def usages(self) -> Usages:
        """Ask what is used now; what fails is a gap of the answer."""


@runtime_checkable
class Telling(Protocol):
    """A cloud that also tells how far its list of everything is; not every one has to."""

    def take(self, tell: Callable[[int, int], None]) -> Inventory:
        """List everything, and tell how many kinds are listed, of how many."""


class Recorder(Protocol):
    """Where events are recorded; see `tfclean.cleanup.journal`."""

    def write(self, event: Event) -> None:
        """Append `event`; it is on disk at the latest with the next commit."""

    def commit(self, event: Event) -> None:
        """Append `event` and return when it is on disk.

        Raises:
            JournalError: it could not be written.
        """


class Machine(Protocol):
    """Clock and threads of the runner, so that tests have a clock of their own and no threads."""

    def now(self) -> float:
        """Give the time in POSIX seconds; it never runs backwards."""

    def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
        """Give the next item of `inbox`, or None when it is `until`."""

    def pool(self, workers: int) -> Executor:
        """Give what runs at most `workers` requests at once."""


class Interrupt(Protocol):
    """How a caller asks a run to stop; a `threading.Event` will do."""

    def is_set(self) -> bool:
        """Tell whether the run shall start nothing new."""
