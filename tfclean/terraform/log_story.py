"""What a log tells event by event in, the claims that follow from it out: each object is told once, in the last tense the log gave it.

Text logs and machine logs tell the same story in different words; the rules are here. A log may hold several runs one after another (a job
that applies, tries again, destroys), so that the same address can be created more than once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tfclean.model import Claim, Source, SourceKind, Tense
from tfclean.terraform import addresses
from tfclean.terraform.log_runs import Runs
from tfclean.terraform.log_scan import Spot, is_ours
from tfclean.terraform.reading import Reading

_UUID = re.compile(r"(?<![0-9a-zA-Z-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-zA-Z-])")
_NAMES_ANOTHER = frozenset({"openstack_networking_router_interface_v2"})
"""Types whose messages print the id of another object: of an interface, the router's."""

_LETS_GO = (Tense.FORGOTTEN, Tense.IMPORTED)


@dataclass(frozen=True, slots=True)
class LogReading(Reading):
    """What a log says; its first and last moment are those of the runs in it that made something, if any did.

    Attributes:
        lasted: lower bound of how long it ran, from the durations that it prints; for logs without times.
        applied: it shows creates as started: those that it does not show never started.
    """

    lasted: timedelta = timedelta(0)
    applied: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """Where and when a log says something.

    Attributes:
        line: line number.
        time: absolute time, if the log has any.
    """

    line: int
    time: datetime | None = None


@dataclass(slots=True)
class _Open:
    """An operation that was started and not yet seen to end."""

    at: At
    run: int
    id: str | None = None
    clock: float = 0.0
    shape: Claim | None = None
    candidates: list[str] = field(default_factory=list)


class Story:
    """Collects the events of one log; objects of other providers are passed over.

    Args:
        path: the log, as the user named it.
        kind: which sort of log.
    """

    def __init__(self, path: str, kind: SourceKind) -> None:
        self._path = path
        self._kind = kind
        self._objects: dict[tuple[str, str], Claim] = {}
        self._creating: dict[str, list[_Open]] = {}
        self._destroying: dict[tuple[str, str | None], list[_Open]] = {}
        self._destroyed: dict[tuple[str, str | None], int] = {}
        self._planned: dict[str, Claim] = {}
        self._shape: dict[str, Claim] = {}
        self._idless: list[Claim] = []
        self._clock = 0.0
        self._runs = Runs()
        self._applied = False

    def heard(self, time: datetime | None) -> None:
        """Take note of a line of Terraform's own, and of the moment that it proves."""
        self._runs.heard(time)

    def marked(self, time: datetime) -> None:
        """Take note of a moment that the CI tells between lines."""
        self._runs.marked(time)

    def run_over(self) -> None:
        """Take note that Terraform ends, or begins again."""
        self._runs.over(self._clock)

    def refreshed(self, spot: Spot, id_: str | None, at: At) -> None:
        """A refresh: an object exists; runs refresh before they change anything."""
        if spot.mode == "managed":
            self.run_over()
        self.exists(spot, id_, at)

    def plan(self, claim: Claim) -> None:
        """Take a claim of the plan: what it wants to create, and what it says of objects that exist."""
        if not is_ours(claim.type):
            return
        if claim.tense is Tense.PLANNED:
            self._planned[claim.address] = self._shape[claim.address] = claim
        elif claim.id is not None:
            self._know(claim)
        elif claim.tense in _LETS_GO:
            known = [c for c in self._objects.values() if c.address == claim.address and c.tense is Tense.RECORDED]
            for old in known:
                self._objects[old.address, old.id or ""] = replace(old, tense=claim.tense)
            if not known:
                self._idless.append(claim)

    def exists(self, spot: Spot, id_: str | None, at: At, tense: Tense = Tense.RECORDED) -> None:
        """An object with an id is refreshed, read, modified or imported: the state had it when that line was printed."""
        self.heard(at.time)
        if not is_ours(spot.type) or spot.mode == "ephemeral" or not id_:
            return
        if spot.mode == "data":
            tense = Tense.REFERENCED
        elif spot.deposed is not None:
            tense = Tense.DEPOSED
        self._know(self._claim(spot, tense, at, id_))

    def create(self, spot: Spot, at: At) -> None:
        """A create starts."""
        self.heard(at.time)
        if is_ours(spot.type) and spot.mode == "managed":
            self._applied = True
            self._runs.acts(makes=True)
            self._planned.pop(spot.address, None)
            start = _Open(at, self._runs.number, clock=self._clock, shape=self._shape.get(spot.address))
            self._creating.setdefault(spot.address, []).append(start)

    def destroy(self, spot: Spot, id_: str | None, at: At) -> None:
        """A destruction starts."""
        self.exists(spot, id_, at)
        if is_ours(spot.type) and spot.mode == "managed" and id_:
            self._runs.acts(makes=False)
            key, run = (spot.address, spot.deposed), self._runs.number
            opens = self._destroying.setdefault(key, [])
            if any(old.run != run for old in opens):
                # That run ended without a word about them.
                self._destroyed.pop(key, None)
            opens[:] = [old for old in opens if old.id != id_ and old.run == run]
            opens.append(_Open(at, run, id_, self._clock))

    def goes_on(self, spot: Spot, seconds: float, at: At) -> None:
        """An operation is still under way after so many seconds."""
        self.heard(at.time)
        making = self._creating.get(spot.address)
        if making:
            self._runs.acts(makes=True)
        opens = making or self._destroying.get((spot.address, spot.deposed)) or []
        started = opens[-1].clock if opens else 0.0
        self._clock = max(self._clock, started + seconds)

    def created(self, spot: Spot, id_: str | None, seconds: float, at: At) -> None:
        """A create is complete."""
        self.goes_on(spot, seconds, at)
        if not is_ours(spot.type) or spot.mode != "managed":
            return
        self._applied = True
        self._runs.acts(makes=True)
        if not id_:
            return
        opens = self._creating.get(spot.address, [])
        start = opens.pop() if opens else None
        self._planned.pop(spot.address, None)
        claim = replace(self._claim(spot, Tense.CREATED, at, id_), started=start.at.time if start else None, ended=at.time)
        self._objects[spot.address, id_] = self._shaped(claim, start)

    def destroyed(self, spot: Spot, seconds: float, at: At) -> None:
        """A destruction is complete; machine logs do not tell deposed objects of an address from the current one."""
        self.goes_on(spot, seconds, at)
        key = (spot.address, spot.deposed)
        opens = self._destroying.get(key, [])
        self._destroyed[key] = self._destroyed.get(key, 0) + 1
        if self._destroyed[key] < len(opens):
            # It is not said which of them is gone: none is, until all are.
            return
        for start in opens:
            claim = self._objects[spot.address, start.id or ""]
            self._objects[spot.address, start.id or ""] = replace(
                claim, tense=Tense.DESTROYED, source=self._source(at), started=start.at.time, ended=at.time
            )
        self._destroying.pop(key, None)
        self._destroyed.pop(key, None)

    def failed(self, address: str, texts: Iterable[str]) -> None:
        """A diagnostic speaks about an address: ids in it may be that of an object that was made and never recorded."""
        opens = self._creating.get(address)
        if opens:
            found = [uuid for text in texts for uuid in _UUID.findall(text)]
            opens[-1].candidates.extend(uuid for uuid in dict.fromkeys(found) if uuid not in opens[-1].candidates)

    def failed_block(self, kind: str, name: str, texts: Iterable[str]) -> None:
        """The same for a diagnostic that names the block in the configuration only (0.12 and 0.13)."""
        ending = f"{kind}.{name}"
        fits = [a for a, o in self._creating.items() if o and re.search(rf"(?:^|\.){re.escape(ending)}(?:\[|$)", a)]
        if len(fits) == 1:
            self.failed(fits[0], texts)

    def tell(self, *, whole: bool = True) -> LogReading:
        """Give everything as one reading.

        Args:
            whole: False if the log itself says that it was cut off.
        """
        claims = [*self._objects.values(), *self._idless, *self._in_flight(), *self._planned.values()]
        claims.sort(key=lambda c: (int(c.source.place.removeprefix("line ") or 0), c.address, c.tense))
        first, last = self._runs.span(self._clock)
        return LogReading(
            source=Source(self._kind, self._path),
            claims=tuple(claims),
            first=first,
            last=last,
            whole=whole,
            lasted=timedelta(seconds=self._clock),
            applied=self._applied and whole,
        )

    def _in_flight(self) -> Iterable[Claim]:
        known = {id_ for _, id_ in self._objects}
        for address, opens in self._creating.items():
            for start in opens:
                spot = Spot(address, addresses.parse(address).type)
                candidates = () if spot.type in _NAMES_ANOTHER else tuple(c for c in start.candidates if c not in known)
                claim = replace(self._claim(spot, Tense.IN_FLIGHT, start.at, None), candidates=candidates, started=start.at.time)
                yield self._shaped(claim, start)

    def _source(self, at: At) -> Source:
        return Source(self._kind, self._path, f"line {at.line}")

    def _claim(self, spot: Spot, tense: Tense, at: At, id_: str | None) -> Claim:
        return Claim(spot.address, spot.type, tense, self._source(at), id_, deposed=spot.deposed)

    def _shaped(self, claim: Claim, start: _Open | None) -> Claim:
        # A later run in the same log may plan another object for the address.
        shape = (start.shape if start else None) or self._shape.get(claim.address)
        if shape is None:
            return claim
        return replace(claim, attributes=shape.attributes, sensitive=shape.sensitive, unknown=shape.unknown)

    def _know(self, claim: Claim) -> None:
        """Take in that an object exists: a tense that says more is not lost by one that says less."""
        key = (claim.address, claim.id or "")
        old = self._objects.get(key)
        if old is None:
            opens = self._creating.get(claim.address)
            if opens and claim.tense in (Tense.RECORDED, Tense.TAINTED) and claim.deposed is None:
                # The state got to know an id for the address after the create had started: it is what that create made.
                opens.pop()
            self._objects[key] = claim
            return
        if claim.tense in _LETS_GO or old.tense in (Tense.DESTROYED, Tense.REFERENCED):
            self._objects[key] = replace(claim, attributes=claim.attributes or old.attributes)
        elif not old.attributes and claim.attributes:
            self._objects[key] = replace(old, attributes=claim.attributes, sensitive=claim.sensitive)
