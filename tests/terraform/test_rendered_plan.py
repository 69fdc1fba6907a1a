"""The plan that a text log renders, against ``show -json`` of the same plan."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import Claim, Tense
from tfclean.terraform.log_lines import clean
from tfclean.terraform.rendered_plan import RenderedPlan
from tfclean.terraform.rendered_value import Reader, Torn, unquote
from tfclean.terraform.secrets import is_secret_name

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGS = sorted(p for p in FIXTURES.glob("*/apply.log") if p.read_bytes()[:1] != b"{")
PORT = "openstack_networking_port_v2.a"


def claims(text: str) -> list[Claim]:
    plan = RenderedPlan("x.log")
    out: list[Claim] = []
    for number, raw in enumerate(text.split("\n"), 1):
        for line in clean(raw, number):
            out += plan.feed(line) or ()
    return out


def block(heading: str, sign: str, *lines: str, remark: str = "") -> list[Claim]:
    body = "\n".join(f"      {line}" for line in lines)
    return claims(
        f'\n  # {PORT} {heading}\n{remark}{sign} resource "openstack_networking_port_v2" "a" {{\n{body}\n    }}\n\nPlan: 1 to add\n'
    )


def without_empty(value: Any) -> Any:
    """Rendered blocks do not show members that are unset."""
    if isinstance(value, dict):
        return {k: without_empty(v) for k, v in value.items() if v not in (None, "", [], {}) and not is_secret_name(k)}
    return [without_empty(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", LOGS, ids=lambda p: p.parent.name)
def test_a_recorded_plan_says_what_its_json_says(path: Path) -> None:
    changes = json.loads((path.parent / "plan.json").read_text())["resource_changes"]
    wanted = {c["address"]: c["change"] for c in changes if c["mode"] == "managed" and c["type"].startswith("openstack_")}
    found = {c.address: c for c in claims(path.read_text())}
    assert found.keys() == wanted.keys()
    assert {c.tense for c in found.values()} == {Tense.PLANNED}
    for address, claim in found.items():
        after = wanted[address]["after"]
        for name, value in claim.attributes.items():
            assert without_empty(value) == without_empty(after.get(name)), (address, name)
        whole = {name for name, mark in wanted[address]["after_unknown"].items() if mark is True}
        assert whole <= claim.unknown | claim.sensitive


def test_a_destroy_plan_records_ids_and_attributes() -> None:
    path = FIXTURES / "destroy-failed"
    resources = json.loads((path / "terraform.tfstate.backup").read_text())["resources"]
    ids = {
        i["attributes"]["id"] for r in resources if r["mode"] == "managed" and r["type"].startswith("openstack_") for i in r["instances"]
    }
    found = claims((path / "destroy.log").read_text())
    assert {c.id for c in found} == ids
    assert {c.tense for c in found} == {Tense.RECORDED}
    assert all(c.attributes for c in found)


def test_every_kind_of_value_is_read() -> None:
    (claim,) = block(
        "will be created",
        "  +",
        '+ text     = "a \\"b\\" \\\\ \\n\\u200b"',
        "+ number   = 10",
        "+ share    = 1.5",
        "+ yes      = true",
        "+ nothing  = null",
        "+ unknown  = (known after apply)",
        "+ secret   = (sensitive value)",
        "+ empty    = []",
        "+ list     = [",
        '    + "x",',
        "    + (known after apply),",
        "  ]",
        "+ map      = {",
        '    + "a b" = "c"',
        "    + later = (known after apply)",
        "  }",
        "",
        "+ fixed_ip {",
        '    + subnet_id = "s"',
        "  }",
        "+ fixed_ip {",
        "    + subnet_id = (known after apply)",
        "  }",
        "+ binding (known after apply)",
    )
    assert claim.attributes == {
        "text": 'a "b" \\ \n\u200b',
        "number": 10,
        "share": 1.5,
        "yes": True,
        "nothing": None,
        "empty": [],
        "list": ["x", None],
        "map": {"a b": "c"},
        "fixed_ip": [{"subnet_id": "s"}, {}],
    }
    assert claim.unknown == {"unknown", "list", "map", "fixed_ip", "binding"}
    assert "secret" in claim.sensitive


def test_values_that_are_not_shown_exactly_are_left_out() -> None:
    (claim,) = block(
        "will be created",
        "  +",
        "+ json  = jsonencode(",
        "      {",
        '        + a = "(b)"',
        "      }",
        "  )",
        "+ lines = <<-EOT",
        "      a } ",
        "      b",
        "  EOT",
        "+ line  = <<-EOT",
        "      ssh-rsa AAAA",
        "  EOT",
        '+ name  = "n"',
    )
    assert claim.attributes == {"line": "ssh-rsa AAAA\n", "name": "n"}


def test_a_replace_records_the_old_object_and_plans_the_new_one() -> None:
    for sign in ("-/+", "+/-"):
        planned, recorded = block(
            "must be replaced",
            sign,
            '~ id   = "old" -> (known after apply)',
            '~ name = "a" -> "b" # forces replacement',
            '- gone = "x" -> null',
        )
        assert (planned.tense, planned.id, planned.attributes, planned.unknown) == (Tense.PLANNED, None, {"name": "b"}, {"id"})
        assert (recorded.tense, recorded.id, recorded.attributes["name"]) == (Tense.RECORDED, "old", "a")


def test_an_update_records_the_id() -> None:
    (claim,) = block("will be updated in-place", "  ~", '  id   = "X"', '~ name = "a" -> "b"', "  # (3 unchanged attributes hidden)")
    assert (claim.tense, claim.id) == (Tense.RECORDED, "X")


@pytest.mark.parametrize(
    "words",
    [
        "will no longer be managed by Terraform, but will not be destroyed",
        "will be removed from the OpenTofu state but will not be destroyed",
    ],
)
def test_what_is_let_go_is_forgotten(words: str) -> None:
    (claim,) = block(words, "  .", 'id   = "X"', 'name = "n"')
    assert (claim.tense, claim.id) == (Tense.FORGOTTEN, "X")


def test_what_is_replaced_without_being_destroyed_is_forgotten() -> None:
    found = block(
        "must be replaced - older instance will not be destroyed (lifecycle.destroy = false)", "  ./+", '~ id = "X" -> (known after apply)'
    )
    assert {(c.tense, c.id) for c in found} == {(Tense.PLANNED, None), (Tense.FORGOTTEN, "X")}


def test_an_import_is_imported_whether_or_not_it_is_changed() -> None:
    (plain,) = block("will be imported", "   ", 'id   = "X"', 'name = "n"')
    (changed,) = block("will be updated in-place", "  ~", '  id = "X"', remark='  # (imported from "X")\n')
    assert [plain.tense, changed.tense] == [Tense.IMPORTED, Tense.IMPORTED]


def test_a_plan_for_a_deposed_object_keeps_its_key() -> None:
    (claim,) = block("(deposed object 3867ac38) will be destroyed", "  -", '- id = "X" -> null')
    assert (claim.tense, claim.id, claim.deposed) == (Tense.DEPOSED, "X", "3867ac38")


def test_an_object_that_is_gone_is_no_claim() -> None:
    assert block("has been deleted", "  -", '- id = "X" -> null') == []


def test_a_torn_block_still_says_that_the_object_is_planned() -> None:
    (claim,) = block("will be created", "  +", "+ name = what is this", "noise")
    assert (claim.tense, claim.attributes) == (Tense.PLANNED, {})


LINES = st.sampled_from(
    [
        f"  # {PORT} will be created",
        f"  # {PORT} must be replaced",
        '  + resource "t" "n" {',
        '-/+ resource "t" "n" {',
        "    }",
        "        }",
        "      + a = [",
        "        ]",
        '          + "x",',
        "      + b {",
        "      + c = <<-EOT",
        "        EOT",
        "      + d = jsonencode(",
        "        )",
        "      + e = {",
        "  # (1 unchanged element hidden)",
        '      ~ id = "x" -> "y"',
        "      + f = (known after apply)",
        "      + g = 1e999",
        "      + h = -",
    ]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=40))
def test_no_text_makes_the_plan_reader_raise(lines: list[str]) -> None:
    claims("\n".join(lines))


@given(st.lists(st.text(max_size=20), max_size=20))
def test_a_body_is_read_or_torn(lines: list[str]) -> None:
    with contextlib.suppress(Torn):
        Reader(lines).body()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30))
def test_quoting_of_text_is_undone(text: str) -> None:
    escaped = "".join(c if c.isprintable() and c not in '\\"' else f"\\U{ord(c):08x}" for c in text)
    assert unquote(escaped) == text
