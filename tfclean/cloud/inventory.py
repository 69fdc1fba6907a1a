"""Everything live in a project: a transport and a scope in, an `Inventory` out.

One paged list per kind, all services at once; a call per object only where the API knows no other way (members, rules, forwardings),
and only below parents that say they have some. A list that failed is a gap and never "nothing there".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tfclean.cloud import rows as read
from tfclean.cloud.pages import PAGE, rows_at
from tfclean.cloud.transport import ListFailed, Transport
from tfclean.errors import CloudError, Unreachable
from tfclean.kinds.base import Kind, Row
from tfclean.kinds.registry import KINDS, everyday
from tfclean.model import Gap, GapKind, Inventory, Key, Look, Resource

CHUNK = 80
"""How many networks one question for ports names: a URL of about 4000 characters."""
PORTS, NETWORKS = "network.port", "network.network"

Pool = Callable[[int], Executor]
"""Gives what runs at most so many requests at once."""
Tell = Callable[[int, int], None]
"""Takes how many kinds are listed, and how many there are to list."""


def threads(workers: int) -> Executor:
    """Give a pool of threads."""
    return ThreadPoolExecutor(workers, thread_name_prefix="tfclean-list")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose objects are listed, and where.

    Attributes:
        project: id of the project.
        user: id of the user.
        cloud: name for display.
        region: name for display.
        absent: service → why it has no list: ``NO_SERVICE``, or ``NOT_LISTED`` if it should have one.
        networks: ids of networks whose ports are listed whoever owns them, for when networks themselves are not listed.
    """

    project: str
    user: str = ""
    cloud: str = ""
    region: str = ""
    absent: Mapping[str, Gap] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()


def take(
    transport: Transport,
    scope: Scope,
    *,
    kinds: Iterable[str] | None = None,
    workers: int = 8,
    page: int = PAGE,
    pool: Pool = threads,
    tell: Tell | None = None,
) -> Inventory:
    """List what is live.

    Args:
        transport: the services.
        scope: whose objects.
        kinds: only these; None: all but those whose objects have to be named.
        workers: how many lists are asked for at the same time.
        page: rows per page.
        pool: what runs the lists.
        tell: told from the caller's thread how far it is.

    Raises:
        CredentialsError: the cloud does not know us any more.
        Unreachable: not a single list was answered.
    """
    before, now = transport.calls, datetime.fromtimestamp(transport.now(), UTC)
    collector = _Collector(transport, scope, frozenset(everyday() if kinds is None else kinds), page)
    collector.collect(pool(workers), tell)
    resources, listed, gaps = collector.outcome()
    failures = collector.failed.values()
    if failures and not listed and all(failure.status is None for failure in failures):
        raise Unreachable(f"no service of {scope.cloud} answers: {next(iter(failures)).reason}; check the network and the proxy settings")
    return Inventory(
        resources=resources,
        listed=listed,
        gaps=gaps,
        project=scope.project,
        user=scope.user,
        cloud=scope.cloud,
        region=scope.region,
        taken_at=now,
        calls=transport.calls - before,
        clock=None if transport.ahead is None else now + timedelta(seconds=transport.ahead),
    )


def look(transport: Transport, scope: Scope, kind: str, *, pool: Pool = threads) -> Look:
    """List one kind again. Whatever fails is the gap of the answer."""
    try:
        inventory = take(transport, scope, kinds=(kind,), workers=4, pool=pool)
    except CloudError as error:
        return Look(kind, gap=Gap(GapKind.NOT_LISTED, kind, str(error)))
    if kind not in inventory.listed:
        return Look(kind, gap=next((gap for gap in inventory.gaps if gap.subject == kind), inventory.gaps[0]))
    return Look(kind, tuple(inventory.of(kind)))


@dataclass(frozen=True, slots=True)
class _Question:
    """One list to ask for: of which kind, where, and of whom; or, with `row`, the details of one object."""

    kind: Kind
    path: str
    query: tuple[tuple[str, str], ...] = ()
    parent: str = ""
    row: Row | None = None


class _Collector:
    """Rows per listed kind as they come in; what depends on them is asked for as soon as they are there."""

    def __init__(self, transport: Transport, scope: Scope, wanted: frozenset[str], page: int) -> None:
        self.transport, self.scope, self.wanted, self.page = transport, scope, wanted, page
        self.rows: dict[str, dict[str, Row]] = {}
        self.failed: dict[str, ListFailed] = {}
        self.sources = {_source(KINDS[name]).name for name in wanted}
        self.sources |= {per for name in self.sources if (per := KINDS[name].listing.per)}
        self.open: Counter[str] = Counter()

    def collect(self, pool: Executor, tell: Tell | None = None) -> None:
        """Ask for every list; the first error that is not a list's own ends it. The pool is shut down."""
        pending: dict[Future[list[Row]], _Question] = {}

        def ask(questions: Iterable[_Question]) -> None:
            for question in questions:
                pending[pool.submit(self._answer, question)] = question
                self.open[question.kind.name] += 1

        try:
            ask(self._first())
            while pending:
                if tell is not None:
                    tell(*self._far())
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in [future for future in pending if future in done]:
                    question = pending.pop(future)
                    self._keep(question, future)
                    self.open[question.kind.name] -= 1
                    ask([] if question.row else self._following(question.kind.name))
            if tell is not None:
                tell(*self._far())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _far(self) -> tuple[int, int]:
        """Give how many of the wanted kinds have no question left, and how many there are."""
        return sum(not self._is_open(_source(KINDS[name]).name) for name in self.wanted), len(self.wanted)

    def _is_open(self, name: str) -> bool:
        """Tell whether anything is asked of a kind, or may be as soon as another one is listed."""
        before = NETWORKS if name == PORTS and NETWORKS in self.sources else KINDS[name].listing.per
        return self.open[name] > 0 or bool(before and self._is_open(before))

    def outcome(self) -> tuple[dict[Key, Resource], frozenset[str], tuple[Gap, ...]]:
        """Give resources, kinds that were listed whole, and gaps."""
        resources: dict[Key, Resource] = {}
        listed: set[str] = set()
        gaps: dict[str, Gap] = {}
        for kind in (kind for name, kind in KINDS.items() if name in self.wanted):
            gap = self._gap(kind)
            if gap is not None:
                gaps.setdefault(gap.subject, gap)
                continue
            listed.add(kind.name)
            rows = self.rows.get(_source(kind).name, {}).values()
            for row in read.rows_of(kind, [row for row in rows if self._counts(_source(kind), row)]):
                resource = read.resource(kind, row, user=self.scope.user, project=self.scope.project)
                resources[resource.key] = resource
        return resources, frozenset(listed), tuple(gaps.values())

    def _first(self) -> list[_Question]:
        out: list[_Question] = []
        for kind in (KINDS[name] for name in sorted(self.sources)):
            if kind.service in self.scope.absent or kind.listing.per:
                continue
            for query in (kind.listing.query, *([kind.listing.again] if kind.listing.again else [])):
                filled = tuple((name, value.replace("{project}", self.scope.project)) for name, value in query)
                out.append(_Question(kind, kind.listing.path, filled))
        if PORTS in self.sources and NETWORKS not in self.sources:
            out += self._on_networks(self.scope.networks)
        return out

    def _following(self, name: str) -> list[_Question]:
        """Give what is to be asked now that a list of kind `name` is there."""
        out: list[_Question] = []
        if name in self.failed:
            return out
        kind = KINDS[name]
        if kind.listing.detail:
            named = [(row, quote(str(row[kind.id]), safe="")) for row in self.rows.get(name, {}).values()]
            out += [_Question(kind, kind.listing.detail.replace("{id}", id_), row=row) for row, id_ in named]
        own = [row for row in self.rows.get(name, {}).values() if self._counts(KINDS[name], row)]
        if name == NETWORKS and PORTS in self.sources:
            out += self._on_networks(str(row["id"]) for row in own)
        for kind in (KINDS[source] for source in self.sources if KINDS[source].listing.per == name):
            ids = [str(row["id"]) for row in own if kind.listing.skip_parent is None or not kind.listing.skip_parent(row)]
            out += [_Question(kind, kind.listing.path.replace("{id}", quote(id_, safe="")), parent=id_) for id_ in ids]
        return out

    def _on_networks(self, networks: Iterable[str]) -> list[_Question]:
        ids, ports = sorted(networks), KINDS[PORTS]
        if ports.service in self.scope.absent:
            return []
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        return [_Question(ports, ports.listing.path, tuple(("network_id", id_) for id_ in chunk)) for chunk in chunks]

    def _answer(self, question: _Question) -> list[Row]:
        listing = question.kind.listing
        if question.row is not None:
            body = self.transport.get(question.kind.service, question.path, [])
            return [{**question.row, **row} for row in read.unwrapped(question.kind, [body]) if row.get(question.kind.id)]
        found = rows_at(self.transport, question.kind, question.path, list(question.query), self.page)
        rows = read.unwrapped(question.kind, found)
        return [{**row, listing.parent: question.parent} for row in rows] if question.parent else list(rows)

    def _keep(self, question: _Question, future: Future[list[Row]]) -> None:
        kind = question.kind
        try:
            for row in future.result():
                self.rows.setdefault(kind.name, {})[str(row[kind.id])] = row
        except ListFailed as failure:
            # 404 below one parent, or of one object: it has gone since its list.
            if not ((question.parent or question.row) and failure.status == 404):
                self.failed.setdefault(kind.name, failure)
        except (KeyError, TypeError) as error:
            self.failed.setdefault(kind.name, ListFailed(f"a row of its list is not what it should be ({error})"))

    def _counts(self, kind: Kind, row: Row) -> bool:
        """Tell whether a row is ours, or a stranger's port, all of which are on networks of ours."""
        return kind.name == PORTS or read.mine(kind, row, project=self.scope.project, user=self.scope.user)

    def _gap(self, kind: Kind) -> Gap | None:
        source = _source(kind)
        absent = self.scope.absent.get(source.service)
        if absent is not None:
            return absent if kind.service == source.service else Gap(absent.kind, kind.name, absent.reason)
        failure = self.failed.get(source.name) or self.failed.get(source.listing.per)
        if failure is None:
            return None
        if failure.status == 404 and source.service in self.transport.answering:
            return Gap(GapKind.NO_SERVICE, kind.name, f"the cloud's {source.service} service does not know {_plural(source)}")
        return Gap(GapKind.NOT_LISTED, kind.name, f"{_plural(source)} could not be listed: {failure.reason}")


def _source(kind: Kind) -> Kind:
    """Give the kind whose list holds the rows of `kind`."""
    return KINDS[kind.listing.rows[0]] if kind.listing.rows is not None else kind


def _plural(kind: Kind) -> str:
    return kind.plural or f"{kind.noun}s"
