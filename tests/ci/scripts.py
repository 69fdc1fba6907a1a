"""The shell scripts in the CI templates, taken out of them as the system itself would: file and name in, text out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CI = Path(__file__).parents[2] / "ci"


class Reference(list[str]):
    """GitLab's ``!reference``."""


class _Loader(yaml.SafeLoader):
    pass


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> Reference:
    assert isinstance(node, yaml.SequenceNode)
    return Reference(loader.construct_sequence(node))


_Loader.add_constructor("!reference", _reference)


def document(name: str) -> Any:
    """Parse a template."""
    return yaml.load((CI / name).read_text(), _Loader)


@dataclass(frozen=True)
class Job:
    """A job of GitLab's, with what it extends and refers to.

    Attributes:
        variables: its own.
        script: `before_script` and `script`, which share a shell.
        after: `after_script`.
        body: all of it.
    """

    variables: dict[str, str]
    script: str
    after: str
    body: dict[str, Any]


def gitlab(name: str, job: str) -> Job:
    """Give one job of a template of GitLab's."""
    told = document(name)

    def merged(name: str) -> dict[str, Any]:
        body = told[name]
        base = merged(body["extends"]) if "extends" in body else {}
        return {**base, **body, "variables": {**base.get("variables", {}), **body.get("variables", {})}}

    def lines(found: Any) -> Iterator[str]:
        for line in found or ():
            if isinstance(line, Reference):
                yield from lines(told[line[0]][line[1]])
            else:
                yield line

    body = merged(job)
    script = "\n".join(["set -eo pipefail", *lines(body.get("before_script")), *lines(body["script"])])
    return Job(body["variables"], script, "\n".join(lines(body.get("after_script"))), body)


def github_action(inputs: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Give the scripts of the composite action with the environment of each."""
    told = document("github/action.yml")
    values = {f"inputs.{name}": inputs.get(name, body["default"]) for name, body in told["inputs"].items()}
    values["github.action_path"] = str(CI / "github")

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: values[found[1]], text)

    return [(step["run"], {name: filled(value) for name, value in step["env"].items()}) for step in told["runs"]["steps"]]


def github_workflow() -> dict[str, str]:
    """Give the scripts of the workflow's job by the names of its steps."""
    return {step["name"]: step["run"] for step in document("github/workflow.yml")["jobs"]["cluster"]["steps"] if "run" in step}


def jenkins(name: str) -> list[str]:
    """Give the scripts of a pipeline, in order."""
    text = (CI / "jenkins" / name).read_text()
    return [
        textwrap.dedent(found[1] or found[2]).replace("\\\\", "\\")
        for found in re.finditer(r"sh '''(.*?)'''|sh '([^']*)'", text, re.DOTALL)
    ]


def jenkins_environment(name: str) -> dict[str, str]:
    """Give the literal part of a pipeline's environment."""
    return dict(re.findall(r"^ +([A-Z_]+) = '([^']*)'$", (CI / "jenkins" / name).read_text(), re.MULTILINE))


def zuul_role(settings: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Give the role's script with its environment."""
    defaults = {**document("zuul/roles/tfclean-cleanup/defaults/main.yaml"), **settings}
    task = next(task for task in document("zuul/roles/tfclean-cleanup/tasks/main.yaml") if "ansible.builtin.shell" in task)
    names = task["vars"]["tfclean_settings"]
    return task["ansible.builtin.shell"]["cmd"], {name: defaults[_variable(value)] for name, value in names.items()}


def _variable(template: str) -> str:
    """Give the variable that a template of Ansible's is, and nothing else is in it."""
    found = re.fullmatch(r"\{\{ (\w+) \}\}", template)
    assert found is not None, template
    return found[1]


def zuul_playbook(name: str) -> list[str]:
    """Give the scripts of a playbook."""
    return [task["ansible.builtin.shell"]["cmd"] for play in document(f"zuul/playbooks/{name}") for task in play.get("tasks", ())]


def everything() -> dict[str, str]:
    """Give every script of every template by a name for it."""
    found: dict[str, str] = {}
    for name, jobs in (
        ("gitlab/tfclean.gitlab-ci.yml", (".tfclean", ".tfclean-verify", "tfclean-janitor")),
        ("kubespray/terraform.yml", ("tf-elastx_ubuntu24-calico", "tf-elastx_cleanup")),
    ):
        for job in jobs:
            parts = gitlab(name, job)
            found[f"{name} {job}"] = parts.script
            found[f"{name} {job} after_script"] = parts.after
    found |= {f"github/action.yml {at}": script for at, (script, _) in enumerate(github_action({}))}
    found |= {f"github/workflow.yml {name}": script for name, script in github_workflow().items()}
    for name in ("Jenkinsfile", "Janitor.Jenkinsfile"):
        found |= {f"jenkins/{name} {at}": script for at, script in enumerate(jenkins(name))}
    found["zuul role"] = zuul_role({"zuul.project.src_dir": ""})[0]
    for name in ("run.yaml", "post.yaml"):
        found |= {f"zuul/{name} {at}": script for at, script in enumerate(zuul_playbook(name))}
    return {name: script for name, script in found.items() if script}
