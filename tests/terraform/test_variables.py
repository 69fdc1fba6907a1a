"""Variables and their precedence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.errors import InputError, UsageError
from tfclean.terraform import variables
from tfclean.terraform.addresses import quote


def values(found: dict[str, variables.Variable]) -> dict[str, str]:
    assert all(v.given for v in found.values())
    return {name: v.value for name, v in found.items()}


def test_every_kind_of_value_becomes_text(tmp_path: Path) -> None:
    path = tmp_path / "a.tfvars"
    path.write_text(
        'a = "x"\nb = 3\nc = true\nd = [1, "two"]\ne = { "k l" = "v" }\nf = null\ng = <<-EOT\n  one\n   two\nEOT\nh = "a\\"$${b}"\n# end'
    )
    assert values(variables.from_file(path)) == {
        "a": "x",
        "b": "3",
        "c": "true",
        "d": '[1,"two"]',
        "e": '{"k l":"v"}',
        "g": "one\n two\n",
        "h": 'a"${b}',
    }


def test_json_says_the_same_as_hcl(tmp_path: Path) -> None:
    (tmp_path / "a.tfvars").write_text('a = "x"\nb = 3\nc = false\nd = ["1"]\n')
    (tmp_path / "a.tfvars.json").write_text('{"a": "x", "b": 3, "c": false, "d": ["1"]}')
    assert values(variables.from_file(tmp_path / "a.tfvars")) == values(variables.from_file(tmp_path / "a.tfvars.json"))


def test_files_of_a_directory_are_read_in_terraforms_order(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('a = "1"\nb = "1"\nc = "1"\nd = "1"\n')
    (tmp_path / "terraform.tfvars.json").write_text('{"b": "2", "c": "2", "d": "2"}')
    (tmp_path / "a.auto.tfvars.json").write_text('{"c": "3", "d": "3"}')
    (tmp_path / "b.auto.tfvars").write_text('d = "4"\n')
    (tmp_path / "other.tfvars").write_text('a = "never"\n')
    assert values(variables.from_directory(tmp_path)) == {"a": "1", "b": "2", "c": "3", "d": "4"}


def test_options_win_in_the_order_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "x.tfvars"
    path.write_text('a = "file"\nb = "file"\n')
    found = variables.from_options([("var", "a=first"), ("var-file", str(path)), ("var", "b=last=1")])
    assert values(found) == {"a": "file", "b": "last=1"}


def test_the_environment_gives_variables() -> None:
    assert values(variables.from_environment({"TF_VAR_job": "1", "TF_VAR_": "x", "PATH": "y"})) == {"job": "1"}


def test_secrets_are_left_out_wherever_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('admin_password = "planted"\nx = { password = "planted", y = "1" }\n')
    found = {
        **variables.from_environment({"TF_VAR_db_password": "planted"}),
        **variables.from_directory(tmp_path),
        **variables.from_options([("var", "token=planted")]),
    }
    assert "planted" not in repr(found)
    assert values(found) == {"x": '{"y":"1"}'}


@pytest.mark.parametrize("text", ["a", "=b", "", "1a=2"])
def test_a_var_without_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        variables.from_options([("var", text)])


@pytest.mark.parametrize(("name", "text"), [("a.tfvars", 'a = "'), ("a.tfvars.json", "{"), ("a.tfvars.json", "[]"), ("none.tfvars", None)])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=name):
        variables.from_options([("var-file", str(tmp_path / name))])


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20))
def test_any_text_survives_its_quotes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("v") / "a.tfvars"
    path.write_text(f"a = {quote(text)}\n", encoding="utf-8")
    assert values(variables.from_file(path)) == {"a": text}


def test_what_is_no_text_is_replaced_as_go_does(tmp_path: Path) -> None:
    odd = b"x\xff".decode("utf-8", "surrogateescape")
    assert values(variables.from_environment({"TF_VAR_a": odd})) == {"a": "x\ufffd"}
    assert values(variables.from_options([("var", f"a={odd}")])) == {"a": "x\ufffd"}
    path = tmp_path / "a.tfvars.json"
    path.write_text('{"a": "x\\ud800", "b\\udfff": ["\\ud83d\\ude00"]}')
    assert values(variables.from_file(path)) == {"a": "x\ufffd", "b\ufffd": '["\\ud83d\\ude00"]'}
