"""The laws by which readings become one footprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import Claim, Footprint, Gap, GapKind, Lock, Source, SourceKind, Tense, Variable
from tfclean.terraform.log_story import LogReading
from tfclean.terraform.reading import Reading
from tfclean.terraform.unite import unite

PORT = "openstack_networking_port_v2"
SERVER = "openstack_compute_instance_v2"
T = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def claim(tense: Tense, id_: str | None = None, name: str = "a", type_: str = PORT, **more: Any) -> Claim:
    return Claim(f"{type_}.{name}", type_, tense, Source(SourceKind.STATE, ""), id_, **more)


def reading(kind: SourceKind, path: str, *claims: Claim, **more: Any) -> Reading:
    source = Source(kind, path)
    states = (SourceKind.STATE, SourceKind.BACKUP, SourceKind.ERRORED_STATE, SourceKind.STATE_JSON)
    return Reading(source, tuple(replace(c, source=source) for c in claims), is_state=kind in states, **more)


def state(
    serial: int, *claims: Claim, lineage: str = "L", path: str = "terraform.tfstate", kind: SourceKind = SourceKind.STATE, **more: Any
) -> Reading:
    return reading(kind, path, *claims, lineage=lineage, serial=serial, **more)


def log(path: str, *claims: Claim, applied: bool = True, **more: Any) -> LogReading:
    source = Source(SourceKind.LOG_TEXT, path)
    return LogReading(source, tuple(replace(c, source=source) for c in claims), applied=applied, **more)


def plan(*claims: Claim, path: str = "plan.json", **more: Any) -> Reading:
    return reading(SourceKind.PLAN_JSON, path, *claims, **more)


def tenses(footprint: Footprint) -> list[tuple[Tense, str | None]]:
    return sorted((c.tense, c.id) for c in footprint.claims)


def present(footprint: Footprint) -> set[str | None]:
    return {c.id for c in footprint.claims if c.present}


def test_the_highest_serial_is_the_present() -> None:
    united = unite([state(3, claim(Tense.RECORDED, "old"), path="a"), state(5, claim(Tense.RECORDED, "new"), path="b")])
    assert (present(united), united.lineages, united.complete) == ({"new"}, {"L": 5}, True)
    assert len(united.claims) == 2


def test_an_errored_state_wins_over_the_one_before_it_and_over_its_like() -> None:
    for serial in (4, 5):
        errored = state(5, claim(Tense.RECORDED, "new"), path="errored.tfstate", kind=SourceKind.ERRORED_STATE)
        assert present(unite([errored, state(serial, claim(Tense.RECORDED, "old"))])) == {"new"}


def test_lineages_do_not_compete() -> None:
    united = unite(
        [state(1, claim(Tense.RECORDED, "x"), lineage="A", path="a"), state(9, claim(Tense.RECORDED, "y"), lineage="B", path="b")]
    )
    assert present(united) == {"x", "y"}


def test_states_without_lineage_are_presents_of_their_own_unless_they_are_older_forms_of_another() -> None:
    named = state(9, claim(Tense.RECORDED, "x"), path="a")
    other = state(2, claim(Tense.RECORDED, "y"), lineage="", path="b")
    newer = state(3, claim(Tense.RECORDED, "y"), claim(Tense.RECORDED, "z", "b"), lineage="", path="c")
    before = state(4, claim(Tense.RECORDED, "x"), lineage="", path="d")
    assert present(unite([named, other])) == {"x", "y"}
    assert present(unite([other, newer])) == {"y", "z"}
    assert len([c for c in unite([other, newer]).claims if c.present]) == 2
    united = unite([named, other, newer, before])
    assert [(c.id, c.source.path) for c in united.claims if c.present] == [("x", "a"), ("y", "c"), ("z", "c")]


def test_what_two_states_only_look_up_keeps_neither_from_being_present() -> None:
    image = claim(Tense.REFERENCED, "i", "img", "openstack_images_image_v2")
    named = state(1, image, claim(Tense.RECORDED, "x"))
    nameless = state(1, image, claim(Tense.RECORDED, "y"), lineage="", path="b")
    assert present(unite([named, nameless])) == {"x", "y", "i"}


def test_the_state_of_another_job_accounts_for_no_create_at_the_same_address() -> None:
    mine = state(5, claim(Tense.RECORDED, "1"), lineage="mine", path="a")
    twin = state(9, claim(Tense.RECORDED, "7"), claim(Tense.RECORDED, "8", "b"), lineage="twin", path="b")
    told = log("a.log", claim(Tense.CREATED, "1"), claim(Tense.IN_FLIGHT, name="b"))
    for known in ([mine, twin], [twin]):
        united = unite([*known, told])
        assert [c.address for c in united.claims if c.tense is Tense.IN_FLIGHT] == [f"{PORT}.b"]
    accounted = state(6, claim(Tense.RECORDED, "1"), claim(Tense.RECORDED, "2", "b"), lineage="mine", path="a")
    assert not [c for c in unite([accounted, twin, told]).claims if c.tense is Tense.IN_FLIGHT]


def test_a_plan_in_a_log_is_not_done_because_another_job_did_the_same() -> None:
    twin = state(9, claim(Tense.RECORDED, "7"), claim(Tense.RECORDED, "8", "b"), lineage="twin", path="b")
    told = log("a.log", claim(Tense.CREATED, "1"), claim(Tense.PLANNED, name="b"))
    assert [c.address for c in unite([twin, told]).claims if c.tense is Tense.PLANNED] == [f"{PORT}.b"]


def test_a_log_that_shares_nothing_with_a_state_and_contradicts_nothing_is_taken_for_its_own() -> None:
    told = log("a.log", claim(Tense.IN_FLIGHT, name="b"))
    assert not [c for c in unite([state(5, claim(Tense.RECORDED, "8", "b")), told]).claims if c.tense is Tense.IN_FLIGHT]


def test_a_backup_is_never_the_present() -> None:
    united = unite([state(9, claim(Tense.RECORDED, "x"), kind=SourceKind.BACKUP)])
    assert (present(united), united.complete, len(united.claims)) == (set(), False, 1)


def test_a_shown_state_is_the_present_only_if_there_is_no_other() -> None:
    shown = reading(SourceKind.STATE_JSON, "state.json", claim(Tense.RECORDED, "x"))
    lost = reading(SourceKind.STATE, "terraform.tfstate", gaps=(Gap(GapKind.STATE_LOST, "terraform.tfstate", "lost"),), whole=False)
    assert present(unite([shown])) == {"x"}
    assert present(unite([shown, state(1)])) == set()
    assert present(unite([shown, lost])) == set()


def test_a_lost_state_is_never_complete() -> None:
    lost = reading(SourceKind.STATE, "terraform.tfstate", gaps=(Gap(GapKind.STATE_LOST, "terraform.tfstate", "lost"),), whole=False)
    assert not unite([lost]).complete
    assert not unite([lost, state(1, lineage="other", path="o")]).complete


def test_an_encrypted_state_is_made_up_for_by_its_plain_text() -> None:
    hidden = reading(SourceKind.STATE, "a", gaps=(Gap(GapKind.ENCRYPTED, "a", "encrypted"),), whole=False, lineage="L", serial=4)
    assert unite([hidden, state(3, path="b")]).gaps
    united = unite([hidden, state(4, path="b")])
    assert (united.gaps, united.complete) == ((), True)


def test_a_pointer_is_made_up_for_by_the_state_it_points_to() -> None:
    pointer = reading(SourceKind.POINTER, "p", gaps=(Gap(GapKind.REMOTE, "p", "elsewhere"),))
    assert [g.kind for g in unite([pointer]).gaps] == [GapKind.REMOTE]
    assert unite([pointer, state(1)]).gaps == ()


def test_a_completed_destroy_cancels_logs_backups_and_older_states_and_stays() -> None:
    united = unite(
        [
            state(9),
            state(5, claim(Tense.RECORDED, "x"), path="b", kind=SourceKind.BACKUP),
            log("apply.log", claim(Tense.CREATED, "x")),
            log("destroy.log", claim(Tense.DESTROYED, "x"), applied=False),
        ]
    )
    assert tenses(united) == [(Tense.DESTROYED, "x")]


def test_a_completed_destroy_does_not_cancel_the_present_state() -> None:
    united = unite([state(9, claim(Tense.RECORDED, "x")), log("destroy.log", claim(Tense.DESTROYED, "x"))])
    assert present(united) == {"x"}


def test_a_destroy_cancels_the_same_type_only() -> None:
    united = unite([log("apply.log", claim(Tense.CREATED, "x", type_=SERVER)), log("destroy.log", claim(Tense.DESTROYED, "x"))])
    assert (Tense.CREATED, "x") in tenses(united)


def test_an_id_that_is_a_name_can_come_back() -> None:
    gone = log("1.log", claim(Tense.DESTROYED, "name", ended=T))
    assert tenses(unite([gone, log("2.log", claim(Tense.CREATED, "name", ended=T + MINUTE))])) == [(Tense.CREATED, "name")]
    assert tenses(unite([gone, log("2.log", claim(Tense.CREATED, "name", ended=T - MINUTE))])) == [(Tense.DESTROYED, "name")]


def test_what_only_a_numbered_backup_knows_was_let_go() -> None:
    backup = state(
        5, claim(Tense.RECORDED, "x"), claim(Tense.RECORDED, "y", "b"), path="terraform.tfstate.1700000000.backup", kind=SourceKind.BACKUP
    )
    assert tenses(unite([state(6, claim(Tense.RECORDED, "y", "b")), backup])) == [
        (Tense.FORGOTTEN, "x"),
        (Tense.RECORDED, "y"),
        (Tense.RECORDED, "y"),
    ]


def test_a_log_from_before_a_state_rm_does_not_undo_it() -> None:
    at = datetime.fromtimestamp(1700000000, UTC)
    backup = state(5, claim(Tense.RECORDED, "x"), path="terraform.tfstate.1700000000.backup", kind=SourceKind.BACKUP)
    for ended, told in ((at - MINUTE, Tense.FORGOTTEN), (None, Tense.FORGOTTEN), (at + MINUTE, Tense.RECORDED)):
        united = unite([state(6), backup, log("apply.log", claim(Tense.CREATED, "x", ended=ended))])
        assert told in {c.tense for c in united.claims}


def test_a_planned_create_that_is_recorded_or_created_is_told_once() -> None:
    planned = plan(claim(Tense.PLANNED, attributes={"name": "n"}))
    assert tenses(unite([planned, state(1, claim(Tense.RECORDED, "x"))])) == [(Tense.RECORDED, "x")]
    (created,) = unite([planned, log("a.log", claim(Tense.CREATED, "x"))]).claims
    assert (created.tense, created.attributes) == (Tense.CREATED, {"name": "n"})


def test_a_planned_create_in_flight_is_merged_into_it() -> None:
    planned = plan(claim(Tense.PLANNED, attributes={"name": "n"}, unknown=frozenset({"id"})))
    (flying,) = unite([planned, log("a.log", claim(Tense.IN_FLIGHT))]).claims
    assert (flying.tense, flying.attributes, flying.unknown, flying.source.path) == (Tense.IN_FLIGHT, {"name": "n"}, {"id"}, "a.log")


def test_a_create_that_the_log_does_not_show_stays_planned_and_the_footprint_says_that_a_log_was_read() -> None:
    planned = plan(claim(Tense.PLANNED), claim(Tense.PLANNED, name="b"))
    united = unite([planned, log("a.log", claim(Tense.CREATED, "x", "b"))])
    assert (tenses(united), united.logged) == ([(Tense.CREATED, "x"), (Tense.PLANNED, None)], True)
    assert not unite([planned]).logged
    assert not unite([planned, log("destroy.log", claim(Tense.DESTROYED, "z", "c"), applied=False)]).logged
    assert not unite([planned, log("other.log", claim(Tense.CREATED, "z", "elsewhere"))]).logged


def test_two_plans_of_the_same_create_are_one() -> None:
    united = unite([plan(claim(Tense.PLANNED)), plan(claim(Tense.PLANNED, attributes={"name": "n"}), path="b.json")])
    assert [c.attributes for c in united.claims] == [{"name": "n"}]


def test_the_object_that_a_replace_destroys_does_not_account_for_the_new_one() -> None:
    replacing = plan(claim(Tense.RECORDED, "old"), claim(Tense.PLANNED))
    assert (Tense.PLANNED, None) in tenses(unite([replacing, state(4, claim(Tense.RECORDED, "old"))]))
    assert (Tense.PLANNED, None) not in tenses(unite([replacing, state(4, claim(Tense.RECORDED, "new"))]))


def test_a_create_in_flight_is_accounted_for_by_the_state_that_recorded_it() -> None:
    flying = log("a.log", claim(Tense.IN_FLIGHT))
    assert tenses(unite([flying, state(4, claim(Tense.TAINTED, "x"))])) == [(Tense.TAINTED, "x")]


def test_a_create_in_flight_is_not_accounted_for_by_a_second_try() -> None:
    flying = log("1.log", claim(Tense.IN_FLIGHT))
    again = log("2.log", claim(Tense.CREATED, "y"), claim(Tense.CREATED, "z", "b"))
    assert (Tense.IN_FLIGHT, None) in tenses(unite([flying, again, state(4, claim(Tense.RECORDED, "y"))]))


def test_a_create_in_flight_whose_error_named_another_id_is_still_open() -> None:
    flying = log("1.log", claim(Tense.IN_FLIGHT, candidates=("leaked",)))
    assert (Tense.IN_FLIGHT, None) in tenses(unite([flying, state(4, claim(Tense.RECORDED, "y"))]))
    assert (Tense.IN_FLIGHT, None) not in tenses(unite([flying, state(4, claim(Tense.RECORDED, "leaked"))]))


def test_two_logs_of_one_run_tell_its_creates_once() -> None:
    shared = claim(Tense.CREATED, "s", "shared")
    first, second = log("1.log", shared, claim(Tense.IN_FLIGHT)), log("2.log", shared, claim(Tense.IN_FLIGHT))
    assert [t for t, _ in tenses(unite([first, second]))].count(Tense.IN_FLIGHT) == 1
    ended = log("2.log", shared, claim(Tense.CREATED, "x"))
    assert (Tense.IN_FLIGHT, None) not in tenses(unite([first, ended]))


def test_planned_creates_of_a_run_that_was_destroyed_are_accounted_for() -> None:
    united = unite([plan(claim(Tense.PLANNED), first=T, last=T), log("destroy.log", claim(Tense.DESTROYED, "x"), applied=False), state(9)])
    assert tenses(united) == [(Tense.DESTROYED, "x")]
    before = log("destroy.log", claim(Tense.DESTROYED, "x", ended=T - MINUTE), applied=False)
    assert (Tense.PLANNED, None) in tenses(unite([plan(claim(Tense.PLANNED), first=T, last=T), before]))


def test_types_of_other_providers_are_left_out() -> None:
    assert unite([state(1, claim(Tense.RECORDED, "x", type_="terraform_data"))]).claims == ()


def test_variables_of_the_command_line_are_stronger_than_those_of_a_plan() -> None:
    of_plan = plan(variables={"a": Variable("1", True, "plan"), "b": Variable("2", True, "plan")})
    united = unite([of_plan], {"a": Variable("9", True, "--var")})
    assert {name: v.value for name, v in united.variables.items()} == {"a": "9", "b": "2"}


def test_the_horizon_of_a_log_with_times_ends_ten_minutes_after_it() -> None:
    united = unite([log("a.log", claim(Tense.CREATED, "x"), first=T, last=T + 2 * MINUTE)])
    assert united.horizon is not None
    assert (united.horizon.start, united.horizon.end) == (T, T + 12 * MINUTE)


def test_the_horizon_is_longer_while_a_server_is_being_made() -> None:
    united = unite([log("a.log", claim(Tense.IN_FLIGHT, type_=SERVER), first=T, last=T)])
    assert united.horizon is not None
    assert united.horizon.end == T + 30 * MINUTE


def test_a_log_without_times_adds_its_durations_to_the_plan_or_to_the_lock() -> None:
    made = plan(claim(Tense.PLANNED), first=T, last=T)
    told = log("a.log", claim(Tense.CREATED, "x"), lasted=3 * MINUTE)
    united = unite([made, told])
    assert united.horizon is not None
    assert (united.horizon.start, united.horizon.end) == (T, T + 13 * MINUTE)
    taken = reading(SourceKind.LOCK, "l", first=T + 5 * MINUTE, last=T + 5 * MINUTE, locks=(Lock("l", "1", created=T + 5 * MINUTE),))
    later = unite([made, told, taken]).horizon
    assert later is not None
    assert (later.start, later.end) == (T, T + 18 * MINUTE)


def lock(at: datetime, operation: str = "OperationTypeApply") -> Reading:
    return reading(SourceKind.LOCK, "l", first=at, last=at, locks=(Lock("l", "1", operation=operation, created=at),))


def test_a_lock_that_was_left_is_the_trace_of_a_run_that_died_at_its_time() -> None:
    horizon = unite([lock(T), state(3, claim(Tense.RECORDED, "x")), log("a.log", claim(Tense.IN_FLIGHT), lasted=2 * MINUTE)]).horizon
    assert horizon is not None
    assert (horizon.start, horizon.end) == (T, T + 12 * MINUTE)


def test_a_lock_of_a_plan_or_of_a_destroy_is_no_time_at_which_objects_were_made() -> None:
    made = log("a.log", claim(Tense.CREATED, "x"), first=T, last=T)
    gone = log("d.log", claim(Tense.DESTROYED, "x"), applied=False, first=T + 300 * MINUTE, last=T + 301 * MINUTE)
    for other in ([lock(T + 300 * MINUTE, "OperationTypePlan")], [gone, lock(T + 299 * MINUTE)], [gone, lock(T + 301 * MINUTE)]):
        horizon = unite([made, *other]).horizon
        assert horizon is not None
        assert horizon.end == T + 10 * MINUTE
    horizon = unite([made, gone, lock(T + 298 * MINUTE)]).horizon
    assert horizon is not None
    assert horizon.end == T + 308 * MINUTE


def test_dated_objects_of_the_run_widen_the_horizon_by_a_day_at_most() -> None:
    def at(moment: datetime) -> timedelta:
        dated = claim(Tense.RECORDED, "x", type_=SERVER, attributes={"created": moment.isoformat()})
        readings = [plan(claim(Tense.PLANNED), first=T, last=T), log("a.log", claim(Tense.CREATED, "x", type_=SERVER)), state(3, dated)]
        horizon = unite(readings).horizon
        assert horizon is not None
        return horizon.end - T

    assert at(T + 60 * MINUTE) == 70 * MINUTE
    assert at(T + timedelta(days=3)) == 10 * MINUTE


def test_a_destroy_does_not_stretch_the_horizon_of_an_apply() -> None:
    destroyed = log("d.log", claim(Tense.DESTROYED, "x"), applied=False, first=T + 300 * MINUTE, last=T + 301 * MINUTE)
    united = unite([log("a.log", claim(Tense.CREATED, "x"), first=T, last=T), destroyed])
    assert united.horizon is not None
    assert united.horizon.end == T + 10 * MINUTE


def test_without_any_time_there_is_no_horizon() -> None:
    assert unite([log("a.log", claim(Tense.CREATED, "x")), state(2, claim(Tense.RECORDED, "x"))]).horizon is None


NAMES = st.sampled_from("abc")
IDS = st.sampled_from(["1", "2", "3", "4"])
CLAIMS = st.one_of(
    st.builds(lambda i, n: claim(Tense.RECORDED, i, n), IDS, NAMES),
    st.builds(lambda i, n: claim(Tense.CREATED, i, n), IDS, NAMES),
    st.builds(lambda i, n: claim(Tense.DESTROYED, i, n), IDS, NAMES),
    st.builds(lambda n: claim(Tense.IN_FLIGHT, None, n), NAMES),
    st.builds(lambda n: claim(Tense.PLANNED, None, n), NAMES),
)
STATES = st.lists(st.builds(lambda i, n: claim(Tense.RECORDED, i, n), IDS, NAMES), max_size=4)
READINGS = st.lists(
    st.one_of(
        st.builds(lambda s, c, p: state(s, *c, path=p), st.integers(1, 9), STATES, st.sampled_from(["x.tfstate", "y.tfstate"])),
        st.builds(lambda s, c: state(s, *c, path="x.backup", kind=SourceKind.BACKUP), st.integers(1, 9), STATES),
        st.builds(lambda c, p: log(p, *c), st.lists(CLAIMS, max_size=5), st.sampled_from(["1.log", "2.log"])),
        st.builds(lambda c: plan(*c, first=T, last=T), st.lists(CLAIMS, max_size=4)),
    ),
    max_size=5,
    unique_by=lambda r: (r.source, r.serial),
)


@given(READINGS, st.randoms())
def test_the_order_of_sources_does_not_matter(readings: list[Reading], random: Any) -> None:
    shuffled = list(readings)
    random.shuffle(shuffled)
    assert unite(readings) == unite(shuffled)


@given(READINGS, STATES)
def test_an_older_backup_never_changes_what_is_present(readings: list[Reading], claims: list[Claim]) -> None:
    backup = state(0, *claims, path="old.backup", kind=SourceKind.BACKUP)
    before, after = unite(readings), unite([*readings, backup])
    assert [c for c in before.claims if c.present] == [c for c in after.claims if c.present]
    assert (before.lineages, before.complete, before.horizon) == (after.lineages, after.complete, after.horizon)


@given(READINGS)
def test_a_destroyed_id_is_never_created(readings: list[Reading]) -> None:
    united = unite(readings)
    gone = {(c.type, c.id) for c in united.claims if c.tense is Tense.DESTROYED}
    assert not gone & {(c.type, c.id) for c in united.claims if c.tense is Tense.CREATED}


@given(READINGS)
def test_uniting_twice_what_is_read_twice_changes_nothing(readings: list[Reading]) -> None:
    assert unite(readings) == unite([*readings, *readings])


@given(READINGS)
def test_no_id_appears_from_nowhere_and_none_of_the_present_is_lost(readings: list[Reading]) -> None:
    united = unite(readings)
    assert {c.id for c in united.claims} <= {c.id for r in readings for c in r.claims}
    newest = max((r.serial or 0 for r in readings if r.source.kind is SourceKind.STATE), default=0)
    if newest:
        assert united.lineages == {"L": newest}
