"""Expressions: what is known is what Terraform says (`answers.json` holds the answers of Terraform 1.11.4), what is not stays unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.exhaustive import examples
from tfclean.model import Pattern
from tfclean.terraform.config.evaluate import Evaluator
from tfclean.terraform.config.functions import FUNCTIONS
from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Malformed, parse, parse_json
from tfclean.terraform.config.values import UNKNOWN, Fault, Partial, Record, TooMuch, Unknown, Work, is_known, spelling, weigh

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text())
BORN = Unknown(("a.b",), filled=True)
OTHER = Unknown(("c.d",))
NAMES = {"u": OTHER, "id": BORN, "p": Partial(("ci-", BORN)), "l": [BORN, "x"], "m": {"a": BORN, "b": 1}}


class Files:
    def file(self, path: str) -> str | None:
        return {"a.txt": "hello ${x}", "b.txt": "plain"}.get(path)


def value(text: str, names: dict[str, Any] | None = None, work: Work | None = None) -> Any:
    expression = parse(f"x = {text}\n", "").attributes["x"]
    return Evaluator(work or Work()).value(expression, Scope(Record(names or {}), Files()))


def shown(found: Any) -> Any:
    return str(found.pattern) if isinstance(found, Partial) else found


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_every_expression_has_the_value_that_terraform_gives_it(text: str, answer: Any) -> None:
    assert spelling(value(text)) == spelling(answer)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('"a-${u}-b"', "a-*-b"),
        ('"a-${p}-b"', "a-ci-*-b"),
        ('format("%s-%02d", u, 5)', "*-05"),
        ('format("x%03d", u)', "x*"),
        ('join("-", ["a", u, "b"])', "a-*-b"),
        ('upper("a${u}b")', "A*B"),
        ('trimspace(" ${p} ")', "ci-*"),
        ('replace("a_${u}_b", "_", "-")', "a-*-b"),
        ('"%{for x in l}${x},%{endfor}"', "*,x,"),
        ('"%{if true}${u}b%{endif}"', "*b"),
        ('"%{if u}a%{else}a%{endif}"', "a"),
        ("length(l)", 2),
        ("l[1]", "x"),
        ("m.b", 1),
        ('merge(m, { c = 2 })["c"]', 2),
        ("keys(m)", ["a", "b"]),
        ("[for k, v in m : k]", ["a", "b"]),
        ('concat([u], ["a"])[1]', "a"),
        ("element(l, 3)", "x"),
        ('lookup(m, "z", 4)', 4),
        ('contains(["a", u], "a")', True),
        ('id == ""', False),
        ("id != null", True),
        ('p == "other"', False),
        ("u && false", False),
        ("true || u", True),
        ("anytrue([u, true])", True),
        ("l == []", False),
        ("{ a = u } == { b = 1 }", False),
        ('coalesce("", id)', BORN),
        ('coalesce(p, "x")', "ci-*"),
        ("try(nothing.at.all, 3)", 3),
        ("can(nothing)", False),
        ("u ? 1 : 1", 1),
        ("id[*]", BORN),
        ("one([id])", BORN),
        ("{ for k, v in m : k => 1 }", {"a": 1, "b": 1}),
    ],
)
def test_what_does_not_depend_on_the_unknown_is_known(text: str, known: Any) -> None:
    found = shown(value(text, NAMES))
    assert found == known or (isinstance(known, Unknown) and isinstance(found, Unknown) and found.refers == known.refers)


@pytest.mark.parametrize(
    "text",
    [
        "u + 1",
        'u == "a"',
        'p == "ci-1"',
        "u ? 1 : 2",
        "u.a.b[0]",
        "[for x in u : x]",
        "length(u)",
        "length(p)",
        "u[*].x",
        "md5(id)",
        'contains(["a", u], "b")',
        "distinct(l)",
        'zipmap(["a", u], [1, 2])',
        "range(u)",
        "toset(l)",
        "jsonencode(m)",
        "compact(l[*])",
        'nobody_knows_this_function("a", u)',
        'provider::x::y("a")',
        "timestamp()",
        "sensitive(1)",
        "{ (u) = 1 }",
        "m[u]",
        'coalesce(u, "x")',
        "!u",
        "-u",
        "u || false",
        "alltrue([u])",
        "{ for x in l : x => 1 }",
        'join(u, ["a", "b"])',
        "max(1, u)",
        'split("-", p)',
        'templatefile("missing", {})',
        'file("missing")',
        'fileexists("missing")',
        "flatten(u)",
        "merge(u, {})",
        "substr(p, 0, 2)",
    ],
)
def test_what_depends_on_the_unknown_is_unknown_and_no_error(text: str) -> None:
    assert not is_known(value(text, NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "[1][3]",
        "{ a = 1 }.b",
        '"a".b',
        "1 / 0",
        "5 % 0",
        '"x" + 1',
        "!5",
        'tonumber("x")',
        "length(1)",
        "element([], 0)",
        'cidrsubnet("10.0.0.0/30", 8, 1)',
        'cidrhost("nonsense", 1)',
        'jsondecode("{")',
        "one([1, 2])",
        'regex("a", "b")',
        '"%{if 3}a%{endif}"',
        '"a${[1]}"',
        "range(0, 100000000)",
        "pow(10, 5000)",
        '{ for x in ["a", "b"] : "k" => x }',
        "lookup({}, 1)",
        'format("%d")',
        'format("%99999d", 1)',
        'format("%y", 1)',
        "slice([1], 1, 5)",
        "true ? nothing : 1",
        "coalesce(null)",
        "try(nothing)",
        'parseint("zz", 10)',
        'base64decode("?")',
        "99999999999999999999999999999999999999999999999999999999999999 * 10",
        "csvdecode(5)",
        'regex("(a+)+$", "aaaa")',
    ],
)
def test_what_has_no_value_is_a_fault(text: str) -> None:
    with pytest.raises(Fault):
        value(text)


def test_references_are_remembered_through_everything_that_is_done_with_them() -> None:
    for text in ('"%{if true} ${id} %{endif}"', "element(concat([id], l), 0)", "one([id])", "lower(id)", "md5(id)", 'try(id, "")'):
        found = value(text, NAMES)
        assert found.refers == ("a.b",), text


def test_files_of_the_configuration_are_read_and_templates_worked_out() -> None:
    assert value('file("b.txt")') == "plain"
    assert value('templatefile("a.txt", { x = 1 })') == "hello 1"
    assert shown(value('templatefile("a.txt", { x = u })', NAMES)) == "hello *"
    assert value('fileexists("a.txt")') is True
    assert value('filebase64("b.txt")') == "cGxhaW4="


def test_json_values_are_templates() -> None:
    body = parse_json('{"resource": {"t": {"n": {"name": "a-${1 + 1}", "l": ["$${x}", {"k": "%{if true}y%{endif}"}], "n": 5}}}}', "f")
    attributes = body.blocks[0].body.attributes
    evaluator, scope = Evaluator(Work()), Scope(Record({}), Files())
    assert {name: evaluator.value(given, scope) for name, given in attributes.items()} == {"name": "a-2", "l": ["${x}", {"k": "y"}], "n": 5}


@pytest.mark.parametrize(("text", "line"), [("a = [\n1,,\n]\n", 2), ("b {\n", 2), ('x = "${a"\n', 1), ("= 3\n", 1), ("a = 1\nb = )\n", 2)])
def test_bad_hcl_is_told_with_its_line_and_in_words(text: str, line: int) -> None:
    with pytest.raises(Malformed) as error:
        parse(text, "f")
    assert error.value.line == line
    assert "Token" not in error.value.what
    assert "\n" not in error.value.what


def test_a_value_that_doubles_and_doubles_is_given_up_and_fills_no_memory() -> None:
    text = "[1, 2]"
    for _ in range(40):
        text = f"[for x in [1, 2] : {text}]"
    with pytest.raises((Fault, TooMuch)):
        value(text)
    with pytest.raises((Fault, TooMuch)):
        value("[for a in range(9999) : [for b in range(9999) : [for c in range(9999) : 1]]]")


def test_a_heredoc_before_endless_blanks_is_refused_before_it_is_looked_through() -> None:
    with pytest.raises(Malformed) as error:
        parse("a = 1\nx = <<A\n" + " \n" * 500_000, "f")
    assert error.value.line == 2
    assert value("<<A\n" + " \n" * 100 + "A\n") == " \n" * 100


def test_nesting_without_end_is_unknown_and_no_recursion_error() -> None:
    assert not is_known(value("(" * 500 + "1" + ")" * 500))
    assert not is_known(value("[" * 500 + "]" * 500))
    assert not is_known(value("-" + " - ".join(["1"] * 500)))


ATOMS = st.sampled_from(
    ["1", '"a"', "null", "true", "u", "l", "m", "p", "id", "[]", "{}", "-3", "0.5", '"%{for x in l}${x}%{endfor}"', "m.a"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner).map(lambda t: f'{{ a = {t[0]}, ("b") = {t[1]} }}'),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=4)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(inner, inner).map(lambda t: f"[for k, v in {t[0]} : {t[1]} if k != {t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        inner.map(lambda i: f"({i})[*].a"),
        inner.map(lambda i: f'"x${{{i}}}y"'),
        inner.map(lambda i: f"try({i}, 1)"),
    ),
    max_leaves=12,
)


@settings(max_examples=examples(400), deadline=None)
@given(EXPRESSIONS)
@example("element([], 1)")
@example('format("%[9]s", 1)')
@example("zipmap([u], [])")
@example('"x${index("a", 1)}y"')
def test_every_expression_has_a_value_of_bounded_size_or_is_a_fault(text: str) -> None:
    try:
        found = value(text, NAMES)
    except (Fault, TooMuch):
        return
    assert weigh(found) >= 0
    assert not isinstance(found, Partial) or isinstance(found.pattern, Pattern)


@settings(max_examples=examples(300), deadline=None)
@given(EXPRESSIONS, st.text('${}%"\\~()[].a1 \n', max_size=30))
def test_no_text_makes_the_parser_fail_otherwise_than_with_a_sentence(text: str, noise: str) -> None:
    for source in (f"x = {text}{noise}", f'x = "{noise}"', f"x = <<E\n{noise}\nE\n", noise):
        try:
            body = parse(source, "f")
        except Malformed:
            continue
        for expression in body.attributes.values():
            try:
                Evaluator(Work()).value(expression, Scope(Record(NAMES), Files()))
            except (Fault, TooMuch):
                continue


def test_a_sign_before_a_condition_is_no_part_of_it() -> None:
    assert value("(\n true # yes\n && # and\n false\n)") is False
    assert value("UNKNOWN", {"UNKNOWN": UNKNOWN}) == UNKNOWN
