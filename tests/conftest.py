"""What holds for all tests."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

from tests.brief import BRIEF
from tests.exhaustive import EXHAUSTIVE, examples
from tfclean.cleanup import runner


@pytest.fixture(autouse=True)
def _the_simulator_is_as_its_lists_say(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the proof of an end wait no longer for a second look than a simulator needs, which has no caches that lag behind."""
    if request.node.get_closest_marker("openstack") is None:
        monkeypatch.setattr(runner, "PROOF_PAUSE", BRIEF)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half of the time a test waits, for a pause or for another process."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is tried with all cases only."""
    if not EXHAUSTIVE and "lengthy" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("lengthy")]
        items[:] = [item for item in items if not item.get_closest_marker("lengthy")]
        config.hook.pytest_deselected(items=left_out)


settings.register_profile("steady", derandomize=True, deadline=None, max_examples=examples(100))
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("TFCLEAN_HYPOTHESIS", "steady"))
"""No test asserts seconds. A change is judged by what it changes: new examples are looked for with TFCLEAN_HYPOTHESIS=searching."""


def pytest_configure(config: pytest.Config) -> None:
    """Let a signal be one: what a shell in the background, or `nohup`, ignores is ignored in all that comes of the tests too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The process that only hands out the tests goes on when its terminal is closed, if that is what `nohup` was for.
    if config.getoption("dist", "no") == "no" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
