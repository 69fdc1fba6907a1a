"""Lines for people: only fields that are kept, and nothing that a shell would obey."""

from __future__ import annotations

import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.making import live
from tfclean.kinds.commands import COMMANDS, by_hand
from tfclean.kinds.registry import KINDS


def test_every_kind_that_can_be_deleted_by_itself_has_a_line() -> None:
    assert {name for name, kind in KINDS.items() if kind.delete is not None} == COMMANDS.keys()


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_line_names_only_fields_that_are_kept(kind: str) -> None:
    assert set(re.findall(r"\{(\w+)\}", COMMANDS[kind])) <= KINDS[kind].fields | {"id"}


@given(st.text(min_size=1))
def test_an_id_is_one_word_for_a_shell(id_: str) -> None:
    assert shlex.split(by_hand(live("compute.keypair", id_))) == ["openstack", "keypair", "delete", id_]


def test_a_line_that_lacks_a_field_is_none() -> None:
    assert by_hand(live("load_balancer.member", "m")) == ""
    assert by_hand(live("load_balancer.member", "m", pool_id="p")) == "openstack loadbalancer member delete p m"
    assert by_hand(live("network.qos_rule", "r")) == ""
