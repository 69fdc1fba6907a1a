"""What must stay because somebody asked for it, beyond what the objects themselves say: markers of one's own, and an ignore file."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfclean.kinds.base import Kind
from tfclean.kinds.guards import keep_marker
from tfclean.kinds.ignore import Ignore
from tfclean.model import Resource


@dataclass(frozen=True, slots=True)
class Keeping:
    """Wishes that hold for every command of a project.

    Attributes:
        ignore: rules about single objects.
        tags: markers beside the built-in ones, which nothing turns off.
    """

    ignore: Ignore = field(default_factory=Ignore)
    tags: tuple[str, ...] = ()

    def reason(self, kind: Kind, resource: Resource, addresses: tuple[str, ...] = ()) -> str:
        """Say why `resource` must stay: a marker on it, or a rule about it; empty if neither is there."""
        return keep_marker(kind, resource, self.tags) or self.ignore.reason(kind.name, resource.id, resource.name, addresses)
