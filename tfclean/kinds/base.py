"""What a declaration of a kind consists of. Data only: no network, no decisions about a particular object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfclean.model import EdgeType, Key, Resource

Row = Mapping[str, Any]


def values(row: Any, path: str) -> Iterator[Any]:
    """Give all values at `path` in `row`.

    Args:
        row: a decoded JSON value.
        path: names joined by dots; ``[]`` after a name goes through a list, ``fixed_ips[].subnet_id``. A name may hold ``:`` and ``-``.

    Yields:
        Values that are there and are neither None nor the empty string.
    """
    head, _, rest = path.partition(".")
    many = head.endswith("[]")
    name = head[:-2] if many else head
    value = row.get(name) if isinstance(row, Mapping) else None
    for item in (value if isinstance(value, list | tuple) else ()) if many else (value,):
        if rest:
            yield from values(item, rest)
        elif item is not None and item != "":
            yield item


@dataclass(frozen=True, slots=True)
class Listing:
    """How all objects of a kind are listed: one paged list, never a call per object save where the API forces it.

    Attributes:
        path: below the service's endpoint; ``{id}`` is the parent's id where `per` is set.
        key: under which the rows stand in the answer.
        query: sent with it; ``{project}`` is replaced by the project's id.
        wrapper: each row stands inside an object under this name (keypairs).
        per: one list for each object of this kind (members of a pool).
        parent: field in which a row gets the id of the object that its list is of; such rows do not say it themselves.
        detail: path of one object, for fields that only its own answer has (a keypair's date): a call per object.
        skip_parent: tells, from the parent alone, that its list is empty, so that no call is needed.
        offset: its pages are asked for by offset: the service gives no links to the next one.
        again: a second list with this query, for objects that the first one hides (hidden images).
        rows: a list that another kind's rows already hold: that kind, and how to get rows of this one out of one of those.
        keep: which rows of the list are of this kind; the others are of a kind derived from it.
        named: an inventory leaves its objects out, for there are many and nobody misses them: only those that a claim names are judged.
    """

    path: str = ""
    key: str = ""
    query: tuple[tuple[str, str], ...] = ()
    wrapper: str = ""
    per: str = ""
    parent: str = ""
    detail: str = ""
    skip_parent: Callable[[Row], bool] | None = None
    offset: bool = False
    again: tuple[tuple[str, str], ...] = ()
    rows: tuple[str, Callable[[Row], Iterator[Row]]] | None = None
    keep: Callable[[Row], bool] | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request that changes the cloud.

    Attributes:
        method: HTTP method.
        path: below the service's endpoint; ``{id}`` and ``{field}`` are taken from the object's id and attributes.
        body: JSON body; strings in it are templates as in `path`; a member ``{*field}`` of a list stands for all of the field's.
        query: query string parameters.
        conditional: the service understands ``If-Match: revision_number=N`` (Neutron).
        media: content type of the body, if it is not plain JSON (Glance's patches).
    """

    method: str
    path: str
    body: Mapping[str, Any] | Sequence[Any] | None = None
    query: tuple[tuple[str, str], ...] = ()
    conditional: bool = False
    media: str = ""


@dataclass(frozen=True, slots=True)
class Prepare:
    """A reversible call without which the deletion would be refused.

    A tie's is made on the whole that it is a part of, and is taken back also when the tie is gone, for the whole stays.

    Attributes:
        when: field → value that makes it necessary; a tie has the field from its whole.
        call: what makes the object deletable.
        undo: takes it back.
        reason: in words.
    """

    when: tuple[str, Any]
    call: Call
    undo: Call
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What can be tried, without an administrator's rights, on an object that is stuck; only when asked for.

    Attributes:
        words: what is tried, for people; or, of what cannot be tried, who can do what.
        statuses: in which it is tried; empty: in any.
        going: it is for an object whose deletion was accepted and does not end; else for one that cannot be deleted in its status.
        again: make the deletion's own call once more.
        call: another call.
        on: the call is made on objects of this kind instead, those left over from what is gone.
        names: field of those by which they name the stuck object.
        dead: field of those by which they name what is gone, and the kind of that: one that is live is never touched.
        nameless: also those that name nothing there.
        wait: seconds for it to help.
    """

    words: str
    statuses: frozenset[str] = frozenset()
    going: bool = False
    again: bool = False
    call: Call | None = None
    on: str = ""
    names: str = ""
    dead: tuple[str, str] = ("", "")
    nameless: bool = False
    wait: float = 60.0

    @property
    def hopeless(self) -> bool:
        """Tell whether it only says that nothing can be tried."""
        return not self.again and self.call is None


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of an object that names others.

    Attributes:
        path: where the ids (or names) stand; see `values`.
        kinds: kinds that it can name; the first that has the id is meant.
        edge: what the tie means for deletion; it points from this object to the one named.
        reason: in words, read as "SOURCE reason TARGET".
        reverse: the edge points the other way round (the named object holds this one).
        when: the tie exists only for objects of which this holds.
        by: field of the named object that is compared, ``id`` or ``name``.
    """

    path: str
    kinds: tuple[str, ...]
    edge: EdgeType
    reason: str
    reverse: bool = False
    when: Callable[[Resource], bool] | None = None
    by: str = "id"


def never(_: Resource) -> str:
    """No object of the kind is guarded or made by OpenStack."""
    return ""


@dataclass(frozen=True, slots=True)
class Container:
    """Where an object has to live for it to be the job's because its surroundings are.

    Attributes:
        path: kinds that are gone through, from the object outwards, along the ties by which it or the next one holds another;
            everything that is reached must be the job's, and something must be reached.
        reason: in words, read as "it REASON NAME".
        weaker: circumstances are one step weaker than the container's confidence.
        when: it applies only to objects of which this holds.
        orphan_of: it applies only to objects that OpenStack made for one of this kind which is not there any more, though all of that
            kind were listed.
        beside: kinds among which whatever the object holds must be the job's or be used by it.
        along: ties that the path follows.
    """

    path: tuple[str, ...]
    reason: str
    weaker: bool = False
    when: Callable[[Resource], bool] | None = None
    orphan_of: str = ""
    beside: tuple[str, ...] = ()
    along: tuple[EdgeType, ...] = (EdgeType.HOLDS, EdgeType.BREAKS, EdgeType.PART_OF)


def nobody(_: Resource) -> Key | None:
    """No object of the kind names what it was made for."""
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """What tfclean knows about one kind of object.

    Attributes:
        name: service and SDK resource, ``network.port``.
        service: type in the catalog, as openstacksdk spells it (``block-storage``).
        noun: for people, singular.
        plural: for people, plural.
        listing: how it is listed.
        fields: names of the fields that are kept of a row; what is not named here never enters the program.
        references: ties to other objects.
        id: field that names it.
        title: field of its name for people.
        owner: field of its owner, empty if the service does not say (its list is then scoped by the service).
        owned_by: ``project`` or ``user``.
        created: field of its creation time.
        status: field of its status.
        transitional: statuses in which it changes by itself: awaited before a call.
        failed: statuses in which a deletion has failed for good (``error_deleting``).
        stalled: why an accepted deletion has come to an end without success, so that another one is in order; empty while it goes on.
        delete: deletes it; None: it goes only with another object.
        action: ``delete`` or ``detach``: how its own step is called.
        cascade: deletes it with all its parts; None if there is no such call.
        undo: takes a detach back; None for a deletion.
        renew: a field that the undo takes from what the tie is a part of, as that is then: its name, and how it follows from that
            object and the tie's own fields.
        prepare: what must be changed first.
        repairs: what can be tried when it is stuck, in this order.
        asynchronous: the call is accepted before the object is gone.
        grace: seconds within which its deletion ends.
        guard: why this object must never be deleted (shared, external, default); empty if nothing forbids it.
        lock: why this object is deleted only if it is asked for by name: a protection that its owner can take off (`prepare` does).
        implied: why OpenStack made this object by itself (DHCP port); empty if it did not.
        swept: why OpenStack takes this object away by itself some time after what needed it; empty if it does not.
        byproduct: why this object looks like what OpenStack makes for one of another kind and may leave behind; empty if it does not.
        made_for: what this object was made for, where it bears that one's id.
        containers: surroundings that make it the job's.
        follows: kinds of objects that hold it, of which it shares the fate (a plugged port follows its server).
        tie: it is a tie between two objects, without an existence of its own.
        apart: such a tie is undone, though nobody claims it, if what it is a part of is the job's and stays by the caller's wish.
        common: several jobs can use one: a sweep parts them there, and takes it only if all who use it go.
        lasting: it is common, and outlives its users: a sweep takes it only with the one group that it was made with, or by name.
        shares: what it is a part of is shared with other projects by it.
        keep_words: fields in which a keep marker can stand (tags, metadata, description).
        lag: its list may show a deleted object, or hide a new one, for some seconds.
    """

    name: str
    service: str
    noun: str
    listing: Listing
    fields: frozenset[str]
    references: tuple[Reference, ...] = ()
    plural: str = ""
    id: str = "id"
    title: str = "name"
    owner: str = "project_id"
    owned_by: str = "project"
    created: str = "created_at"
    status: str = ""
    transitional: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    stalled: Callable[[Resource], str] = never
    delete: Call | None = None
    action: str = "delete"
    cascade: Call | None = None
    undo: Call | None = None
    renew: tuple[str, Callable[[Resource, Mapping[str, Any]], Any]] | None = None
    prepare: tuple[Prepare, ...] = ()
    repairs: tuple[Repair, ...] = ()
    asynchronous: bool = False
    grace: float = 120.0
    guard: Callable[[Resource], str] = never
    lock: Callable[[Resource], str] = never
    implied: Callable[[Resource], str] = never
    swept: Callable[[Resource], str] = never
    byproduct: Callable[[Resource], str] = never
    made_for: Callable[[Resource], Key | None] = nobody
    containers: tuple[Container, ...] = ()
    follows: tuple[str, ...] = ()
    tie: bool = False
    apart: bool = False
    common: bool = False
    lasting: bool = False
    shares: bool = False
    keep_words: tuple[str, ...] = ("tags", "description")
    lag: float = 2.0

    def many(self, count: int) -> str:
        """Say how many: ``1 port``, ``2 ports``."""
        return f"{count} {self.noun if count == 1 else self.plural or self.noun + 's'}"


def fields(*names: str) -> frozenset[str]:
    """Join space separated names of fields, for declarations that stay readable."""
    return frozenset(" ".join(names).split())
