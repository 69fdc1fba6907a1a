"""A pytest session that applies a Terraform job and leaves nothing behind, whatever happens in between.

Copy it into a ``conftest.py``. It needs ``terraform`` on the path and the cloud in ``OS_*`` variables, as Terraform itself does::

    pytest --job ./infrastructure

What Terraform's own destroy leaves, because an apply was killed, a state was lost, or a test plugged something in, tfclean deletes:
only what is this job's, in an order that works, with a proof at the end.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import tfclean


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the job be named on the command line."""
    parser.addoption("--job", default=".", help="directory of the Terraform job")


@pytest.fixture(scope="session")
def job(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Give the directory of the applied job; afterwards nothing of it is left."""
    folder = Path(request.config.getoption("--job")).resolve()
    log = folder / "apply.log"
    try:
        # The log is evidence: it names what the state may not know yet.
        with log.open("wb") as out:
            subprocess.run(["terraform", "apply", "-input=false", "-auto-approve", "-json"], cwd=folder, stdout=out, check=True)
        yield folder
    finally:
        subprocess.run(["terraform", "destroy", "-input=false", "-auto-approve"], cwd=folder, check=False)
        clean(folder)


def clean(folder: Path) -> None:
    """Delete what is left of the job, tell what is done as it happens, and fail the session if anything stays."""
    with tfclean.watching(tfclean.destroy, folder, approve=lambda plan: len(plan.steps) < 200) as run:
        for event in run:
            if event.target is not None and event.type in ("gone", "blocked", "failed"):
                print(f"tfclean: {event.type}: {event.target}")
    result = run.result
    if not result.proven:
        left = ", ".join(str(kept.target) for kept in result.leftovers)
        pytest.fail(f"{result.message} Left: {left or 'unknown'}. Go on with: tfclean resume {result.journal}")
