"""The tier against a real OpenStack: every test here carries the marker `openstack`."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.openstack import lab as the_lab
from tests.openstack.lab.testing import LabProject

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, before `-m` chooses among them."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("openstack")
            # The SDK announces at every login what it will drop some day, used or not.
            item.add_marker(pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the lab if TFCLEAN_LAB=down, else it stays for the next session. The workers of one session share it."""
    worker = hasattr(session.config, "workerinput")
    if os.environ.get("TFCLEAN_LAB", "keep") == "down" and not worker:
        the_lab.down()


@pytest.fixture(scope="session")
def lab() -> None:
    """The lab, installed and up."""
    if why := the_lab.impossible():
        pytest.skip(why)
    the_lab.install()
    the_lab.up()


@pytest.fixture
def project(lab: None) -> Iterator[LabProject]:
    """A project of this test's own."""
    with LabProject.make(f"test-{uuid.uuid4().hex[:8]}") as made:
        yield made
