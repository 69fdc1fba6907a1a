"""What the cleanup asks of the world outside: a cloud, a clock, a place for records. Shapes only; `tfclean.cloud` has the real one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from queue import SimpleQueue
from typing import Any, Protocol

from tfclean.kinds.base import Call
from tfclean.model import Event, Gap, Inventory, Resource


class Answer(Protocol):
    """What came back for one request that changes the cloud.

    Attributes:
        status: HTTP status; None when no answer came, so that nobody knows whether the request was carried out.
        body: body of the answer as text.
        request_id: id under which the service logged it.
        seconds: how long it took.
        retry_after: seconds that the service asks to wait.
        error: what went wrong in transport, empty if nothing did.
    """

    @property
    def status(self) -> int | None:
        """HTTP status, or None."""
        ...

    @property
    def body(self) -> str:
        """Body as text."""
        ...

    @property
    def request_id(self) -> str:
        """Id of the request."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, or None."""
        ...

    @property
    def error(self) -> str:
        """What went wrong in transport."""
        ...


class Look(Protocol):
    """One list of one kind.

    Attributes:
        kind: the kind that was listed.
        resources: all of that kind.
        gap: why the list is not whole; None if it is.
    """

    @property
    def kind(self) -> str:
        """The kind that was listed."""
        ...

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All of that kind."""
        ...

    @property
    def gap(self) -> Gap | None:
        """Why the list is not whole, or None."""
        ...


class Refusal(Protocol):
    """What a service says by a refusal; see `tfclean.kinds.refusals`.

    Attributes:
        reason: in words.
        in_use: something holds the object.
        transient: it is changing; the same request may succeed soon.
        policy: we are not allowed to; no waiting helps.
        gone: it says that the object is not there.
        blockers: who holds it: kind (empty if the body does not say) and id.
        look_for: kinds that may hold it, if the body names nobody.
    """

    @property
    def reason(self) -> str:
        """What is wrong, in words."""
        ...

    @property
    def in_use(self) -> bool:
        """Something holds the object."""
        ...

    @property
    def transient(self) -> bool:
        """Trying again may help."""
        ...

    @property
    def policy(self) -> bool:
        """We are not allowed to."""
        ...

    @property
    def gone(self) -> bool:
        """The object is not there."""
        ...

    @property
    def blockers(self) -> Sequence[tuple[str, str]]:
        """Who holds it."""
        ...

    @property
    def look_for(self) -> Collection[str]:
        """Kinds that may hold it."""
        ...


Parse = Callable[[str, str, str, int, str], Refusal]
"""Reads a refusal: service, method, path, status, body."""


class Cloud(Protocol):
    """A connection to one project of one cloud. All methods may be called from several threads at once."""

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


__all__ = ["Answer", "Cloud", "Interrupt", "Look", "Machine", "Parse", "Recorder", "Refusal"]
