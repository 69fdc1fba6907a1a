"""What hangs together, told from the objects alone.

In: an inventory and its ties. Out: `Groups`: which objects share a fate, and the ties between groups.

A server, its ports, their network, its volumes: each tie makes one group of two. Of some kinds several jobs can use one (`Kind.common`):
a router, a security group, a keypair. Such an object with its parts is a group of its own, which parts what uses it, unless by its
date it was made with those who use it: a security group with all of them; what outlives its users (`Kind.lasting`) only if that is
one group. So two jobs behind one router are two groups, and a router that a job made for itself is of that job's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tfclean.kinds.base import values
from tfclean.kinds.registry import KINDS
from tfclean.kinds.relations import edges
from tfclean.model import Edge, EdgeType, Inventory, Key, Resource

TOGETHER = timedelta(minutes=15)
"""What is common was made with a group if that began at most so long before or after: runs make both at their start."""
GOES_ALONG = (EdgeType.PART_OF, EdgeType.IMPLIED_BY)


@dataclass(slots=True)
class Groups:
    """Objects by group.

    Attributes:
        inventory: what is live.
        edges: all ties between live objects.
        members: by the name of a group, which is its least member, its objects in order.
        of: the name of each object's group.
        crossing: ties between objects of different groups.
        common: names of the groups that are nothing but a common object with its parts.
    """

    inventory: Inventory
    edges: tuple[Edge, ...]
    members: dict[Key, list[Key]] = field(default_factory=dict)
    of: dict[Key, Key] = field(default_factory=dict)
    crossing: list[Edge] = field(default_factory=list)
    common: set[Key] = field(default_factory=set)


def group(inventory: Inventory) -> Groups:
    """Group what hangs together.

    Args:
        inventory: what is live.

    Returns:
        The groups; the same for the same objects, in whatever order they come.
    """
    return _Grouping(inventory).groups()


class _Grouping:
    """Joins sets of objects; see the module."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.edges = edges(inventory)
        self.heads = {key: key for key in inventory.resources}
        ordered = sorted(self.edges, key=lambda edge: (edge.source, edge.target, edge.type))
        self.ties = [edge for edge in ordered if not self._misleads(edge)]
        self.centres = self._centres()

    def groups(self) -> Groups:
        """Join, in three rounds: what is no common object; common objects with all they were made with; what outlives its users."""
        for key, centre in self.centres.items():
            self._join(key, centre)
        for edge in self.ties:
            if edge.source not in self.centres and edge.target not in self.centres:
                self._join(edge.source, edge.target)
        begun = self._begun()
        cells = {key: self._head(key) for key in self.inventory.resources if key not in self.centres}
        joining = [key for key in sorted(set(self.centres.values())) if not KINDS[key.kind].guard(self.inventory.resources[key])]
        self._join_with_all(joining, cells, begun)
        while self._join_with_one(joining, cells, begun):
            pass
        return self._result()

    def _misleads(self, edge: Edge) -> bool:
        """Tell whether a tie says nothing about a common fate: it merely uses what is everybody's, or what was made after it."""
        if edge.type is not EdgeType.USES:
            return False
        source, target = self.inventory.resources[edge.source], self.inventory.resources[edge.target]
        kind = KINDS[target.kind]
        if kind.guard(target):
            return True
        # What is known by its name alone may have been replaced by another one of that name.
        later = source.created_at is not None and target.created_at is not None and target.created_at > source.created_at + TOGETHER
        return kind.id == kind.title and later

    def _centres(self) -> dict[Key, Key]:
        """Give for each common object, and for each part of one and of nothing else, that object."""
        wholes: dict[Key, list[Key]] = defaultdict(list)
        for edge in self.ties:
            if edge.type in GOES_ALONG:
                wholes[edge.source].append(edge.target)
        centres = {key: key for key in self.inventory.resources if KINDS[key.kind].common}
        grown = True
        while grown:
            found = {
                key: min(centres[whole] for whole in own)
                for key, own in wholes.items()
                if key not in centres and all(whole in centres for whole in own)
            }
            centres |= found
            grown = bool(found)
        return centres

    def _begun(self) -> dict[Key, datetime]:
        """Give for each set of objects without common ones when it was begun."""
        begun: dict[Key, datetime] = {}
        for key, resource in self.inventory.resources.items():
            if key in self.centres or resource.created_at is None or KINDS[key.kind].implied(resource):
                continue
            head = self._head(key)
            begun[head] = min(begun.get(head, resource.created_at), resource.created_at)
        return begun

    def _join_with_all(self, centres: Iterable[Key], cells: Mapping[Key, Key], begun: Mapping[Key, datetime]) -> None:
        users: dict[Key, set[Key]] = defaultdict(set)
        for one, other in self._tied():
            if one in self.centres and other not in self.centres:
                users[self.centres[one]].add(cells[other])
        for centre in centres:
            if not KINDS[centre.kind].lasting and self._made_with(centre, users[centre], begun):
                for cell in sorted(users[centre]):
                    self._join(centre, cell)

    def _join_with_one(self, centres: Iterable[Key], cells: Mapping[Key, Key], begun: Mapping[Key, datetime]) -> bool:
        """Let what outlives its users join the one group that it was made with; tell whether anything did."""
        users = self._users()
        within: dict[Key, set[Key]] = defaultdict(set)
        for cell in cells.values():
            within[self._head(cell)].add(cell)
        joined = False
        for centre in centres:
            alone = KINDS[centre.kind].lasting and self._head(centre) not in within
            if alone and len(users[centre]) == 1:
                (user,) = users[centre]
                if self._made_with(centre, within.get(user, ()), begun):
                    self._join(centre, user)
                    joined = True
        return joined

    def _users(self) -> dict[Key, set[Key]]:
        """Give for each common object the groups that are tied to it, save common ones that it uses itself."""
        users: dict[Key, set[Key]] = defaultdict(set)
        for edge in self.ties:
            source, target = self.centres.get(edge.source), self.centres.get(edge.target)
            if target is not None and source != target:
                users[target].add(self._head(edge.source))
            if source is not None and target is None:
                users[source].add(self._head(edge.target))
        return users

    def _made_with(self, centre: Key, cells: Iterable[Key], begun: Mapping[Key, datetime]) -> bool:
        """Tell whether a common object was made together with all of `cells`; without a date, it was if there is only one."""
        starts = [begun.get(cell) for cell in cells]
        made = self.inventory.resources[centre].created_at
        if made is None:
            return len(starts) == 1
        return bool(starts) and all(start is not None and abs(start - made) <= TOGETHER for start in starts)

    def _tied(self) -> Iterator[tuple[Key, Key]]:
        for edge in self.ties:
            yield edge.source, edge.target
            yield edge.target, edge.source

    def _head(self, key: Key) -> Key:
        while self.heads[key] != key:
            self.heads[key] = key = self.heads[self.heads[key]]
        return key

    def _join(self, one: Key, other: Key) -> None:
        low, high = sorted((self._head(one), self._head(other)))
        self.heads[high] = low

    def _result(self) -> Groups:
        out = Groups(self.inventory, self.edges)
        for key in sorted(self.inventory.resources):
            head = self._head(key)
            out.of[key] = head
            out.members.setdefault(head, []).append(key)
        out.common = {name for name, members in out.members.items() if all(key in self.centres for key in members)}
        out.crossing = [edge for edge in self.ties if out.of[edge.source] != out.of[edge.target]]
        return out


def unseen_ends(resource: Resource, inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Give kind and id of what a tie names and the project's lists do not show: it is another project's.

    Only where a list was narrowed to the project can what is not in it be live all the same.
    """
    kind = KINDS[resource.kind]
    if kind.undo is None:
        return
    for reference in kind.references:
        binds = reference.edge is EdgeType.PART_OF or (reference.edge is EdgeType.HOLDS and not kind.tie)
        if not binds or reference.reverse or not any("{project}" in value for k in reference.kinds for _, value in KINDS[k].listing.query):
            continue
        for id_ in values({"id": resource.id, **resource.attributes}, reference.path):
            if all(Key(name, str(id_)) not in inventory.resources for name in reference.kinds):
                yield reference.kinds[0], str(id_)
