"""What other rooms see of a cloud: three questions, and what they answer. Holds no logic, so that fakes are easy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tfclean.kinds.base import Call
from tfclean.model import Gap, Inventory, Resource


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request that changes the cloud was answered.

    Attributes:
        status: HTTP status; None if no answer came, which says nothing about what happened: look.
        body: the answer's text, cut to 64 KiB.
        request_id: the service's id of the request, for its operator; empty if it gave none.
        seconds: how long it took.
        retry_after: seconds that the service asks to wait; None if it does not.
        error: why there is no answer, in words; empty if there is one.
    """

    status: int | None
    body: str = ""
    request_id: str = ""
    seconds: float = 0.0
    retry_after: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What is live of one kind right now.

    Attributes:
        kind: the kind that was listed.
        resources: all objects of it; meaningless if there is a gap.
        gap: why it could not be listed; None if it was listed whole.
    """

    kind: str
    resources: tuple[Resource, ...] = ()
    gap: Gap | None = None


class CloudPort(Protocol):
    """A cloud as the runner uses it. `tfclean.cloud.connect` gives one; all methods may be called from several threads."""

    @property
    def project(self) -> str:
        """Id of the project that the credentials are for."""
        ...

    @property
    def user(self) -> str:
        """Id of the user that the credentials are of."""
        ...

    @property
    def region(self) -> str:
        """Name of the region; may be empty."""
        ...

    @property
    def name(self) -> str:
        """Name of the cloud in clouds.yaml, else the URL of its identity service; for display."""
        ...

    def inventory(self, kinds: Iterable[str] | None = None) -> Inventory:
        """List everything, or only `kinds`.

        Raises:
            CredentialsError: the cloud does not know us.
            Unreachable: nobody answers.
        """
        ...

    def look(self, kind: str) -> Look:
        """List one kind again: one call for most kinds. Raises as `inventory` does."""
        ...

    def perform(self, call: Call, fields: Mapping[str, Any], revision: int | None = None) -> Answer:
        """Carry out one declared call.

        Args:
            call: a call of a declaration in `tfclean.kinds`; its service follows from it.
            fields: the object's fields (its ``id`` among them) that the call's templates name.
            revision: sent as ``If-Match: revision_number=N`` if the call is conditional.

        Returns:
            The answer. HTTP statuses and lost answers never raise.

        Raises:
            KeyError: `fields` lacks one that a template names.
        """
        ...
