"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let an interrupt be one: a shell that starts something in the background has it ignored there, and in all that comes of it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
