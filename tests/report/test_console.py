"""What people see: complete, aligned within 80 columns, and the same with and without colour."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.estate.test_scenarios import judged
from tests.making import live
from tests.recorded import JOBS
from tests.report.making import CONTEXT, GROUP, NETWORK, SERVER, TIME, aftermath, finding, judgement, plan, result, shown, uuid
from tfclean.cleanup.plan import make_plan
from tfclean.model import (
    Action,
    Confidence,
    Event,
    Footprint,
    Gap,
    GapKind,
    Judgement,
    Kept,
    Key,
    Outcome,
    OutcomeKind,
    Plan,
    Result,
    Step,
    Verdict,
)
from tfclean.report.base import Look
from tfclean.report.console.journal import line
from tfclean.report.console.page import Page, Row, breaks

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
DIFF = f"""\
cloud ci, region RegionOne, 2026-11-22 12:00:00Z
project {"p" * 32}
Evidence: terraform.tfstate (state)

1 zombie, 2 missing, 1 drifted, 1 stranger, 1 tainted and 2 possible; 1
consequence of that.
No Terraform run will ever delete 1 server and 1 port; tfclean destroy does.
2 floating IPs may be the job's: kept unless --include-possible.
No problem: 2 managed.
Nothing ties 1 other object of the project to the job.

Zombies (1): the job's, but in no present state
  ! server  node-a  {uuid(1)}
    module.compute.openstack_compute_instance_v2.node["a"]

Missing (2): in the present state, but not live
  - server               node-b  {uuid(9)}
    module.compute.openstack_compute_instance_v2.node["b"]
    └ volume attachment
      {uuid(9)}/{uuid(10)}
  - network
    openstack_networking_network_v2.x

Drifted (1): not as the present state says
  ~ security group  job-group  {uuid(4)}
    openstack_networking_secgroup_v2.g
    description: "as made" -> "changed"
    admin_pass: changed (sensitive, values withheld)

Strangers (1): Terraform cannot see them, but they are on what is the job's
  + port  by-hand  {uuid(5)}
    it is on network job-net of the job

Tainted (1): half made, and marked to be replaced
  ! network  job-net  {uuid(3)}

Possible (2): circumstance only; look before you delete
  1 of these 2 floating IPs: right pool and time
    from openstack_networking_floatingip_v2.f
  ? floating IP  10.0.0.6  {uuid(6)}
  ? floating IP  10.0.0.7  {uuid(7)}

For the next run: what would have told whose they are
  - 2 floating IPs: nothing on them says whose they are; this in
    openstack_networking_floatingip_v2 does, given for each run (-var
    cluster_name=...):
      description = "${{var.cluster_name}}"
  - 2 floating IPs: an inventory from before the run says what was there
    already; with --baseline before.json, after:
      tfclean inventory -o json=before.json

Not known (1): what could not be read or listed
  . openstack_dns_zone_v2 (unknown type): 1 in the evidence; look by hand

Why: tfclean explain {uuid(1)}
What a destroy would delete, and in which order: tfclean plan
"""
PLAN = f"""\
cloud ci, region RegionOne, 2026-11-22 12:00:00Z
project {"p" * 32}

Would delete 3 objects: 1 server, 1 port and 1 security group; 1 rule goes with
them; untie 1 router interface. 4 steps: 3 certain and 1 probable.
1 floating IP stays, and is, or may be, the job's.

Steps (4): - is deleted, ~ is untied; independent ones run side by side
  - server            node-a     {uuid(1)}
  - port              node-a     {uuid(2)}
    probable: it is on the network
  ~ router interface             {uuid(11)}
  - security group    job-group  {uuid(4)}
    with it: 1 rule

Leftovers (1): are, or may be, the job's, and stay
  ? floating IP  10.0.0.6  {uuid(6)}
    only circumstance

Kept (1): stay, as they should
    network  job-net  {uuid(3)}
    asked to keep it
"""
RESULT = f"""\
cloud ci, region RegionOne, 2026-11-22 12:00:00Z
project {"p" * 32}

2 objects of the job are left.
1 deleted, 1 already gone, 1 blocked and 1 skipped; 3 calls, 1 refusal, 1m 5s.

Blocked (1)
  x security group  job-group  {uuid(4)}
    in use
    held by port {uuid(5)}

Skipped because of that: 1 network (-v lists them).

Left (1): are, or may be, the job's
  ! floating IP  10.0.0.6  {uuid(6)}
    circumstance

Journal: .tfclean/j.jsonl
To try again once what holds it is gone: the same tfclean destroy.
"""


def documents() -> list[tuple[str, Any]]:
    j = judgement()
    return [
        ("diff", lambda r: r.diff(j)),
        ("plan", lambda r: r.plan(plan(), {})),
        ("result", lambda r: r.result(result())),
        ("aftermath", lambda r: r.result(aftermath())),
        ("inventory", lambda r: r.inventory(j.inventory, {})),
        *((f"explain {k.id}", lambda r, k=k: r.explanation(j.findings[k], j, plan())) for k in j.findings),
    ]


@pytest.mark.parametrize(
    ("write", "text"),
    [(lambda r: r.diff(judgement()), DIFF), (lambda r: r.plan(plan(), {}), PLAN), (lambda r: r.result(result()), RESULT)],
    ids=["diff", "plan", "result"],
)
def test_the_whole_text(write: Any, text: str) -> None:
    assert shown("console", write) == text


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize(("name", "write"), documents())
def test_every_line_fits_80_columns_and_ends_without_blanks(name: str, write: Any, verbose: bool) -> None:
    text = shown("console", write, verbose=verbose)
    assert [each for each in text.splitlines() if len(each) > 80 or each != each.rstrip()] == []


@pytest.mark.parametrize(("name", "write"), documents())
def test_colour_adds_nothing_but_colour(name: str, write: Any) -> None:
    plain = shown("console", write)
    coloured = shown("console", write, colour=True)
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    assert ANSI.sub("", coloured) == plain


def test_names_are_shown_escaped() -> None:
    evil = live("compute.server", uuid(99), "a\x1b[2J[red]b\u202e")
    text = shown("console", lambda r: r.diff(Judgement({evil.key: finding(evil, Verdict.ZOMBIE)}, ())), colour=True)
    assert "a\\x1b[2J[red]b\\u202e" in text


def test_no_gap_is_left_out_save_absent_services() -> None:
    text = shown("console", lambda r: r.diff(judgement()))
    assert "openstack_dns_zone_v2 (unknown type)" in text
    assert "no service" not in text
    assert "no service" in shown("console", lambda r: r.diff(judgement()), verbose=True)


def test_long_lists_are_counted_and_listed_on_request() -> None:
    servers = [live("compute.server", uuid(n), f"n{n}") for n in range(300)]
    many = Judgement({s.key: finding(s, Verdict.ZOMBIE) for s in servers}, ())
    assert len(shown("console", lambda r: r.diff(many)).splitlines()) < 100
    assert "... and 276 servers more" in shown("console", lambda r: r.diff(many))
    assert shown("console", lambda r: r.diff(many), verbose=True).count("! server") == 300
    steps = tuple(Step(Action.DELETE, s.key, s.name, "x", Confidence.CERTAIN) for s in servers)
    assert len(shown("console", lambda r: r.plan(Plan(steps), {})).splitlines()) < 100


def test_in_sync_is_said_only_of_a_whole_state() -> None:
    assert "In sync" in shown("console", lambda r: r.diff(replace(judgement(), findings={}, gaps=())))
    partly = replace(judgement(), findings={}, gaps=(), footprint=replace(judgement().footprint, complete=False))
    assert "In sync" not in shown("console", lambda r: r.diff(partly))


def test_a_cause_that_is_no_problem_hides_nothing() -> None:
    server = finding(SERVER, Verdict.ZOMBIE, cause=NETWORK.key)
    group = finding(GROUP, Verdict.ZOMBIE, cause=GROUP.key)
    j = Judgement({f.key: f for f in (server, group, finding(NETWORK, Verdict.MANAGED))}, ())
    assert shown("console", lambda r: r.diff(j)).count("  ! ") == 2


def test_causes_in_a_circle_hide_nothing() -> None:
    first, second = finding(SERVER, Verdict.ZOMBIE, cause=GROUP.key), finding(GROUP, Verdict.ZOMBIE, cause=SERVER.key)
    third = finding(NETWORK, Verdict.ZOMBIE, cause=GROUP.key)
    text = shown("console", lambda r: r.diff(Judgement({f.key: f for f in (first, second, third)}, ())))
    assert all(name in text for name in ("node-a", "job-group", "job-net"))


def test_what_remains_by_hand_is_told_with_lines_to_copy() -> None:
    text = shown("console", lambda r: r.result(aftermath()))
    assert "By hand (3): what is left for a person to do" in text
    assert "all at once, or one by one:\n      terraform apply -refresh-only\n      terraform state rm" in text
    assert text.count("terraform state rm") == 5
    assert "... and 15 more lines (-v lists them, -o json=FILE has all)" in text
    assert f"\n      openstack port delete {uuid(5)}\n" in text
    assert "  - ask the operator.\n" in text
    assert shown("console", lambda r: r.result(aftermath()), verbose=True).count("terraform state rm") == 20


def test_quotas_are_told_before_and_after() -> None:
    text = shown("console", lambda r: r.result(aftermath()))
    assert "  servers     12 -> 4 of 20\n" in text
    assert "  ports        ? -> 95 of 100 (nearly used up)\n" in text
    assert "quotas (not listed)" not in text
    assert "load-balancer quotas (not listed): HTTP 403" in shown("console", lambda r: r.result(aftermath()), verbose=True)


@pytest.mark.parametrize("code", [5, 130])
def test_what_was_cut_short_says_how_to_go_on(code: int) -> None:
    assert "To go on: tfclean resume .tfclean/j.jsonl" in shown("console", lambda r: r.result(result(exit_code=code)))


@pytest.mark.parametrize("undo", ["", "--undo "])
def test_how_to_go_on_is_told_once_and_unbroken(undo: str) -> None:
    line = f"tfclean resume {undo}.tfclean/j.jsonl"
    cut = result(exit_code=130, message=f"Interrupted: 1 of 4 steps are done; go on with `{line}`.")
    text = shown("console", lambda r: r.result(cut), context=replace(CONTEXT, back=bool(undo)))
    assert "\nInterrupted: 1 of 4 steps are done.\n" in text
    assert text.count("tfclean resume") == 1
    assert f"\nTo go on: {line}\n" in text


def test_what_has_no_blank_is_not_broken_in_a_narrow_terminal() -> None:
    address = 'module.compute.openstack_blockstorage_volume_v3.data["worker-1"]'
    stream = io.StringIO()
    Page(stream, Look(width=40)).prose(f"it is named as {address} would have named it", indent=4)
    assert stream.getvalue() == f"    it is named as\n    {address}\n    would have named it\n"


@given(st.text(" ab", max_size=60), st.integers(1, 30))
def test_lines_are_broken_at_blanks_only_and_nothing_is_lost(text: str, width: int) -> None:
    places = [0, *breaks(text, width), len(text)]
    lines = [text[start:end] for start, end in pairwise(places)]
    assert "".join(lines) == text
    assert [word for line in lines for word in line.split()] == text.split()
    assert all(len(line.strip()) <= width or len(line.split()) == 1 for line in lines)


def test_what_several_files_lack_is_told_once() -> None:
    gaps = tuple(Gap(GapKind.NOT_COUNTED, "data.x", f"{file}: how many there are is not known") for file in ("a.json", "b.json"))
    text = shown("console", lambda r: r.plan(replace(plan(), gaps=gaps), {}))
    assert "Not known (1)" in text
    assert "a.json: how many" in text
    assert "b.json" not in text
    assert "Not known (2)" in shown("console", lambda r: r.plan(replace(plan(), gaps=gaps), {}), verbose=True)


@pytest.mark.parametrize("format_", ["console", "markdown", "html"])
def test_objects_that_are_all_gone_are_no_reason_to_plan(format_: str) -> None:
    missing = {SERVER.key: finding(SERVER, Verdict.MISSING)}
    gone = shown(format_, lambda r: r.diff(Judgement(missing, (), footprint=Footprint(engine="tofu"))))
    assert "tofu apply -refresh-only" in gone
    assert "tfclean plan" not in gone
    both = {**missing, GROUP.key: finding(GROUP, Verdict.ZOMBIE)}
    assert "tfclean plan" in shown(format_, lambda r: r.diff(Judgement(both, ())))


def test_what_is_left_is_never_left_without_a_word_on_what_to_do() -> None:
    left = result(outcomes=(), leftovers=(Kept(SERVER.key, "node-a", "circumstance", leftover=True),))
    assert f"tfclean explain {SERVER.id}" in shown("console", lambda r: r.result(left))
    assert "tfclean explain" not in shown("console", lambda r: r.result(left), context=replace(CONTEXT, command="sweep"))


def test_what_is_no_problem_is_listed_with_what_that_means_and_ties_apart() -> None:
    tie = finding(live("network.floating_ip_association", uuid(50)), Verdict.FOREIGN, flags=frozenset({"tie"}))
    found = (finding(SERVER, Verdict.FOREIGN), tie, finding(NETWORK, Verdict.PROTECTED))
    text = shown("console", lambda r: r.diff(Judgement({f.key: f for f in found}, ())), verbose=True)
    assert "Foreign (1): nothing ties them to the job: never touched; beside 1 tie of theirs" in text
    assert "Protected (1): shared, default, to be kept, or of another state: never touched" in text
    assert "Nothing ties 1 other object of the project to the job." in text


def test_a_sentence_in_a_journal_has_no_stop_in_the_middle() -> None:
    told = line(Event("finished", TIME, None, {"because": "2 objects are left.", "exit_code": 1}), TIME.timestamp(), {})
    assert told.endswith("2 objects are left, exit code 1")


def test_trying_again_is_advised_only_where_it_can_help() -> None:
    possible = result(
        outcomes=(Outcome(SERVER.key, "node-a", OutcomeKind.DELETED),), leftovers=(Kept(NETWORK.key, "net", "circumstance", True),)
    )
    assert "To try again" not in shown("console", lambda r: r.result(possible))


def test_what_was_untied_is_not_counted_as_deleted() -> None:
    outcomes = (Outcome(SERVER.key, "a", OutcomeKind.DELETED), Outcome(Key("network.router_interface", uuid(11)), "", OutcomeKind.DELETED))
    text = shown("console", lambda r: r.result(result(outcomes=outcomes, leftovers=())))
    assert "\n1 deleted and 1 untied; not proven; " in text


def test_a_reason_that_many_share_is_told_once() -> None:
    kept = tuple(Kept(Key("network.port", uuid(n)), f"p{n}", why, leftover=True) for n, why in enumerate(("same", "same", "other")))
    text = shown("console", lambda r: r.plan(replace(plan(), kept=kept), {}))
    assert [line.strip() for line in text.partition("Leftovers")[2].splitlines()[2::2]] == ["same", "for the same reason", "other"]
    assert "3 ports stay, and are, or may be, the job's." in text


def test_a_plan_that_is_partly_done_tells_what_is_left_of_it() -> None:
    done = frozenset({SERVER.key, Key("network.router_interface", uuid(11))})
    text = shown("console", lambda r: r.plan(plan(), {}), context=replace(CONTEXT, done=done))
    assert "2 of 4 steps are done, as the journal says; each is looked at again." in text
    assert "Would delete 2 objects: 1 port and 1 security group; 1 rule goes with them. 2 steps: 1 certain and 1 probable." in " ".join(
        text.split()
    )
    assert "Steps (2)" in text
    assert "- server" not in text
    whole = shown("console", lambda r: r.plan(plan(), {}), context=replace(CONTEXT, done=frozenset(s.target for s in plan().steps)))
    assert "All 4 steps are done" in whole
    assert "Nothing to delete; 1 leftover stays." in whole


def test_the_good_end_is_one_sentence() -> None:
    text = shown("console", lambda r: r.result(Result(proven=True)))
    assert "Everything asked for is gone, and two fresh looks prove it." in text


def test_an_explanation_is_told_as_a_person_would() -> None:
    j = judgement()
    text = shown("console", lambda r: r.explanation(j.findings[SERVER.key], j, plan()))
    assert "is a zombie: the job's, but in no present state" in " ".join(text.split())
    assert "Certain to be the job's, because\n  - the log shows that it was created [apply.log: line 12]" in text
    assert "Yes, in step 1 of 4: it is deleted, which cannot be taken back." in text
    text = shown("console", lambda r: r.explanation(j.findings[NETWORK.key], j, plan()))
    assert "What holds it (1)" in text
    assert "No: asked to keep it" in text


def test_a_journal_is_told_in_order() -> None:
    events = [
        Event("planned", TIME, data={"steps": 4}),
        Event("intent", TIME, SERVER.key, {"purpose": "go", "method": "DELETE"}),
        Event("looked", TIME, None, {"kind": "compute.server"}),
        Event("answered", TIME, SERVER.key, {"status": 204, "request_id": "req-1", "seconds": 0.25}),
        Event("refused", TIME, GROUP.key, {"status": 409, "blockers": [["network.port", uuid(5)]]}),
    ]
    text = shown("console", lambda r: r.journal("j.jsonl", plan(), events), width=200)
    assert "server node-a (00000001-0000-4000-8000-000000000000): status 204, request id req-1, 0.2s" in text
    assert "1 look left out" in text
    assert f"blockers network.port {uuid(5)}" in line(events[-1], TIME.timestamp(), {})


def test_a_journal_tells_durations_unanswered_calls_and_where_a_run_was_taken_up() -> None:
    def at(after: int, type_: str, **data: object) -> Event:
        return Event(type_, TIME + timedelta(seconds=after), SERVER.key if type_ not in ("started", "finished") else None, data)

    call = {"purpose": "go", "method": "DELETE"}
    events = [
        at(0, "started", steps=4),
        at(1, "intent", call=1, **call),
        at(2, "started", resumed=True),
        at(3, "intent", call=2, **call),
        at(4, "answered", call=2, status=204, request_id="req-2", seconds=0.5),
        at(13, "gone", outcome="deleted"),
        at(14, "started", undo=True, steps=1),
        at(15, "finished", exit_code=0, because="Done."),
    ]
    text = shown("console", lambda r: r.journal("j.jsonl", plan(), events), width=200)
    narrow = shown("console", lambda r: r.journal("j.jsonl", plan(), events)).splitlines()
    assert max(map(len, narrow)) <= 80
    assert " ".join(" ".join(narrow).split()) == " ".join(text.split())
    told = [each for each in text.splitlines() if re.match(r" *\d+s  ", each)]
    name = "server node-a (00000001-0000-4000-8000-000000000000)"
    assert told == [
        "     0s  started",
        f"     1s  intent      {name}: DELETE, no answer on record",
        "     2s  started     going on with it",
        f"     3s  intent      {name}: DELETE",
        f"     4s  answered    {name}: status 204, request id req-2, 0.5s",
        f"    13s  gone        {name}, took 12s",
        "    14s  started     going back",
        "    15s  finished    Done, exit code 0",
    ]


@pytest.mark.parametrize("scenario", JOBS)
def test_recorded_runs_fit_80_columns(scenario: str) -> None:
    j = judged(scenario)
    text = shown("console", lambda r: (r.diff(j), r.plan(make_plan(j), {})))
    addresses = {a for f in j.findings.values() for a in f.addresses} | {a for g in j.candidates for a in g.creates}
    wide = [each for each in text.splitlines() if len(each) > 80 and each.strip().removeprefix("from ") not in addresses]
    assert wide == []


def test_a_name_without_room_beside_its_noun_stands_whole_below_it() -> None:
    stream = io.StringIO()
    name = "octavia-lb-vrrp-37a7c6f1-aea4-4def-b40c-c4019234133a"
    Page(stream, Look(width=60)).rows([Row(".", "port", name, uuid(1)), Row("-", "load balancer", "api", uuid(2))])
    assert stream.getvalue() == f"  . port\n    {name}\n    {uuid(1)}\n  - load balancer  api  {uuid(2)}\n"


def test_what_an_interruption_left_undone_has_no_cause_among_the_objects() -> None:
    ended = Outcome(Key("compute.server", uuid(1)), "s", OutcomeKind.SKIPPED, "interrupted")
    stopped = result(outcomes=(ended,), leftovers=(), exit_code=130, message="Interrupted.")
    text = shown("console", lambda report: report.result(stopped))
    assert "Not seen gone: 1 server" in text
    assert "because of that" not in text


def test_a_journal_tells_each_look_at_the_end_and_what_was_gone_already() -> None:
    looks = [Event("proof", TIME, None, {"look": n, "count": left}) for n, left in ((1, 2), (2, 0))]
    assert [line(e, TIME.timestamp(), {}).split("proof")[1].strip() for e in looks] == ["look 1, 2 left", "look 2, nothing left"]
    assert "it was gone already" in line(Event("gone", TIME, NETWORK.key, {"outcome": "already_gone"}), TIME.timestamp(), {})


def test_a_name_that_is_the_id_is_told_once() -> None:
    stream = io.StringIO()
    Page(stream, Look()).rows([Row("-", "keypair", "kubernetes", "kubernetes"), Row("-", "port", "p", uuid(1))])
    assert stream.getvalue() == f"  - keypair  kubernetes\n  - port     p           {uuid(1)}\n"
