"""One random world, from a job's first create to the proof that nothing of it is left, with faults and crashes on the way."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.worlds import evidence, oracle, topology
from tests.worlds.builder import Builder
from tests.worlds.cloud import Crash, VirtualMachine, cloud
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.proof import leftovers
from tfclean.cleanup.runner import run
from tfclean.cloud import Cloud
from tfclean.errors import CloudError, NothingToGoOn, Refused
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Event, Inventory, Judgement, Kept, OutcomeKind, Plan, Result
from tfclean.simulator import Caller, Faulty, Pace, Request, World
from tfclean.simulator import Plan as Faults
from tfclean.simulator.clock import VirtualClock
from tfclean.verbs.asking import Basis, basis

JOB, TWIN, OTHER = "job-48151", "job-62342", "5" * 32
LONGEST = 4 * 3600.0
"""Virtual seconds in which every run has ended, whatever never ends around it."""
PAGES = (3, *[1000] * 9)
"""Rows per page of a list."""
MOST = 6000
"""Requests after which a run goes in circles."""


BY_NAME = frozenset(("compute.keypair",))
"""Whose ids are names, and prove nothing without equal content."""


class Broken(AssertionError):
    """A promise was not kept."""


class Unsynced(Journal):
    """A real journal on a real file, without fsync and without waiting for its thread, whose process is killed after a given record."""

    killed_after = 0
    torn = b""
    records = 0

    def _sync(self) -> None:
        pass

    def _append(self, record: Mapping[str, Any], *, durable: bool) -> None:
        super()._append(record, durable=False)
        self.records += 1
        if self.records == self.killed_after:
            raise Crash


@dataclass
class Story:
    """What happens to one world.

    Attributes:
        seed: everything follows from it.
        folder: for files; emptied.
        tell: told what happens, for people.
    """

    seed: int
    folder: Path
    tell: Callable[[str], None] = lambda _: None
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        dice = self.dice
        clock = VirtualClock()
        pace = Pace(server_delete=dice.choice((1.0, 10.0, 40.0)), volume=dice.choice((0.5, 2.0)), balancer=dice.choice((2.0, 6.0)))
        self.world = World(clock, seed=self.seed, dhcp=dice.random() < 0.5, pace=pace)
        self.sent: list[Request] = []
        self.crash_at: tuple[str, int] | None = None
        self.results: list[Result] = []

    # -- before ---------------------------------------------------------------------------------------------------------

    def build(self) -> Basis:
        """Let the job run and be killed, its twin beside it, and strangers come along."""
        world, dice = self.world, self.dice
        shared = Caller(world).make("network", "/routers", "router", name="shared", external_gateway_info={"network_id": world.external})
        first = world._count
        run_ = Builder(world, JOB, dice, budget=dice.choice((1000, 1000, dice.randint(1, 25))))
        shape = topology.job(run_, shared["id"], 7)
        guests = topology.guests(world, dice, shape)
        last = world._count
        if dice.random() < 0.8:
            world.settle(600)
        twin = Builder(world, TWIN, dice)
        if dice.random() < 0.7:
            topology.job(twin, shared["id"], 8)
        deeds = guests + topology.strangers(world, dice, shape, OTHER)
        if dice.random() < 0.8:
            world.settle(600)
        self.made = first, last
        self.shape = shape
        self.deeds = deeds
        folder = self.folder / "job"
        self.traces = evidence.leave(folder, JOB, run_.creates, dice)
        self.tell(f"world {self.seed}: {len(run_.creates)} creates; evidence: {self.traces.words}; {', '.join(deeds) or 'no stranger'}")
        return basis(str(folder), {})

    def faults(self) -> tuple[Faults, str]:
        """Choose what goes wrong."""
        dice = self.dice
        way = dice.choice(("calm", "transient", "transient", "transient", "permanent"))
        share = lambda: dice.choice((0.0, 0.0, 0.05, 0.2))  # noqa: E731
        if way == "calm":
            return Faults(latency=dice.choice((0.0, 0.5))), way
        common = {
            "latency": dice.choice((0.0, 0.2, 3.0)),
            "throttled": share(),
            "broken": share(),
            "lost_done": share(),
            "lost_undone": share(),
            "expired": dice.choice((0.0, 0.0, 0.03)),
            "slow": share(),
            "lag": dice.choice((0.0, 0.0, 1.0, 4.0)),
        }
        if way == "transient":
            common |= {"failing": share(), "stuck": share(), "meddling": share() / 4}
            targets = {"network": tuple(n for n, _ in self.shape.networks), "port": tuple(p for _, p in self.shape.ports)}
            targets["server"], targets["floatingip"] = tuple(self.shape.servers), tuple(a for a in self.shape.addresses if a)
            targets = {k: tuple(i for i in ids if i) for k, ids in targets.items()}
            return Faults(seed=self.seed, until=dice.choice((5.0, 30.0, 120.0)), meddled=targets, **common), way
        share_ = {"until": 60.0, **common} if dice.random() < 0.7 else {}
        own = sorted(i for i in (*self.shape.servers, *self.shape.volumes, *self.shape.balancers) if i)
        if own and dice.random() < 0.5:
            return Faults(seed=self.seed, stuck_ids=frozenset((dice.choice(own),)), **share_), "permanent: stuck"
        denied = dice.choice((("network", "/networks"), ("network", "/ports"), ("network", "/security-groups"), ("compute", "/servers"),
                              ("network", "/floatingips"), ("block-storage", "/volumes"), ("network", "/subnets")))  # fmt: skip
        return Faults(seed=self.seed, denied=frozenset((denied,)), **share_), f"permanent: {denied[1]} denied"

    @property
    def own(self) -> frozenset[str]:
        """Everything that is the job's; balancers go on making things after the run has ended."""
        return oracle.made_by(self.world, *self.made)

    # -- the run --------------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Do it all.

        Raises:
            Broken: a promise was not kept.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            found = self.build()
        except NothingToGoOn:
            self.tell("nothing to go on")
            return
        world, dice = self.world, self.dice
        world.advance(10)  # nobody cleans up in the very second in which a run is killed
        self.before = oracle.ties(world)
        self.began = world._count
        faults, way = self.faults()
        self.tell(f"{way}: {faults}")
        early = dice.random() < 0.3  # the faults are there while the plan is made
        machine = VirtualMachine(world, self.seed)
        calm = self._cloud(machine, None)
        plan = None if early and way != "calm" else make_plan(found.judge(calm.inventory()), options=Options())
        self.faulty = Faulty(world, faults)
        cloud_ = self._cloud(machine, self.faulty)
        start = machine.now()
        if plan is None:
            try:
                plan = make_plan(found.judge(cloud_.inventory()), options=Options())
            except CloudError as error:
                self.tell(f"the cloud cannot be asked: {error}")
        result = self._attempts(plan, cloud_, machine, found) if plan else None
        if machine.now() - start > LONGEST:
            self._fail(f"it took {machine.now() - start:.0f} s")
        self._check_harm()
        if way.startswith("permanent"):
            self._after_permanent(found, machine, cloud_, result, way)
        else:
            if way == "calm" and result is not None:
                self._check_refusals(result)
            self._after_transient(found, machine, calm, result, early=early)
        if self.broken:
            raise Broken("\n".join(self.broken))

    def _cloud(self, machine: VirtualMachine, asked: Faulty | None) -> Cloud:
        made, sent = cloud(self.world, machine, asked=asked, before=self._before, after=self._after, page=self.dice.choice(PAGES))
        self.sent = sent
        return made

    def _before(self, request: Request) -> None:
        self.tell(f"  {self.world.clock.now():.2f} {request.method} {request.service}{request.path} {request.body or ''}")
        self._maybe_crash("before")
        if len(self.sent) > MOST:
            raise Broken(f"more than {MOST} requests")

    def _after(self, _: Request) -> None:
        self._maybe_crash("after")

    def _maybe_crash(self, when: str) -> None:
        if self.crash_at is not None and self.crash_at[0] == when:
            number = self.crash_at[1]
            self.crash_at = None if number == 0 else (when, number - 1)
            if number == 0:
                raise Crash

    def _attempts(self, plan: Plan, cloud_: Cloud, machine: VirtualMachine, found: Basis) -> Result | None:
        """Run, be killed, resume, be killed again; give the result of the one that came to its end."""
        journal = Unsynced.create(self.folder, name="journal")
        with journal:
            result = self._attempt(plan, cloud_, machine, found, journal, ())
        for _ in range(3):
            if result is not None:
                return result
            self._tear(journal.path)
            self.world.advance(self.dice.choice((0.0, 1.0, 60.0)))
            result = self.resume(cloud_, machine, found, journal.path)
        return result

    def resume(self, cloud_: Cloud, machine: VirtualMachine, found: Basis, path: Path, *, crashes: bool = True) -> Result | None:
        """Go on with a journal; None if that was killed too, or there is nothing to go on with."""
        if not path.exists() or not path.read_bytes().count(b"\n"):
            return None
        with Unsynced.resume(path) as journal:
            assert journal.contents is not None
            return self._attempt(journal.contents.plan, cloud_, machine, found, journal, journal.contents.events, crashes=crashes)

    def _attempt(
        self,
        plan: Plan,
        cloud_: Cloud,
        machine: VirtualMachine,
        found: Basis,
        journal: Unsynced,
        records: tuple[Event, ...],
        *,
        crashes: bool = True,
    ) -> Result | None:
        self.crash_at = None
        journal.killed_after = 0
        if crashes and self.dice.random() < 0.6:
            if self.dice.random() < 0.5:
                journal.killed_after = self.dice.randint(2, 80)
            else:
                self.crash_at = self.dice.choice(("before", "after")), self.dice.randint(0, 15)
        try:
            result = run(plan, cloud_, journal=journal, proof=found.judge, machine=machine, records=records, on_event=self._event)
        except Crash:
            self.tell(f"  {machine.now():.2f} KILLED after record {journal.records}")
            return None
        except (CloudError, Refused) as error:
            self.tell(f"  refused: {error}")
            return None
        finally:
            self.crash_at = None
        self.tell(f"  -> {result.exit_code} {result.message}")
        self.results.append(result)
        return result

    def _event(self, event: Event) -> None:
        if event.type != "intent":
            self.tell(f"    {event.type} {event.target or ''} {dict(event.data)}")

    def _tear(self, path: Path) -> None:
        if path.exists() and self.dice.random() < 0.4:
            with path.open("ab") as stream:
                stream.write(b'{"type": "answ')

    # -- what was promised ----------------------------------------------------------------------------------------------

    def _fail(self, words: str) -> None:
        self.broken.append(words)
        self.tell(f"BROKEN: {words}")

    def _check_harm(self) -> None:
        for change in oracle.harmed(self.world, self.began, self.own):
            before, after = change.before or {}, change.after or {}
            changed = {k: (before.get(k), after.get(k)) for k in sorted(before.keys() | after.keys()) if before.get(k) != after.get(k)}
            self._fail(f"{change.action} {change.kind} {change.id}, which is not the job's: {changed if after else before.get('name')}")

    def _after_transient(self, found: Basis, machine: VirtualMachine, calm: Cloud, result: Result | None, *, early: bool) -> None:
        """The faults are over: whatever is certain or probable and not held by others goes, after at most one resume."""
        self.world.settle(7200)
        self.world.advance(600)
        path = self.folder / "journal"
        if result is None or result.exit_code != 0:
            again = self.resume(calm, machine, found, path, crashes=False)
            result = again or result
        live = calm.inventory()
        self._check_outcomes(result, live)
        judgement = found.judge(live)
        if early or result is None or self._meddled():
            # The plan was made while nothing could be trusted, or the world is another one since: a fresh one has to do.
            self.tell("a fresh destroy")
            fresh = run(make_plan(judgement, options=Options()), calm, proof=found.judge, machine=machine, on_event=self._event)
            self.tell(f"  -> {fresh.exit_code} {fresh.message}")
            self._check_refusals(fresh)
            result, judgement = fresh, found.judge(calm.inventory())
        self._check_end(judgement, result)

    def _after_permanent(self, found: Basis, machine: VirtualMachine, cloud_: Cloud, result: Result | None, way: str) -> None:
        """Something will never go: the run ends, says which and why, and has untied nothing in vain."""
        if result is None:
            self.world.advance(600)
            result = self.resume(cloud_, machine, found, self.folder / "journal", crashes=False)
        if result is None:
            return
        del way
        if any(o.outcome is OutcomeKind.FAILED for o in result.undone):
            # What could not be taken back was told; going on takes it back.
            self.world.advance(600)
            result = self.resume(cloud_, machine, found, self.folder / "journal", crashes=False) or result
        for outcome in result.outcomes:
            if outcome.outcome not in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE) and not outcome.because:
                self._fail(f"{outcome.target} is {outcome.outcome} for no reason")
        self.world.settle(7200)
        self._check_outcomes(result, self._cloud(machine, None).inventory())
        self._check_vain(result)
        self._check_harm()

    def _check_refusals(self, result: Result) -> None:
        """What the plan sees it need not be told by a refusal."""
        if result.refusals and not any(name == "failing" for _, name in self.faulty.injected):
            self._fail(f"{result.refusals} calls were refused in calm")

    def _meddled(self) -> bool:
        return any(name in ("meddling", "failing") for _, name in self.faulty.injected)

    def _check_outcomes(self, result: Result | None, live: Inventory) -> None:
        back = {o.target for o in result.undone} if result else set()
        for outcome in result.outcomes if result else ():
            if (
                outcome.target not in back
                and outcome.outcome in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE)
                and outcome.target in live.resources
            ):
                self._fail(f"{outcome.target} is said to be {outcome.outcome}, and is live")

    def _check_vain(self, result: Result | None) -> None:
        if result is not None and result.exit_code != 130:
            for words in oracle.in_vain(self.world, self.before):
                self._fail(f"untied in vain: {words}")

    def _check_end(self, judgement: Judgement, result: Result) -> None:
        left = [k for k in leftovers(judgement, Options()) if judgement.findings[k.target].confidence >= Confidence.PROBABLE]
        if not self._meddled():
            self._check_vain(result)
        if result.exit_code == 0 and left:
            self._fail(f"exit 0, and left is {[str(k.target) for k in left]}")
        if result.exit_code not in (0, 1):
            self._fail(f"exit {result.exit_code} in calm: {result.message}")
        self._check_harm()
        wrong = oracle.deletable(self.world, self._rows(left), self.own)
        because = {o.target: o for o in result.outcomes}
        for words in wrong:
            reasons = [o.because for k, o in because.items() if k.id == words.split()[1]]
            self._fail(f"left, and nothing holds it: {words}: {reasons}")
        self._check_told(judgement)

    def _check_told(self, judgement: Judgement) -> None:
        """What evidence names by id is certain, unless somebody asked to keep it."""
        for create in self.traces.told:
            live = [f for f in judgement.findings.values() if f.id == create.id and f.resource is not None and "tie" not in f.flags]
            for finding in live:
                if finding.confidence is not Confidence.CERTAIN and not finding.keep and finding.kind not in BY_NAME:
                    self._fail(f"{create.address} names {finding.key}, which is judged {finding.verdict} ({finding.confidence})")

    def _rows(self, left: list[Kept]) -> list[tuple[str, str]]:
        ids = {k.target.id for k in left if k.target.kind in KINDS}
        return [(kind, key) for kind, rows in self.world.tables.items() for key in rows if key in ids or key.rpartition("/")[2] in ids]


def broken_among(seeds: Iterable[int], folder: Path, kind: type[Story] = Story) -> dict[int, str]:
    """Play several worlds; give what was broken, by seed."""
    out = {}
    for seed in seeds:
        try:
            kind(seed, folder).play()
        except Broken as error:
            out[seed] = str(error)
    return out
