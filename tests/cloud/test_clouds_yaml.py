"""Files of clouds: what is wrong is told with its place and not what stands there; no other file takes the place of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.cloud.clouds_yaml import fault
from tfclean.cloud.login import configured
from tfclean.errors import CredentialsError

GOOD = "clouds:\n  x:\n    auth:\n      auth_url: http://127.0.0.1:9/v3\n      username: u\n"
SECRET = "hunter2"


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clouds:\n  x:\n    a: 1\n   b: 2\n", ", line 4, column 4: is no YAML: "),
        ("clouds: [", ", line 1, column 10: is no YAML: "),
        ("clouds:\n\tx: 1\n", ", line 2, column 1: is no YAML: found character '\\t' that cannot start any token"),
        (f"clouds:\n  x:\n    password: *{SECRET}\n", ", line 3, column 15: is no YAML: found undefined alias …"),
        (
            f"clouds:\n  x:\n    password: !{SECRET}'x'y z\n",
            ", line 3, column 15: is no YAML: could not determine",
        ),
        (f"clouds:\n  x:\n    password: %{SECRET}\n", ", line 3, column 15: is no YAML: found character '%' that cannot start any token"),
        (f"clouds:\n  x:\n    password: '{SECRET}\n", "is no YAML: found unexpected end of stream"),
        ("clouds:\n- x\n", ", line 2: clouds must be a mapping, from each cloud's name to its options"),
        ("\n- clouds\n", ", line 2: must be a mapping with the key clouds"),
        ("clouds:\n  x: http\n", ", line 2: cloud x must be a mapping"),
        ("clouds:\n  x:\n    auth: http\n", ", line 3: auth of cloud x must be a mapping"),
        ("clouds: {x: {auth: {password: \x01}}}", ": is no YAML: it holds what no such file may hold"),
        (f"x: {'[' * 3000}", ": is no YAML: it is nested too deeply"),
        (GOOD, ""),
        ("", ""),
        ("clouds:\n", ""),
        ("client: {}\n", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_without_what_stands_there(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "clouds.yaml"
    file.write_text(text)
    found = fault([str(file)])
    assert found.startswith(f"{file}{told}" if told.startswith((",", ":")) else str(file)) if told else found == ""
    assert told in found
    assert SECRET not in found


def test_json_and_what_is_no_text_are_told_too(tmp_path: Path) -> None:
    (tmp_path / "clouds.json").write_text('{"clouds":\n  {,}}')
    assert fault([str(tmp_path / "clouds.json")]).startswith(f"{tmp_path}/clouds.json, line 2, column 4: is no JSON: ")
    for name in ("a.json", "a.yaml"):
        (tmp_path / name).write_bytes(b"\xff\xff")
        assert fault([str(tmp_path / name)]).endswith("it is no text in UTF-8")
    assert "cannot be read" in fault([str(tmp_path)])


def test_the_first_file_that_is_there_counts_and_what_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD)
    bad.write_text("clouds: [")
    assert fault([str(tmp_path / "none"), str(good), str(bad)]) == ""
    assert "bad.yaml" in fault([str(bad), str(good)])


@given(st.binary(max_size=60) | st.text(alphabet="clouds:x {}[]\n'\"-*!%&|>?@#,\t").map(str.encode))
def test_whatever_a_file_holds_is_one_line_or_nothing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(data)
    assert "\n" not in fault([str(file)])


def test_another_file_never_takes_the_place_of_a_broken_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next file has a cloud of the same name: what is there would be deleted."""
    (tmp_path / "clouds.yaml").write_text(GOOD)
    (tmp_path / "mine.yaml").write_text("clouds:\n  x:\n    auth:\n      auth_url: a\n     username: u\n")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "mine.yaml"))
    for named in ("argument", "variable"):
        if named == "variable":
            monkeypatch.setenv("OS_CLOUD", "x")
        with pytest.raises(CredentialsError, match=r"mine\.yaml, line 5, column 6: is no YAML: .*; nothing of it is used"):
            configured("x" if named == "argument" else None, None, {})
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    (tmp_path / "secure.yaml").write_text("clouds: [")
    monkeypatch.setenv("OS_CLIENT_SECURE_FILE", str(tmp_path / "secure.yaml"))
    with pytest.raises(CredentialsError, match=r"secure\.yaml, line 1"):
        configured("x", None, {})


def test_a_broken_file_that_nobody_needs_is_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.yaml").write_text("clouds: [")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "bad.yaml"))
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:9/v3")
    monkeypatch.setenv("OS_USERNAME", "u")
    assert configured(None, None, {}).config.get_auth_args()["username"] == "u"
    assert configured(None, None, {"load_yaml_config": False}).config.get_auth_args()["username"] == "u"
