"""What a person calls an object, and the one that is meant; what is said where none is, or several are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.making import live
from tests.report.making import finding
from tfclean.errors import InputError
from tfclean.model import Finding, Judgement, Key, PendingCreate, Verdict
from tfclean.verbs.finding import find

ADDRESS = 'module.a.openstack_networking_floatingip_v2.node["master-1"]'
SERVER, PORT = live("compute.server", "aaaa1111", "800017-worker-1"), live("network.port", "bbbb2222", "800017-worker-1")
FIRST, SECOND = live("network.floating_ip", "cccc3333", "10.0.0.6"), live("network.floating_ip", "dddd4444", "10.0.0.7")


def judged(*pending: PendingCreate) -> Judgement:
    found: list[Finding] = [finding(each, Verdict.POSSIBLE) for each in (SERVER, PORT, FIRST, SECOND)]
    return replace(Judgement({each.key: each for each in found}, ()), pending=pending)


def refused(judgement: Judgement, subject: str) -> str:
    with pytest.raises(InputError) as caught:
        find(judgement, subject)
    return str(caught.value)


@pytest.mark.parametrize("candidates", [(FIRST.key, SECOND.key), (FIRST.key,)])
def test_an_address_of_which_no_trace_tells_what_came_says_what_it_may_have_made(candidates: tuple[Key, ...]) -> None:
    said = refused(judged(PendingCreate(ADDRESS, "network.floating_ip", candidates=candidates)), ADDRESS)
    assert said.startswith(f'no trace tells what came of "{ADDRESS}"; it may have made floating IP cccc3333 (10.0.0.6)')
    assert ("or floating IP dddd4444 (10.0.0.7)" in said) is (len(candidates) == 2)
    assert "nor in the evidence" not in said


def test_an_address_from_which_nothing_can_have_come_says_so() -> None:
    assert refused(judged(PendingCreate(ADDRESS, "network.floating_ip")), ADDRESS).endswith("nothing that is live can have come of it")


@pytest.mark.parametrize("subject", ["800017", "800017-worker-2", "worker"])
def test_a_name_that_nothing_has_is_told_with_those_that_are_like_it(subject: str) -> None:
    assert refused(judged(), subject).endswith('nor in the evidence; did you mean "800017-worker-1"?')


def test_what_is_the_jobs_is_suggested_before_what_is_not() -> None:
    foreign = finding(live("compute.server", "eeee5555", "800016-worker-1"), Verdict.FOREIGN)
    known = judged()
    both = replace(known, findings={foreign.key: foreign, **known.findings})
    assert refused(both, "worker-1").endswith('did you mean "800017-worker-1" or "800016-worker-1"?')


def test_what_is_like_nothing_is_no_suggestion() -> None:
    assert "did you mean" not in refused(judged(), "something else")


def test_what_is_told_of_several_objects_can_be_given_as_it_stands() -> None:
    said = refused(judged(), "800017-worker-1")
    assert "means 2 objects: server aaaa1111; port bbbb2222; give one of them as it stands here" in said
    assert find(judged(), "server aaaa1111").key == SERVER.key
    assert find(judged(), "port bbbb2222").key == PORT.key
