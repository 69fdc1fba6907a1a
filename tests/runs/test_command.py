"""What is known of a command line, and what of it may be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.runs.command import Command, redacted, understand


@pytest.mark.parametrize(
    ("line", "engine", "does", "directory"),
    [
        ("terraform apply -auto-approve", "terraform", "apply", "."),
        ("/opt/bin/tofu -chdir=infra/a destroy", "tofu", "destroy", "infra/a"),
        ("terraform -chdir=x", "terraform", "", "x"),
        ("terragrunt apply", "", "", "."),
        ("make terraform", "", "", "."),
    ],
)
def test_an_engine_is_known_by_its_name_and_tells_where_it_works(line: str, engine: str, does: str, directory: str) -> None:
    found = understand(line.split())
    assert (found.engine, found.does, found.directory) == (engine, does, Path(directory))
    assert found.argv == tuple(line.split())


def test_named_states_and_plans_are_meant_from_where_the_engine_works() -> None:
    found = understand(["terraform", "-chdir=d", "apply", "-state=a.tfstate", "-state-out", "/b.tfstate", "-input=false", "p.tfplan"])
    assert found.states == (Path("d/a.tfstate"), Path("/b.tfstate"))
    assert found.plan == Path("d/p.tfplan")
    assert understand(["terraform", "destroy", "x"]).plan is None
    assert understand(["terraform", "apply", "-auto-approve"]).plan is None


@pytest.mark.parametrize(
    ("line", "matters"),
    [("terraform apply", True), ("tofu destroy", True), ("terraform plan", False), ("make", True), ("terraform", False)],
)
def test_only_what_may_leave_something_behind_needs_a_word_afterwards(line: str, matters: bool) -> None:
    assert understand(line.split()).matters is matters


SECRET = "hunter2"


@pytest.mark.parametrize(
    "argv",
    [
        ["terraform", "apply", "-var", f"db_password={SECRET}"],
        ["terraform", "apply", f"-var=token={SECRET}"],
        ["terraform", "apply", "-var", f'db={{host="h",password="{SECRET}"}}'],
        ["terraform", "apply", "-var", f'{{"api_key": "{SECRET}"}}'],
        ["terraform", "init", f"-backend-config=password={SECRET}"],
        ["terraform", "init", f"-backend-config=address=https://me:{SECRET}@host/state?token={SECRET}"],
        ["terraform", "init", f"-backend-config=address=https://host/state?private_token={SECRET}"],
        ["make", f"OS_PASSWORD={SECRET}", "apply"],
        ["job", "--password", SECRET],
        ["job", f"--secret-key={SECRET}"],
        ["sh", "-c", f"export TOKEN={SECRET}; terraform apply"],
        ["sh", "-c", f"job --password {SECRET} && terraform apply"],
        ["sh", "-c", f"curl http://me:{SECRET}@host/x"],
    ],
    ids=lambda argv: " ".join(argv).replace(SECRET, "X"),
)
def test_no_secret_of_a_command_line_is_kept(argv: list[str]) -> None:
    kept = redacted(argv)
    assert SECRET not in " ".join(kept)
    assert kept[0] == argv[0]
    assert len(kept) == len(argv)


def test_what_is_no_secret_is_kept_as_it_was() -> None:
    argv = ["terraform", "-chdir=a", "apply", "-var", "cluster_name=800017", "-var-file", "secret.tfvars", "-state=a b", "x:y"]
    assert redacted(argv) == tuple(argv)


@given(st.lists(st.text(min_size=1), min_size=1))
def test_any_command_line_can_be_kept_and_understood(argv: list[str]) -> None:
    assert len(redacted(argv)) == len(argv)
    assert isinstance(understand(argv), Command)
