"""Settings of a project: which keys there are, what comes before what, and what no file may say."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.making import inventory_file
from tests.recorded import FIXTURES, inventory
from tfclean.cli import arguments, main
from tfclean.cli.argv import understand
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.settings import NEVER, PATHS, Settings, _actions, find, line_of
from tfclean.errors import InputError, UsageError

STATE = FIXTURES / "drifted" / "terraform.tfstate"
NETWORK = "openstack_networking_network_v2"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in ("OS_CLOUD", "OS_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)
    return work


def write(text: str, name: str = "tfclean.toml") -> None:
    Path(name).write_text(text)


def parsed(command: str, *given: str, config: str | None = None, os: dict[str, str] | None = None) -> argparse.Namespace:
    """Give what a command sees."""
    module = load(command)
    parser = module.parser()
    fill = find(config).prepare(command, module, parser)
    args = parser.parse_intermixed_args(given)
    args.os = os or {}
    fill(args)
    return args


def wrong(text: str, command: str = "destroy", name: str = "tfclean.toml") -> str:
    write(text, name)
    with pytest.raises(InputError) as error:
        parsed(command)
    return str(error.value)


def test_every_option_of_a_table_reaches_the_command() -> None:
    write(
        """
        paths = ["terraform.tfstate", "http://127.0.0.1/state", "-"]
        protect = "../other"
        keep = ["bastion.*"]
        keep-tag = ["eternal"]
        ignore-file = "rules"
        max-deletions = 20
        all-or-none = true
        timeout = "30m"
        output = ["json=out.json"]
        verbose = true
        """
    )
    args = parsed("destroy")
    assert args.paths == ["terraform.tfstate", "http://127.0.0.1/state", "-"]
    assert (args.protect, args.keep, args.keep_tags, args.ignore_file) == (["../other"], ["bastion.*"], ["eternal"], "rules")
    assert (args.max_deletions, args.all_or_none, args.timeout, args.output, args.verbose) == (20, True, 1800, ["json=out.json"], True)
    assert args.auto_approve is False


def test_the_command_line_comes_first_and_what_protects_adds_up() -> None:
    write('paths = ["a"]\noutput = ["json=x"]\nmax-deletions = 20\nkeep = ["a"]\nprotect = ["p"]\nvar-file = ["f"]\ntimeout = 60\n')
    args = parsed("destroy", "b", "-o", "json", "--max-deletions", "3", "--keep", "b", "--protect", "q", "--var", "x=1", "--timeout", "5")
    assert (args.paths, args.output, args.max_deletions, args.timeout) == (["b"], ["json"], 3, 5)
    assert (args.keep, args.protect, args.variables) == (["a", "b"], ["p", "q"], [("var-file", "f"), ("var", "x=1")])


def test_a_commands_own_table_comes_before_the_common_one_and_others_do_not_count() -> None:
    write('max-deletions = 20\nverbose = true\n[plan]\nmax-deletions = 7\n[destroy]\ntimeout = "1h"\n')
    assert (parsed("plan").max_deletions, parsed("destroy").max_deletions, parsed("destroy").timeout) == (7, 20, 3600)
    assert parsed("diff").verbose


def test_what_a_command_does_not_have_is_no_error_at_the_top() -> None:
    write('timeout = "1h"\nmax-deletions = 3\n')
    assert not hasattr(parsed("diff"), "timeout")


def test_an_output_that_a_command_has_no_form_for_is_passed_over_there(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live = inventory_file(inventory("drifted"), place / "live.json")
    write(f'paths = ["{STATE}"]\noutput = ["json=out.json", "junit=out.xml", "svg=out.svg"]\n')
    assert main(["explain", "64ed1757", "--inventory", str(live)]) == 0
    assert sorted(p.name for p in place.glob("out.*")) == ["out.json", "out.svg"]
    (place / "out.json").unlink()
    assert main(["graph", "--inventory", str(live)]) == 0
    assert [p.name for p in place.glob("out.*")] == ["out.svg"]
    write(f'paths = ["{STATE}"]\noutput = ["console"]\n')
    capsys.readouterr()
    assert main(["graph", "--inventory", str(live)]) == 0
    assert capsys.readouterr().out.startswith("digraph")
    # What is asked for now, or of this command, has to fit.
    assert main(["graph", "--inventory", str(live), "-o", "console"]) == 2
    assert main(["explain", "64ed1757", "--inventory", str(live), "-o", "junit"]) == 2
    write(f'paths = ["{STATE}"]\n[graph]\noutput = ["console"]\n')
    assert main(["graph", "--inventory", str(live)]) == 2
    assert "graph draws dot, mermaid or svg" in capsys.readouterr().err


def test_every_option_that_names_a_place_is_meant_from_the_directory_of_the_file() -> None:
    actions = {key: action for name in COMMANDS for key, action in _actions(load(name).parser()).items()}
    named = {key for key, action in actions.items() if action.metavar in ("FILE", "DIR", "PATH", "FORMAT[=FILE]")}
    assert named - NEVER.keys() == PATHS
    Path("sub").mkdir()
    write('[run]\ndirectory = "infra"\n', "sub/own.toml")
    assert parsed("run", "--", "true", config="sub/own.toml").directory == "sub/infra"


def test_a_run_that_goes_on_takes_no_evidence_from_a_file() -> None:
    write('paths = ["a"]\n')
    assert parsed("resume", "journal").paths == []


def test_paths_are_meant_from_the_directory_of_the_file(place: Path) -> None:
    (place / "sub").mkdir()
    write('paths = ["s", "/abs", "-", "http://h/s"]\nignore-file = "i"\noutput = ["json=o", "console"]\nkeep = ["k"]\n', "sub/own.toml")
    args = parsed("diff", config="sub/own.toml")
    assert (args.paths, args.ignore_file, args.output) == (["sub/s", "/abs", "-", "http://h/s"], "sub/i", ["json=sub/o", "console"])


@pytest.mark.parametrize("name", ["pyproject.toml", "sub/pyproject.toml"])
def test_a_table_of_pyproject_is_as_good(place: Path, name: str) -> None:
    (place / "sub").mkdir()
    write('[project]\nname = "x"\n[tool.tfclean]\nmax-deletions = 4\n[tool.tfclean.plan]\nmax-deletions = 5\n', name)
    config = None if name == "pyproject.toml" else name
    assert (parsed("destroy", config=config).max_deletions, parsed("plan", config=config).max_deletions) == (4, 5)


def test_a_pyproject_without_our_table_is_none_of_our_business() -> None:
    write("[project\nbroken", "pyproject.toml")
    assert find(None) == Settings()
    write("# tfclean\n[project]\n", "pyproject.toml")
    assert find(None) == Settings()


def test_two_files_with_settings_are_an_error_unless_one_is_chosen() -> None:
    write("max-deletions = 1\n")
    write("[tool.tfclean]\nmax-deletions = 2\n", "pyproject.toml")
    with pytest.raises(InputError, match=r"both tfclean\.toml and"):
        find(None)
    assert parsed("plan", config="pyproject.toml").max_deletions == 2
    assert find(None, none=True) == Settings()


@pytest.mark.parametrize("key", sorted(NEVER))
@pytest.mark.parametrize("table", ["", "destroy"])
def test_what_approves_or_widens_is_never_set_by_a_file(key: str, table: str) -> None:
    text = f"[{table}]\n{key} = true\n" if table else f"\n{key} = true\n"
    told = wrong(text)
    assert told.startswith(f"tfclean.toml, line 2: {f'{table}.' if table else ''}{key} cannot be set in a file: {NEVER[key]}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max-deletion = 3", 'tfclean.toml, line 1: max-deletion is no option of any command; did you mean "max-deletions"?'),
        ("max_deletions = 3", 'did you mean "max-deletions"?'),
        ("\n[destory]\ntimeout = 3", 'tfclean.toml, line 2: destory is no option of any command; did you mean "destroy"?'),
        ("[diff]\ntimeout = 3", "tfclean.toml, line 2: diff.timeout is no option of tfclean diff"),
        ("qqqqqq = 3", "line 1: qqqqqq is no option of any command"),
        ("[sub.deeper]\nx = 3", "sub is no option"),
        ('max-deletions = "3"', "must be a whole number"),
        ("max-deletions = true", "must be a whole number"),
        ("max-deletions = -1", '"-1" is no number'),
        ("max-deletions = 1.5", "must be a whole number"),
        ('all-or-none = "yes"', "must be true or false"),
        ("keep = 3", "must be a list of texts"),
        ('keep = ["a", 3]', "must be a list of texts"),
        ('keep = ["a", ""]', "must be a list of texts"),
        ("[keep]\nx = 1", "must be a list of texts"),
        ('timeout = "soon"', '"soon" is no duration'),
        ("timeout = true", "must be a text"),
        ("timeout = 1979-05-27", "must be a text"),
        ("ignore-file = 3", "must be a text"),
        ('[graph]\nonly = "x"', "line 2: graph.only must be one of"),
        ('ignore-file = ""', "must be a text"),
        ("cloud = 3", "must be a text"),
        ('output = ["json=a", "xml=b"]', 'tfclean.toml, line 1: output has no format "xml"; the formats are console, json'),
        ("os-password = 'x'", "is no option"),
        ("x = ", "tfclean.toml: is no TOML: Invalid value (at"),
        (f"x = {'[' * 4000}", "tfclean.toml: is"),
    ],
)
def test_what_does_not_fit_is_an_error_with_its_place(text: str, told: str) -> None:
    assert told in wrong(text)


def test_the_tables_of_other_commands_are_checked_too() -> None:
    assert "tfclean.toml, line 2: plan.tiemout is no option of tfclean plan" in wrong("[plan]\ntiemout = 3\n", "diff")


@pytest.mark.parametrize(
    ("text", "told"),
    [("tool = 3\ntfclean = 1", "has no table"), ("[tool]\ntfclean = 3", "must be a table"), ("[tool.other]\nx = 1", "has no table")],
)
def test_a_pyproject_that_was_asked_for_has_to_have_our_table(text: str, told: str) -> None:
    write(text, "pyproject.toml")
    with pytest.raises(InputError, match=told):
        find("pyproject.toml")


def test_a_file_that_was_asked_for_has_to_be_there() -> None:
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        find("none.toml")


def test_a_broken_link_is_no_missing_file(place: Path) -> None:
    (place / "tfclean.toml").symlink_to(place / "gone")
    with pytest.raises(InputError, match="cannot be read"):
        find(None)


def test_what_is_no_text_is_told() -> None:
    Path("tfclean.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no text in UTF-8"):
        find(None)


def test_the_environment_and_the_command_line_say_which_cloud_before_a_file_does(monkeypatch: pytest.MonkeyPatch) -> None:
    write('cloud = "ci"\nregion = "two"\n')
    assert parsed("diff").os == {"cloud": "ci", "region_name": "two"}
    assert parsed("diff", os={"cloud": "mine"}).os == {"cloud": "mine"}
    assert parsed("diff", os={"region_name": "one"}).os == {"cloud": "ci", "region_name": "one"}
    monkeypatch.setenv("OS_AUTH_URL", "http://h/v3")
    assert parsed("diff").os == {}


def test_lines_are_found_under_quotes_and_in_tables() -> None:
    text = '# keep = 1\n"max-deletions" = 1\n[ plan ] # here\n timeout=3\n[[tool."tfclean"]]\n\'x\' = 1\n'
    places = [("", "max-deletions"), ("plan", "timeout"), ("tool.tfclean", "x"), ("", "plan"), ("", "keep"), ("plan", "x")]
    assert [line_of(text, *place) for place in places] == [2, 4, 6, 3, None, None]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from([*COMMANDS, "keep", "max-deletions", "timeout", "paths", "output", "cloud", "also", "verbose"]) | st.text(max_size=5)


@settings(deadline=None)
@given(st.dictionaries(keys, values | st.dictionaries(keys, values, max_size=2), max_size=3))
def test_any_table_is_defaults_or_one_sentence(table: dict[str, Any]) -> None:
    module = load("destroy")
    try:
        Settings("tfclean.toml", table).prepare("destroy", module, module.parser())
    except InputError as error:
        told = str(error)
    else:
        told = "tfclean.toml: "
        assert not {key for key, value in table.items() if not isinstance(value, dict)} & NEVER.keys()
        assert not {*(table.get("destroy") or ())} & NEVER.keys()
    assert told.startswith("tfclean.toml: ")


def test_which_file_is_said_on_the_command_line() -> None:
    assert (understand(["--config", "f", "diff"]).config, understand(["diff", "--config=f"]).config) == ("f", "f")
    assert understand(["diff", "--no-config"]).no_config
    assert understand(["diff", "--", "--no-config"]).no_config is False
    for both in (["diff", "--config"], ["diff", "--config", "--json"], ["diff", "--config", "f", "--no-config"]):
        with pytest.raises(UsageError):
            understand(both)


def test_settings_and_rules_of_a_directory_hold_for_what_runs_there(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live = inventory_file(inventory("drifted"), place / "live.json")
    write(f'paths = ["{STATE}"]\noutput = ["json=out.json"]\n')
    assert main(["diff", "--inventory", str(live)]) == 1
    before = json.loads(Path("out.json").read_text())["resources"]
    problems = [r for r in before if r["problem"]]
    assert len(problems) > 3
    Path(arguments.IGNORE_FILE).write_text("*\n")
    assert main(["diff", "--inventory", str(live)]) == 0
    after = json.loads(Path("out.json").read_text())["resources"]
    assert [r["id"] for r in after] == [r["id"] for r in before]
    assert {r["keep"] for r in after if r["verdict"] == "protected"} >= {"ignored by .tfcleanignore, line 1"}
    assert main(["plan", "--inventory", str(live)]) == 0
    assert json.loads(Path("out.json").read_text())["steps"] == []
    Path("others").write_text(f"{NETWORK}.none-of-these\n")
    assert main(["diff", "--inventory", str(live), "--ignore-file", "others"]) == 1
    Path("others").write_text("network.prot.x\n")
    assert main(["diff", "--inventory", str(live), "--ignore-file", "others"]) == 2
    assert 'others, line 1: no type or kind is called "network.prot"; did you mean "network.port"?' in capsys.readouterr().err
    assert main(["diff", "--inventory", str(live), "--no-config", "-o", "json"]) == 2
    write("nonsense = 1\n")
    assert main(["diff", "--help"]) == 0
    assert main(["diff"]) == 2


def test_a_keep_tag_needs_a_name(place: Path) -> None:
    live = inventory_file(inventory("drifted"), place / "live.json")
    assert main(["diff", str(STATE), "--inventory", str(live), "--keep-tag", " "]) == 2
