"""The CI templates: their scripts, run as each system runs them, around an engine of ours and a cloud on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.ci import scripts
from tests.ci.scripts import CI
from tests.exhaustive import lengthy
from tests.runs.engine import also
from tests.runs.left import Cloud, left
from tfclean.simulator.story import JOB

SHELLCHECK = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
GITLAB, KUBESPRAY = "gitlab/tfclean.gitlab-ci.yml", "kubespray/terraform.yml"


class Runner:
    """What all CI systems have in common: a directory, an environment, and a shell for each script."""

    def __init__(self, cloud: Cloud, *, place: str = ".", name: str = "terraform") -> None:
        self.cloud, self.name = cloud, name
        self.work = cloud.job / place
        self.work.mkdir(parents=True, exist_ok=True)
        self.bin = cloud.folder / "bin"
        self.temporary = cloud.folder / "temporary"
        self.temporary.mkdir()

    def prepare(self, how: str) -> dict[str, str]:
        """Give the engine its part, and the environment that leads to it.

        Args:
            how: ``whole`` makes the twin's objects; ``failed`` and ``killed`` leave what the other job left.
        """
        traces = self.cloud.story.twin if how == "whole" else self.cloud.story.job
        state = [("copy", traces / "terraform.tfstate", "terraform.tfstate")]
        apply: list[tuple[object, ...]] = {
            "whole": state,
            "failed": [("show", traces / "apply.log"), ("copy", traces / "plan.json", "plan.json"), *state, ("exit", 1)],
            "killed": [
                ("show", traces / "apply.log"),
                ("copy", traces / "plan.json", "plan.json"),
                ("empty", "terraform.tfstate"),
                ("kill", int(signal.SIGKILL)),
            ],
        }[how]
        program = also(self.bin_made(), "apply", *apply, name=self.name)
        also(self.bin, "init", ("exit", 0), name=self.name)
        also(self.bin, "destroy", ("print", "Error: a conflict"), ("exit", 1), name=self.name)
        tfclean = self.bin / "tfclean"
        tfclean.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfclean "$@"\n')
        tfclean.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OS_", "TF_", "GITHUB_", "CI_"))}
        here = {"OS_CLIENT_CONFIG_FILE": "/nonexistent", "PYTHONPATH": str(CI.parent), "CI_PROJECT_DIR": str(self.cloud.job)}
        return {**kept, **here, **self.cloud.environment(program)}

    def bin_made(self) -> Path:
        self.bin.mkdir(exist_ok=True)
        return self.bin

    def sh(self, script: str, env: Mapping[str, str], *, shell: tuple[str, ...] = ("bash",), cwd: Path | None = None) -> int:
        """Run a script from a file, as all of them do; give its exit code."""
        file = self.temporary / "script.sh"
        file.write_text(script)
        done = subprocess.run(
            [*shell, str(file)],
            cwd=cwd or self.cloud.job,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stdout + done.stderr
        assert "Traceback" not in self.said, self.said
        assert "command not found" not in self.said, self.said
        return done.returncode

    def left(self, env: Mapping[str, str]) -> dict[str, int]:
        """Give what tfclean itself says is left of the job."""
        done = subprocess.run(
            ["tfclean", "diff", str(self.work), "-json"], cwd=self.cloud.job, env=dict(env), capture_output=True, text=True, check=False
        )
        assert done.stdout, done.stderr
        summary: dict[str, int] = json.loads(done.stdout)["summary"]
        return {verdict: summary[verdict] for verdict in ("managed", "zombie", "possible", "drifted") if summary.get(verdict)}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with left(tmp_path) as found:
        yield found


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud whose jobs were started five hours ago."""
    with left(tmp_path, timedelta(hours=5)) as found:
        yield found


HOW = pytest.mark.parametrize("how", [lengthy("whole"), lengthy("failed"), "killed"])
ALL = {"TFCLEAN_OPTIONS": "--include-possible"}


def check(runner: Runner, how: str, env: Mapping[str, str]) -> None:
    """Look at the cloud: all of the job is gone, and nothing of the other one."""
    gone = runner.cloud.gone()
    assert len(gone) > 10, runner.said
    assert runner.left(env) == {}
    if how == "whole":
        assert not [change for change in runner.cloud.wire.world.audit if change.action == "deleted" and JOB in str(change.before)]
    else:
        assert not gone & runner.cloud.story.twins


@HOW
def test_gitlab_a_job_cleans_up_after_itself_and_another_makes_sure(how: str, cloud: Cloud) -> None:
    runner = Runner(cloud)
    job, verify = scripts.gitlab(GITLAB, ".tfclean"), scripts.gitlab(GITLAB, ".tfclean-verify")
    env = {**runner.prepare(how), **job.variables}
    assert runner.sh(job.script, env) == {"whole": 0, "failed": 1, "killed": 137}[how]
    expected = 0 if how == "whole" else 1
    # the two floating IPs without a name are left to people
    assert runner.sh(job.after, env) == expected, runner.said
    assert runner.sh(verify.script, {**env, **verify.variables}) == expected, runner.said
    assert ET.parse(cloud.job / "tfclean.xml").getroot().tag == "testsuites"
    assert (cloud.job / "tfclean.md").stat().st_size
    assert runner.sh(job.after, {**env, **ALL}) == 0, runner.said
    check(runner, how, env)


@pytest.mark.lengthy
def test_gitlab_artifacts_hold_all_that_another_job_needs(cloud: Cloud, tmp_path: Path) -> None:
    runner = Runner(cloud)
    job = scripts.gitlab(GITLAB, ".tfclean")
    env = {**runner.prepare("killed"), **job.variables}
    runner.sh(job.script, env)
    there = tmp_path / "there"
    for pattern in job.body["artifacts"]["paths"]:
        for path in cloud.job.glob(pattern.removesuffix("/")):
            for file in [path, *path.rglob("*")] if path.is_dir() else [path]:
                if file.is_file():
                    (there / file.relative_to(cloud.job)).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file, there / file.relative_to(cloud.job))
    verify = scripts.gitlab(GITLAB, ".tfclean-verify")
    assert runner.sh(verify.script, {**env, **verify.variables}, cwd=there) == 1, runner.said
    assert len(cloud.gone()) > 10
    assert not cloud.gone() & cloud.story.twins


def test_gitlab_without_tfclean_or_a_place_to_get_it_from_nothing_is_applied(cloud: Cloud) -> None:
    runner = Runner(cloud)
    job = scripts.gitlab(GITLAB, ".tfclean")
    env = {**runner.prepare("whole"), **job.variables}
    (runner.bin / "tfclean").unlink()
    env["PATH"] = f"{runner.bin}:/usr/bin:/bin"
    assert runner.sh(job.script, env) != 0
    assert "TFCLEAN_PACKAGE: where pip gets tfclean from" in runner.said
    assert not (cloud.job / "terraform.tfstate").exists()


def names(cloud: Cloud) -> set[str]:
    return {str((change.before or {}).get("name", "")) for change in cloud.wire.world.audit if change.action == "deleted"}


@pytest.mark.parametrize("system", ["gitlab", *map(lengthy, ("github", "jenkins", "zuul", "kubespray"))])
def test_a_janitor_takes_what_is_old_and_nothing_that_is_young(system: str, cloud: Cloud) -> None:
    assert sweep(system, Runner(cloud)) == 0
    assert cloud.gone() == set()


@pytest.mark.parametrize("system", [*map(lengthy, ("gitlab", "github")), "jenkins", *map(lengthy, ("zuul", "kubespray"))])
def test_a_janitor_takes_both_old_jobs_and_leaves_what_they_had_in_common(system: str, old: Cloud) -> None:
    runner = Runner(old)
    assert sweep(system, runner) in (0, 1), runner.said
    assert {f"ci-{JOB}", "ci-800018"} <= names(old), runner.said
    assert "shared" not in names(old)


def sweep(system: str, runner: Runner, options: str = "") -> int:
    """Run the janitor of a system."""
    env = runner.prepare("whole")
    if system in ("gitlab", "kubespray"):
        job = scripts.gitlab(*{"gitlab": (GITLAB, "tfclean-janitor"), "kubespray": (KUBESPRAY, "tf-elastx_cleanup")}[system])
        return runner.sh(job.script, {**env, **job.variables, "TFCLEAN_OPTIONS": options})
    if system == "github":
        return action(runner, env, command="sweep", options=options)
    if system == "jenkins":
        (script,) = scripts.jenkins("Janitor.Jenkinsfile")
        given = {**scripts.jenkins_environment("Janitor.Jenkinsfile"), "TFCLEAN_OPTIONS": options}
        return runner.sh(script, {**env, **given, "OS_CLOUD": ""}, shell=("sh", "-xe"))
    return zuul(runner, env, tfclean_command="sweep", tfclean_options=options)


@pytest.mark.parametrize("system", ["gitlab", *map(lengthy, ("github", "jenkins", "zuul"))])
def test_options_with_signs_of_the_shell_are_words_and_nothing_else(system: str, old: Cloud) -> None:
    runner = Runner(old)
    (old.job / "xtouch").touch()
    sweep(system, runner, "--keep .* --keep x* --keep $(touch${IFS}/tmp/never)`id`")
    assert old.gone() == set(), runner.said
    assert "sweep" not in runner.said or "does not know" not in runner.said


def action(runner: Runner, env: Mapping[str, str], **inputs: str) -> int:
    """Run the composite action as GitHub does: each step a shell, files for what it tells."""
    place = runner.temporary
    files = {name: str(place / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_PATH")}
    code = 0
    for script, more in scripts.github_action({name.replace("_", "-"): value for name, value in inputs.items()}):
        code = runner.sh(
            script, {**env, **files, "RUNNER_TEMP": str(place), **more}, shell=("bash", "--noprofile", "--norc", "-eo", "pipefail")
        )
        if code:
            break
    return code


@HOW
def test_github_the_action_deletes_what_a_job_left_and_tells_the_summary(how: str, cloud: Cloud) -> None:
    runner = Runner(cloud)
    env = runner.prepare(how)
    steps = scripts.github_workflow()
    runner.sh(steps["Apply"], env, shell=("bash", "-e"))
    assert runner.sh(steps["Destroy"], env, shell=("bash", "-e")) == 1
    (runner.temporary / "GITHUB_STEP_SUMMARY").write_text("# before\n")
    assert action(runner, env, options="--include-possible") == 0, runner.said
    check(runner, how, env)
    summary = (runner.temporary / "GITHUB_STEP_SUMMARY").read_text()
    assert summary.startswith("# before\n")
    assert len(summary) > 100
    assert (runner.temporary / "GITHUB_OUTPUT").read_text() == "exit-code=0\n"


@pytest.mark.lengthy
def test_github_what_is_left_fails_the_step_and_is_told(cloud: Cloud) -> None:
    runner = Runner(cloud)
    env = runner.prepare("killed")
    runner.sh(scripts.github_workflow()["Apply"], env, shell=("bash", "-e"))
    assert action(runner, env) == 1
    assert (runner.temporary / "GITHUB_OUTPUT").read_text() == "exit-code=1\n"
    assert (runner.temporary / "GITHUB_STEP_SUMMARY").stat().st_size
    assert action(runner, env, command="nonsense") == 2
    assert "::error::" in runner.said
    before = cloud.gone()
    assert action(runner, env, command="diff") == 1
    assert cloud.gone() == before


def test_github_a_cancellation_reaches_terraform_because_the_step_is_tfclean(cloud: Cloud) -> None:
    runner = Runner(cloud)
    env = runner.prepare("whole")
    also(runner.bin, "apply", ("forever",))
    script = runner.temporary / "step.sh"
    script.write_text(scripts.github_workflow()["Apply"])
    with subprocess.Popen(["bash", "-e", str(script)], cwd=cloud.job, env=env, stdout=subprocess.PIPE, text=True) as step:
        while not (cloud.job / "waiting").exists():
            assert step.poll() is None
        step.send_signal(signal.SIGINT)  # to the entry process alone
        out, _ = step.communicate()
    assert "Interrupt received. SIGINT" in out
    assert step.returncode == 1


@pytest.mark.lengthy
@HOW
def test_jenkins_post_always_deletes_what_a_build_left(how: str, cloud: Cloud) -> None:
    runner = Runner(cloud)
    env = {**runner.prepare(how), **scripts.jenkins_environment("Jenkinsfile"), "OS_CLOUD": ""}
    apply, test, post = scripts.jenkins("Jenkinsfile")
    assert test == "./test.sh"
    assert runner.sh(apply, env, shell=("sh", "-xe")) == {"whole": 0, "failed": 1, "killed": 137}[how]
    assert runner.sh(post, env, shell=("sh", "-xe")) == (0 if how == "whole" else 1), runner.said
    assert ET.parse(cloud.job / "tfclean.xml").getroot().tag == "testsuites"
    assert (cloud.job / "tfclean.html").stat().st_size
    assert len(cloud.gone()) > 10
    if how != "whole":
        assert not cloud.gone() & cloud.story.twins


def zuul(runner: Runner, env: Mapping[str, str], **settings: str) -> int:
    """Run the role's script as Ansible's shell module does."""
    logs = runner.temporary / "logs"
    logs.mkdir(exist_ok=True)
    script, more = scripts.zuul_role({**settings, "tfclean_log_directory": str(logs)})
    return runner.sh(script, {**env, **more}, shell=("/bin/bash",))


@pytest.mark.lengthy
@HOW
def test_zuul_the_role_deletes_what_a_job_left(how: str, cloud: Cloud) -> None:
    runner = Runner(cloud)
    env = runner.prepare(how)
    (apply,), (destroy,) = scripts.zuul_playbook("run.yaml"), scripts.zuul_playbook("post.yaml")
    assert runner.sh(apply, env, shell=("/bin/bash",)) == {"whole": 0, "failed": 1, "killed": 137}[how]
    runner.sh(destroy, env, shell=("/bin/bash",))
    assert zuul(runner, env, tfclean_options="--include-possible") == 0, runner.said
    check(runner, how, env)
    assert {path.name for path in (runner.temporary / "logs").iterdir()} == {"tfclean.xml", "tfclean.html"}
    assert zuul(runner, env, tfclean_command="nonsense") == 2


@pytest.mark.lengthy
@HOW
def test_kubespray_a_job_deletes_its_cluster_and_no_other(how: str, cloud: Cloud) -> None:
    place = "contrib/terraform/openstack"
    runner = Runner(cloud, place=place, name="tofu")
    job = scripts.gitlab(KUBESPRAY, "tf-elastx_ubuntu24-calico")
    tests = cloud.job / "tests" / "scripts" / "testcases_run.sh"
    tests.parent.mkdir(parents=True)
    tests.write_text("#!/bin/sh\ntouch tested\n")
    tests.chmod(0o755)
    env = {**runner.prepare(how), "CI_JOB_ID": JOB}
    env |= {name: re.sub(r"\$([A-Z_]+)", lambda found: env[found[1]], value) for name, value in job.variables.items()}
    assert runner.sh(job.script, env) == {"whole": 0, "failed": 1, "killed": 137}[how], runner.said
    assert (cloud.job / "tested").exists() is (how == "whole")
    assert re.fullmatch(r'subnet_cidr = "10\.\d+\.\d+\.0/24"\n', (runner.work / "job.auto.tfvars").read_text())
    assert runner.sh(job.after, env) == (0 if how == "whole" else 1), runner.said
    assert len(cloud.gone()) > 10
    assert set(runner.left(env)) <= {"possible"}
    if how != "whole":
        assert not cloud.gone() & cloud.story.twins


@pytest.mark.parametrize("name", scripts.everything())
def test_every_script_is_sound(name: str) -> None:
    script = scripts.everything()[name]
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert SHELLCHECK, "shellcheck is one of the test dependencies"
    shell = "sh" if name.startswith("jenkins") else "bash"
    # SC2164: all of these shells end where a `cd` fails
    done = subprocess.run([SHELLCHECK, "-s", shell, "-e", "SC2164", "-"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_template_says_at_its_head_what_it_is() -> None:
    for path in CI.rglob("*"):
        if path.is_file() and path.suffix != ".rst" and path.name != "main.yaml":
            lines = [line for line in path.read_text().splitlines() if line != "---"]
            head = [line for line in lines[:6] if line.startswith(("# ", "// "))]
            assert len(head) >= 3, path
            assert max(map(len, lines)) <= 140, path


def test_no_input_of_the_action_is_part_of_a_script() -> None:
    told = yaml.safe_load((CI / "github" / "action.yml").read_text())
    for step in told["runs"]["steps"]:
        assert "${{" not in step["run"]
