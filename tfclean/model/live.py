"""What is live: resources and the inventory of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tfclean.model.evidence import Gap


class Key(NamedTuple):
    """Names one live object: `kind` (``network.port``) and `id`. Sorts, hashes and unpacks as a tuple."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One live object, as its service lists it.

    Attributes:
        kind: service and SDK resource, such as ``network.port``.
        id: its id; for kinds without one, what names it (keypair: the name; tie: ``server/volume``).
        name: its name, empty if it has none.
        owner: project that owns it (user, for keypairs); empty where the service does not say.
        created_at: when it was made, timezone aware; None where the service does not say.
        status: its status, as the service spells it; empty if the kind has none.
        revision: Neutron's revision number; None elsewhere.
        attributes: the declared fields of its kind, under the service's own names; secrets are never among them.
    """

    kind: str
    id: str
    name: str = ""
    owner: str = ""
    created_at: datetime | None = None
    status: str = ""
    revision: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Kind and id."""
        return Key(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Inventory:
    """All resources of a project, and the foreign ports on its networks.

    Attributes:
        resources: by key. A key that is not here is not live, provided its kind is in `listed`.
        listed: kinds that were listed whole.
        gaps: services and kinds that could not be listed (``NOT_LISTED``) or that the cloud lacks (``NO_SERVICE``).
        project: id of the connection's project: the owner that every deletable object must have.
        user: id of the connection's user: the owner that every deletable keypair must have.
        cloud: name or URL of the cloud, for display.
        region: region name.
        taken_at: when the listing began, timezone aware.
        calls: how many requests it took.
        clock: the cloud's own time at `taken_at`, by the earliest date among its answers; None if they have none. No document holds it.
    """

    resources: Mapping[Key, Resource] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()
    project: str = ""
    user: str = ""
    cloud: str = ""
    region: str = ""
    taken_at: datetime | None = None
    calls: int = 0
    clock: datetime | None = None

    def of(self, kind: str) -> list[Resource]:
        """Give all resources of `kind`, in listing order."""
        return [r for r in self.resources.values() if r.kind == kind]
