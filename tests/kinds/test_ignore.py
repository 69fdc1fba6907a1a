"""The ignore file: which line fits which object, which lines are refused, and that the last one decides."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.errors import InputError
from tfclean.kinds.ignore import INDEX, parse
from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import types

PORT, ID = "openstack_networking_port_v2", "0aa1c2f4-0c3c-4e0f-9d3e-7c5e3f1d2b6a"
SOURCE = ".tfcleanignore"


def line(text: str, *, kind: str = "network.port", id_: str = ID, name: str = "web-1", addresses: tuple[str, ...] = ()) -> int:
    """Give the number of the line that ignores an object; 0 if none does."""
    reason = parse(text, SOURCE).reason(kind, id_, name, addresses)
    assert not reason or reason.startswith(f"ignored by {SOURCE}, line ")
    return int(reason.rpartition(" ")[2]) if reason else 0


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}.{ID}",
        f"network.port.{ID}",
        f"{PORT}.web-1",
        "network.port.web-1",
        f"{PORT}.web-*",
        "network.port.*-1",
        f"{PORT}.*",
        PORT,
        "network.port",
        "network.*",
        "openstack_networking_*",
        "openstack_*_v2.web-1",
        "*.web-1",
        "*",
        "*1",
        f"  {PORT}.web-1  ",
        f"{PORT}.web-1 # the balancer of the office",
        f"{PORT}.web-1\t#",
        f"{PORT}.\\web\\-1",
    ],
)
def test_a_line_fits(text: str) -> None:
    assert line(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}.web",
        f"{PORT}.web-1#no-comment",
        f"{PORT}.WEB-1",
        f"{PORT}.web-?",
        f"{PORT}.web-[0-9]",
        f"{PORT}.web-\\*",
        f"{PORT}.{ID[:8]}",
        "openstack_networking_network_v2.web-1",
        "network.network.*",
        f"!{PORT}.web-1",
        f"# {PORT}.web-1",
        "",
        "   ",
    ],
)
def test_a_line_does_not_fit(text: str) -> None:
    assert line(text) == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{PORT}.a\\.b", "a.b"),
        (f"{PORT}.a.b", "a.b"),
        (f"{PORT}.a\\*b", "a*b"),
        (f"{PORT}.a\\\\b", "a\\b"),
        (f"{PORT}.a \\# b", "a # b"),
        (f"{PORT}.a b # c", "a b"),
        (f"{PORT}.a\\ ", "a "),
        (f"{PORT}.\\!a", "!a"),
        (f"{PORT}.ä/*", "ä/ö"),
    ],
)
def test_escapes(text: str, name: str) -> None:
    assert line(text, name=name) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}.worker",
        f'{PORT}.worker["a.b"]',
        f'{PORT}.worker["*"]',
        f"{PORT}.work*",
        f'module.net[0].{PORT}.worker["a.b"]',
        f"module.net[0].{PORT}.worker",
        "module.net[0].*",
        "module.*",
        f"module.*.{PORT}.*",
    ],
)
def test_an_address_is_as_good_as_an_id(text: str) -> None:
    addresses = (f'{PORT}.worker["a.b"]', f'module.net[0].{PORT}.worker["a.b"]')
    assert line(text, addresses=addresses) == 1
    assert line(text, addresses=("openstack_networking_port_v2.other",)) == 0


def drift_line(text: str, attribute: str = "description") -> int:
    """Give the number of the line that ignores the drift of one attribute; 0 if none does."""
    reason = parse(text, SOURCE).drift_reason(attribute, "network.port", ID, "web-1", (f'module.net.{PORT}.worker["a.b"]',))
    return int(reason.rpartition(" ")[2]) if reason else 0


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}.web-1.description",
        f"{PORT}.{ID}.description",
        "network.port.web-1.description",
        f"{PORT}.*.description",
        "network.port.*.description",
        "*.*.description",
        f"{PORT}.*.desc*",
        f"module.net.{PORT}.worker.description",
        f'module.net.{PORT}.worker["a.b"].description',
        "module.*.description",
    ],
)
def test_a_line_that_goes_on_behind_an_object_means_one_attribute_of_it(text: str) -> None:
    assert drift_line(text) == 1
    assert drift_line(text, "admin_state_up") == 0
    assert line(text, addresses=(f'module.net.{PORT}.worker["a.b"]',)) == 0


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}.web-1\\.description",
        f"{PORT}.db-1.description",
        f"{PORT}.*description",
        "network.port.*description",
        f"{PORT}.web-1.DESCRIPTION",
        "network.router.web-1.description",
    ],
)
def test_a_line_that_means_no_attribute_of_this_object(text: str) -> None:
    assert drift_line(text) == 0


@pytest.mark.parametrize("text", [f"{PORT}.web-1", PORT, "network.*", "*", f"{PORT}.web-1.*"])
def test_what_ignores_an_object_ignores_all_its_drift(text: str) -> None:
    assert drift_line(text) == drift_line(text, "all_tags") == 1


def test_a_name_with_dots_is_never_taken_for_an_attribute_alone() -> None:
    assert line(f"{PORT}.web-1.description", name="web-1.description") == 1
    assert line(f"{PORT}.web-1\\.description", name="web-1.description") == 1


def test_the_last_line_decides_on_an_attribute_whether_it_means_that_or_the_object() -> None:
    assert drift_line(f"{PORT}.*.description\n!{PORT}.web-1.description") == 0
    assert drift_line(f"{PORT}.*.description\n!{PORT}.web-1") == 0
    assert drift_line(f"!{PORT}.web-1\n{PORT}.*.description") == 2


def test_the_last_line_that_fits_decides() -> None:
    text = f"{PORT}.*\n!{PORT}.web-*\n\n# but\n{PORT}.web-1\n"
    assert [line(text, name=name) for name in ("db", "web-2", "web-1")] == [1, 0, 5]


def test_a_line_that_is_a_type_alone_means_all_of_it_and_a_longer_name_is_not_its_beginning() -> None:
    assert line(PORT) == 1
    assert line(f"{PORT}.web-1", name="web-1.example.org") == 0


def test_a_port_that_a_router_took_as_its_leg_is_still_a_port_and_not_the_other_way_round() -> None:
    assert line(f"{PORT}.{ID}", kind="network.router_interface") == 1
    assert line("network.router_interface.*") == 0


def test_old_types_of_the_provider_mean_the_same_kind() -> None:
    assert line("openstack_blockstorage_volume_v2.data", kind="block_storage.volume", name="data") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("openstack_networking_prot_v2.x", '"openstack_networking_prot_v2"; did you mean "openstack_networking_port_v2"?'),
        ("network.prot.x", 'no type or kind is called "network.prot"; did you mean "network.port"?'),
        ("aws_instance.x", 'no type or kind is called "aws_instance"; a line is TYPE.OBJECT'),
        ("openstack_netwerking_*.x", "no type or kind is called"),
        ("web-1", 'no type or kind is called "web-1"'),
        (ID, "no type or kind is called"),
        ("*_prot_v2.x", "no type or kind is called"),
        ("network", "no type or kind is called"),
        ("module.a.openstack_networking_prot_v2.x", "did you mean"),
        ("openstack_dns_zone_v2.x", "never deletes"),
        ("openstack_compute_interface_attach_v2.x", "never deletes"),
        (f"{PORT}.", "names no object"),
        ("network.port.", "names no object"),
        (f"{PORT}.x\\", "escapes nothing"),
        ("!", "nothing behind"),
        ("! # all", "nothing behind"),
        ("!!network.port.x", "no type or kind"),
    ],
)
def test_a_line_that_can_fit_nothing_is_an_error_that_names_it(text: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        parse(f"\n{text}\n", SOURCE)
    assert str(error.value).startswith(f"{SOURCE}, line 2: ")
    assert reason in str(error.value)


def test_every_type_and_kind_that_is_looked_after_can_be_ignored() -> None:
    for kind in KINDS:
        assert line(kind, kind=kind) == line(f"{kind}.*", kind=kind) == 1
    for name, known in types().items():
        if known.looked_after and known.kind:
            assert line(f"{name}.{ID}", kind=known.kind) == 1


# -- against a slow reference ------------------------------------------------------------------------------------------------------

LETTERS = "ab.*\\#! -/[0]"
words = st.text(LETTERS + string.ascii_lowercase[:3], min_size=1, max_size=6)
objects = st.tuples(
    st.sampled_from(["network.port", "network.router_interface", "network.network", "compute.server"]),
    words,
    st.text(LETTERS, max_size=5),
    st.lists(st.builds("{}openstack_networking_port_v2.{}".format, st.sampled_from(["", "module.a."]), words), max_size=2),
)
heads = st.sampled_from(
    [PORT, "network.port", "network.network", "network.*", "openstack_*", "*", "openstack_compute_instance_v2", "module.a"]
)
lines = st.one_of(
    st.builds(
        "{}{}.{}{}".format, st.sampled_from(["", "!", " ", "\\"]), heads, st.text(LETTERS, max_size=6), st.sampled_from(["", " # c"])
    ),
    heads,
    st.just("# a comment"),
    st.just(""),
)


def reference(text: str, kind: str, id_: str, name: str, addresses: list[str]) -> int:
    """Do what the module's head says, slowly: a regular expression for each line, over everything that an object goes by."""
    siblings = {"network.router_interface": ["network.router_interface", "network.port"]}.get(kind, [kind])
    titles = siblings + [name for name, known in types().items() if known.looked_after and known.kind in siblings]
    texts = {f"{t}.{w}" for t in titles for w in (id_, name) if w} | {f"{t}.{id_}" for t in titles}
    texts |= set(addresses) | {INDEX.sub("", a) for a in addresses}
    decided = 0
    for number, row in enumerate(text.split("\n"), 1):
        pieces = re.findall(r"\\.|[^\\]", row.lstrip(), re.DOTALL)
        cut = next((i for i, p in enumerate(pieces) if p == "#" and (i == 0 or pieces[i - 1].isspace())), len(pieces))
        pieces = pieces[:cut]
        while pieces and pieces[-1].isspace():
            pieces.pop()
        back = pieces[:1] == ["!"]
        pieces = pieces[back:]
        if not pieces:
            continue
        plain = "".join(p[-1] if p != "*" else "*" for p in pieces)
        pattern = "".join(".*" if p == "*" else re.escape(p[-1]) for p in pieces)
        everything = any(re.fullmatch(pattern, t, re.DOTALL) for t in [*KINDS, *types()]) and plain.count(".") < 2
        if any(re.fullmatch(pattern, t, re.DOTALL) or (everything and re.fullmatch(pattern + r"\..*", t, re.DOTALL)) for t in texts):
            decided = 0 if back else number
    return decided


@given(st.lists(lines, max_size=5), objects)
def test_rules_decide_as_a_slow_reference_does(rows: list[str], about: tuple[str, str, str, list[str]]) -> None:
    kind, id_, name, addresses = about
    kept = []
    for row in rows:
        try:
            parse(row, SOURCE)
            kept.append(row)
        except InputError:
            continue
    text = "\n".join(kept)
    assert line(text, kind=kind, id_=id_, name=name, addresses=tuple(addresses)) == reference(text, kind, id_, name, addresses)


@given(st.text(max_size=60))
def test_any_text_is_rules_or_one_sentence(text: str) -> None:
    try:
        told = parse(text, SOURCE).source
    except InputError as error:
        told = str(error)
    assert re.fullmatch(r"\.tfcleanignore(, line \d+: .+)?", told)


def test_many_stars_are_not_slow() -> None:
    assert line(f"{PORT}.{'*a' * 60}b", name="a" * 250) == 0
