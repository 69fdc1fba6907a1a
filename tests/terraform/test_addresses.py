from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.terraform.addresses import Address, config_address, instance_address, is_module, is_name, parse, scan, scan_module

names = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda name: name not in ("module", "data", "ephemeral"))
keys = st.none() | st.integers(0, 10**9) | st.text(max_size=12) | st.sampled_from(['a"].b', "${x}", "$${", "%{if}", "\\", "a.b c", "[0]"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, str, str, int | str | None]:
    steps = draw(st.lists(st.tuples(names, keys), max_size=3))
    module = ".".join(instance_address("", "managed", "module", name, key) for name, key in steps)
    mode = draw(st.sampled_from(["managed", "data", "ephemeral"]))
    return module, mode, draw(names), draw(names), draw(keys)


@given(written())
def test_what_is_written_is_read_back(parts: tuple[str, str, str, str, int | str | None]) -> None:
    text = instance_address(*parts)
    assert parse(text) == Address(*parts)  # type: ignore[arg-type]
    assert str(parse(text)) == text


@given(written(), st.sampled_from([": Creating...", " (deposed object 3867ac38): Destroying...", " will be created", ","]))
def test_an_address_ends_where_it_ends(parts: tuple[str, str, str, str, int | str | None], rest: str) -> None:
    text = instance_address(*parts)
    assert scan("module. " + text + rest, len("module. ")) == (parse(text), len("module. ") + len(text))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse(str(parse(text)))


@given(written())
def test_the_configuration_address_has_no_keys(parts: tuple[str, str, str, str, int | str | None]) -> None:
    config = parse(instance_address(*parts)).config
    assert "[" not in config
    assert config_address(config) == config


def test_a_real_address_with_everything_is_taken_apart() -> None:
    address = parse(r'module.a["x.y"].module.b[0].data.openstack_images_image_v2.node["say \"hi\" ${x}"]'.replace("${", "$${"))
    assert address == Address('module.a["x.y"].module.b[0]', "data", "openstack_images_image_v2", "node", 'say "hi" ${x}')
    assert address.config == "module.a.module.b.data.openstack_images_image_v2.node"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a.",
        "a.b.c",
        "a.b[",
        'a.b["x]',
        "a.b[x]",
        "a.b[-1]",
        r'a.b["\q"]',
        r'a.b["\ud8"]',
        "module.a",
        "module.a.b",
        "a b.c",
        "data.a",
        "a.b[1",
    ],
)
def test_what_is_broken_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"^no "):
        parse(text)


def test_a_module_path_may_be_empty() -> None:
    assert scan_module("openstack_x.y") == ("", 0)
    assert is_module("")
    assert is_module('module.a["x.y"].module.b')
    assert not is_module("module.a.b")
    assert not is_module("module.a[")


def test_names_have_no_dots_and_no_blanks() -> None:
    assert is_name("openstack_x-y_2")
    assert not any(map(is_name, ["", "a.b", "a b", "2a", 'a"']))
