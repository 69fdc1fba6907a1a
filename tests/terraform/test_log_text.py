"""Text logs: what they prove, and what they must never be taken to prove."""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import Claim, SourceKind, Tense
from tfclean.terraform import log_text
from tfclean.terraform.addresses import quote
from tfclean.terraform.log_lines import clean, moment
from tfclean.terraform.log_story import LogReading

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGS = sorted(p for p in FIXTURES.glob("*/*.log") if p.read_bytes()[:1] != b"{")
PORT = "openstack_networking_port_v2.a"
ID = "0a1c51aa-b170-4dc0-a9ad-ddbed1891398"
OTHER = "5e9fbb2d-2746-4cd1-ba93-48db838001d4"


def told(text: str) -> LogReading:
    reading = log_text.read(io.BytesIO(text.encode()), "apply.log")[0]
    assert isinstance(reading, LogReading)
    return reading


def one(text: str) -> Claim:
    (claim,) = told(text).claims
    return claim


def counted(path: Path) -> dict[str, Counter[Tense]]:
    """Count by plain string search what the log says of each address, independently of the reader."""
    start, end = Counter[str](), {}
    for line in path.read_text().splitlines():
        address, _, rest = line.partition(": ")
        if not re.match(r"(module\..*\.)?openstack_[a-z0-9_]+\.", address):
            continue
        if rest.startswith("Creating..."):
            start[address] = 1
            end[address] = Tense.IN_FLIGHT
        elif rest.startswith("Creation complete"):
            end[address] = Tense.CREATED
        elif rest.startswith(("Refreshing state", "Destroying...")):
            end[address] = Tense.RECORDED
        elif rest.startswith("Destruction complete"):
            end[address] = Tense.DESTROYED
    return {"all": Counter(end.values())}


@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_recorded_log_gives_one_claim_for_each_address_in_its_last_tense(path: Path) -> None:
    with path.open("rb") as stream:
        reading = log_text.read(stream, str(path))[0]
    found = Counter(c.tense for c in reading.claims if c.tense not in (Tense.PLANNED, Tense.REFERENCED))
    assert found == counted(path)["all"]


@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_ids_come_from_id_brackets_only(path: Path) -> None:
    text = path.read_text()
    brackets = (
        set(re.findall(r"\[id=([^\]]+)\]", text))
        | set(re.findall(r'\bid +\S* *= "([^"]+)"', text))
        | set(re.findall(r' id += "([^"]+)"', text))
    )
    with path.open("rb") as stream:
        assert {c.id for c in log_text.read(stream, "x")[0].claims if c.id} <= brackets


def test_a_complete_create_is_created_with_its_id() -> None:
    claim = one(f"{PORT}: Creating...\n{PORT}: Creation complete after 1m2s [id={ID}]\n")
    assert (claim.tense, claim.id, claim.source.place) == (Tense.CREATED, ID, "line 2")


def test_a_started_create_is_in_flight_and_has_no_id() -> None:
    claim = one(f"{PORT}: Creating...\n{PORT}: Still creating... [10s elapsed]\n")
    assert (claim.tense, claim.id) == (Tense.IN_FLIGHT, None)


def test_a_complete_destroy_has_the_id_of_its_start() -> None:
    claim = one(f"{PORT}: Destroying... [id={ID}]\n{PORT}: Destruction complete after 3s\n")
    assert (claim.tense, claim.id) == (Tense.DESTROYED, ID)


def test_a_destroy_that_did_not_end_leaves_the_object_recorded() -> None:
    assert one(f"{PORT}: Destroying... [id={ID}]\n").tense is Tense.RECORDED


def test_a_refreshed_object_is_recorded_and_not_present() -> None:
    claim = one(f"{PORT}: Refreshing state... [id={ID}]\n")
    assert (claim.tense, claim.present) == (Tense.RECORDED, False)


def test_a_deposed_object_is_told_apart_from_the_current_one() -> None:
    claims = told(
        f"{PORT}: Refreshing state... [id={ID}]\n{PORT} (deposed object 3867ac38): Refreshing state... [id={OTHER}]\n"
        f"{PORT} (deposed object 3867ac38): Destroying... [id={OTHER}]\n{PORT} (deposed object 3867ac38): Destruction complete after 0s\n"
    ).claims
    assert {(c.id, c.tense, c.deposed) for c in claims} == {(ID, Tense.RECORDED, None), (OTHER, Tense.DESTROYED, "3867ac38")}


def test_a_data_source_is_referenced() -> None:
    assert one(f"data.openstack_images_image_v2.x: Read complete after 0s [id={ID}]\n").tense is Tense.REFERENCED


def test_types_of_other_providers_give_no_claims() -> None:
    assert (
        told("null_resource.a: Creating...\nnull_resource.a: Creation complete after 0s [id=7]\nterraform_data.b: Creating...\n").claims
        == ()
    )


def test_the_old_spelling_of_ids_and_counts_is_read() -> None:
    claim = one(
        f"openstack_compute_instance_v2.n.1: Creating...\nopenstack_compute_instance_v2.n.1: Creation complete after 12s (ID: {ID})\n"
    )
    assert (claim.address, claim.id) == ("openstack_compute_instance_v2.n[1]", ID)


def test_colours_prefixes_and_redraws_of_ci_systems_are_taken_off() -> None:
    line = f"\x1b[0m\x1b[1m{PORT}: Creation complete after 0s [id={ID}]\x1b[0m"
    for prefix in (
        "2026-11-23T00:10:22.0466775Z ",
        "2026-11-23T00:10:22.046677Z 01O ",
        "2026-11-23T00:10:22.046677Z 01O+",
        "[2026-11-23T00:10:22.046Z] ",
        "apply\tRun tofu apply\t2026-11-23T00:10:22.0466775Z ",
        "[pipeline] ",
        "[2026-11-23T00:10:22.046Z] [pipeline] ",
        "terraform_1  | ",
        "00:10:22.046 STDOUT terraform: ",
        "section_start:1:x\r\x1b[0K",
        "│ ",
    ):
        claim = one(prefix + line + "\r\n")
        assert (claim.id, claim.tense) == (ID, Tense.CREATED), prefix


def test_times_of_the_ci_become_times_of_creates() -> None:
    reading = told(f"2026-11-23T00:10:22.5Z {PORT}: Creating...\n2026-11-23T00:10:24.5Z {PORT}: Creation complete after 2s [id={ID}]\n")
    start, end = datetime(2026, 11, 23, 0, 10, 22, 500000, UTC), datetime(2026, 11, 23, 0, 10, 24, 500000, UTC)
    assert (reading.first, reading.last, reading.claims[0].started, reading.claims[0].ended) == (start, end, start, end)


def test_durations_give_a_lower_bound_of_how_long_the_run_was() -> None:
    a, b = "openstack_networking_network_v2.a", "openstack_networking_subnet_v2.b"
    reading = told(
        f"{a}: Creating...\n{a}: Creation complete after 1m2s [id=x]\n{b}: Creating...\n{b}: Still creating... [00m10s elapsed]\n"
    )
    assert reading.lasted == timedelta(seconds=72)


def test_the_id_in_an_error_is_a_candidate_and_never_the_id() -> None:
    claim = one(
        f"{PORT}: Creating...\n╷\n│ Error: Error waiting for openstack_networking_port_v2 {ID} to become available: timeout\n│ \n"
        f'│   with {PORT},\n│   on main.tf line 1, in resource "openstack_networking_port_v2" "a":\n╵\n'
    )
    assert (claim.tense, claim.id, claim.candidates) == (Tense.IN_FLIGHT, None, (ID,))


def test_the_router_in_the_error_of_an_interface_is_no_candidate() -> None:
    address = "openstack_networking_router_interface_v2.a"
    error = f"Error: Error waiting for openstack_networking_router_interface_v2 {ID} to become available"
    claim = one(f"{address}: Creating...\n\n{error}\n\n  with {address},\n")
    assert claim.candidates == ()


def test_request_ids_and_ids_of_known_objects_are_no_candidates() -> None:
    network = "openstack_networking_network_v2.n"
    text = (
        f"{network}: Creation complete after 0s [id={OTHER}]\n{PORT}: Creating...\nError: no port on {OTHER}: req-{ID}\n\n  with {PORT},\n"
    )
    assert [c.candidates for c in told(text).claims] == [(), ()]


def test_an_error_that_names_its_block_only_is_tied_to_the_one_create_that_fits() -> None:
    place = 'on main.tf line 1, in resource "openstack_networking_port_v2" "a":'
    text = f"{PORT}: Creating...\n\nError: Error waiting for port {ID}\n\n  {place}\n"
    assert one(text).candidates == (ID,)


def test_a_second_try_does_not_hide_what_the_first_one_may_have_made() -> None:
    claims = told(f"{PORT}: Creating...\n{PORT}: Creating...\n{PORT}: Creation complete after 0s [id={ID}]\n").claims
    assert sorted(c.tense for c in claims) == [Tense.CREATED, Tense.IN_FLIGHT]


def test_a_create_is_accounted_for_by_the_id_that_a_later_run_refreshes() -> None:
    claims = told(f"{PORT}: Creating...\n{PORT}: Refreshing state... [id={ID}]\n{PORT}: Destroying... [id={ID}]\n").claims
    assert [(c.tense, c.id) for c in claims] == [(Tense.RECORDED, ID)]


def test_what_is_made_destroyed_and_made_again_under_a_name_is_created() -> None:
    key = "openstack_compute_keypair_v2.k"
    made = f"{key}: Creating...\n{key}: Creation complete after 0s [id=name]\n"
    gone = f"{key}: Destroying... [id=name]\n{key}: Destruction complete after 0s\n"
    assert [c.tense for c in told(made + gone).claims] == [Tense.DESTROYED]
    assert [c.tense for c in told(made + gone + made).claims] == [Tense.CREATED]


def test_provisioner_output_proves_nothing() -> None:
    text = f"{PORT}: Provisioning with 'local-exec'...\n{PORT} (local-exec): {PORT}: Creation complete after 0s [id={ID}]\n"
    assert told(text).claims == ()


def test_a_state_that_was_dumped_into_the_log_is_read() -> None:
    state = {
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 7,
        "lineage": "l",
        "resources": [
            {"mode": "managed", "type": "openstack_networking_port_v2", "name": "a", "instances": [{"attributes": {"id": ID}}]},
        ],
    }
    readings = log_text.read(io.BytesIO(("Error: Failed\n" + json.dumps(state, indent=2) + "\n").encode()), "x.log")
    assert [(r.source.kind, r.serial, [c.id for c in r.claims]) for r in readings[1:]] == [(SourceKind.ERRORED_STATE, 7, [ID])]


def test_machine_lines_inside_a_text_log_are_read() -> None:
    hook = {"resource": {"addr": PORT}, "action": "create", "id_key": "id", "id_value": ID, "elapsed_seconds": 1}
    line = json.dumps({"@level": "info", "@message": "m", "@timestamp": "2026-11-23T00:00:00Z", "hook": hook, "type": "apply_complete"})
    assert one(f"$ terraform apply -json\n2026-11-23T00:00:00Z {line}\n").id == ID


def test_a_log_that_ci_cut_off_says_so_and_does_not_speak_for_what_it_does_not_show() -> None:
    reading = told(f"{PORT}: Creating...\nJob's log exceeded limit of 4194304 bytes.\n")
    assert (len(reading.gaps), reading.whole, reading.applied) == (1, False, False)


ADDRESSES = st.builds(
    lambda module, key: f"{module}openstack_networking_port_v2.x{key}",
    st.sampled_from(["", "module.a.", 'module.a["b.c"].', "module.a[0].module.b."]),
    st.one_of(st.just(""), st.integers(0, 99).map(lambda n: f"[{n}]"), st.text(max_size=12).map(lambda t: f"[{quote(t)}]")),
)


@given(ADDRESSES, st.text("0123456789abcdef-/", min_size=1, max_size=40))
def test_any_address_and_id_survive_the_scanner(address: str, id_: str) -> None:
    claim = one(f"{address}: Creating...\n{address}: Creation complete after 3s [id={id_}]\n")
    assert (claim.address, claim.id) == (address, id_)


PIECES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            PORT,
            ": Creating...",
            ": Creation complete after 1s [id=",
            "]",
            "\n",
            "Error: ",
            "  with ",
            ",",
            "# ",
            " will be created",
            '{"@',
            "{",
            "}",
            "\r",
            "\x1b[1m",
            "  # ",
            ID,
        ]
    ),
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    reading = told(text)
    for claim in reading.claims:
        assert claim.id is None or f"[id={claim.id}" in text or claim.tense is not Tense.CREATED


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    log_text.read(io.BytesIO(data), "x")


@given(st.text(max_size=60))
def test_cleaning_never_lengthens_a_line_and_leaves_no_escapes(text: str) -> None:
    for line in clean(text, 1):
        assert len(line.text) <= len(text)
        assert "\x1b" not in line.text


def test_times_of_terraform_of_go_and_of_providers_are_read() -> None:
    expected = datetime(2026, 11, 23, 0, 59, 19, tzinfo=UTC)
    assert moment("2026-11-23 00:59:19 +0000 UTC") == moment("2026-11-23T00:59:19Z") == moment("2026-11-23T00:59:19.000000001Z") == expected
    for never in ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"):
        assert moment(never) is None
    assert moment("soon") is None


def test_a_log_in_utf_16_is_read() -> None:
    reading = log_text.read(io.BytesIO(f"{PORT}: Creation complete after 0s [id={ID}]\r\n".encode("utf-16")), "x")[0]
    assert [c.id for c in reading.claims] == [ID]


def test_a_hostile_line_costs_no_more_than_its_length() -> None:
    done = f"{PORT}: Creation complete after 1s "
    for line in (
        done + "[id=" * 300_000,
        f"{PORT}: Still creating... " + "1h1m" * 200_000,
        "  # " + "module.a." * 100_000,
        "\x1b[" + "1;" * 500_000,
    ):
        start = time.monotonic()
        told(line + "\n")
        assert time.monotonic() - start < 3
