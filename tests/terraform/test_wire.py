from __future__ import annotations

import contextlib

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import GapKind
from tfclean.terraform.plan_message import read_message
from tfclean.terraform.problems import Problems
from tfclean.terraform.wire import UNKNOWN, WireError, cty_value, dynamic_value, fields, has_unknown, known_part


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def encoded(*parts: tuple[int, int | bytes]) -> bytes:
    out = b""
    for number, value in parts:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


@given(st.lists(st.tuples(st.integers(1, 2**20), st.integers(0, 2**64 - 1) | st.binary(max_size=50)), max_size=10))
def test_what_is_encoded_is_read_back(parts: list[tuple[int, int | bytes]]) -> None:
    assert list(fields(encoded(*parts))) == parts


@given(st.binary(max_size=200))
def test_random_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        list(fields(data))
    with contextlib.suppress(WireError):
        dynamic_value(data)
    with contextlib.suppress(WireError):
        cty_value(data)


@given(st.binary(max_size=300))
def test_random_bytes_are_no_plan_but_gaps(data: bytes) -> None:
    problems = Problems("p")
    plan = read_message(data, problems)
    assert plan.changes == []
    assert all(gap.kind is GapKind.UNREADABLE for gap in problems.gaps())


@pytest.mark.parametrize("data", [b"\x00", b"\x08", b"\x08" + b"\xff" * 11, b"\x0a\x05ab", b"\x0b", b"\x0f", b"\x09\x00", b"\x0d\x00"])
def test_what_is_broken_off_is_a_wire_error(data: bytes) -> None:
    with pytest.raises(WireError):
        list(fields(data))


def test_unknown_and_refined_unknown_values_are_unknown() -> None:
    packed = msgpack.packb(
        {"id": msgpack.ExtType(0, b"\0"), "name": msgpack.ExtType(12, b"\x81\x01\xc2"), "size": 1, "list": [msgpack.ExtType(0, b"\0"), 2]}
    )
    value = cty_value(packed)
    assert value == {"id": UNKNOWN, "name": UNKNOWN, "size": 1, "list": [UNKNOWN, 2]}
    assert known_part(value) == {"size": 1, "list": [None, 2]}
    assert [name for name, item in value.items() if has_unknown(item)] == ["id", "name", "list"]


def test_dynamically_typed_values_lose_their_type() -> None:
    assert cty_value(msgpack.packb([b'"string"', "x"])) == "x"
    assert cty_value(msgpack.packb({"input": [b'["object",{"a":"number"}]', {"a": 1}]})) == {"input": {"a": 1}}
    assert cty_value(msgpack.packb(["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    "packed", [b"", b"\xc1", b"\x01\x02", b"\x91" * 2000, b"\xdd\xff\xff\xff\xff", msgpack.packb({1: 2}), b"\xa1\xff", b"\xc4\x01a"]
)
def test_what_is_no_value_is_a_wire_error(packed: bytes) -> None:
    with pytest.raises(WireError):
        cty_value(packed)


def change(action: int, *values: object, address: bytes = b"openstack_x.y", **more: bytes) -> bytes:
    body = encoded((1, action), *((2, encoded((1, msgpack.packb(value)))) for value in values))
    if "importing" in more:
        body += encoded((5, encoded((1, more["importing"]))))
    return encoded((1, 3), (3, encoded((13, address), (9, body))))


def test_each_action_has_its_ends() -> None:
    plan = read_message(
        change(5, {"id": "1"}) + change(6, {"id": "1"}, {"name": "n"}) + change(0, {"id": "2"}) + change(8, {"id": "3"}), Problems("p")
    )
    ends = [(c.actions, c.before, c.after) for c in plan.changes]
    assert ends == [
        (("delete",), {"id": "1"}, None),
        (("delete", "create"), {"id": "1"}, {"name": "n"}),
        (("no-op",), {"id": "2"}, {"id": "2"}),
        (("forget",), {"id": "3"}, None),
    ]


def test_an_import_is_seen() -> None:
    plan = read_message(change(3, {"id": "1"}, {"id": "1"}, importing=b"7"), Problems("p"))
    assert (plan.changes[0].importing, plan.changes[0].import_id) == (True, "7")


def test_addresses_of_plans_before_1_1_are_put_together() -> None:
    body = encoded((1, 1), (2, encoded((1, msgpack.packb({"name": "n"})))))
    old = encoded((1, 3), (3, encoded((1, b"module.a"), (3, b"openstack_x"), (4, b"y"), (6, 2), (9, body))))
    assert str(read_message(old, Problems("p")).changes[0].address) == "module.a.openstack_x.y[2]"


@pytest.mark.parametrize("bad", [change(77, {}), change(1), change(1, [1]), change(1, {}, address=b"nonsense")])
def test_one_bad_change_is_a_gap_and_the_others_stay(bad: bytes) -> None:
    problems = Problems("p")
    plan = read_message(bad + change(1, {"name": "n"}), problems)
    assert len(plan.changes) == 1
    assert len(problems.gaps()) == 1
