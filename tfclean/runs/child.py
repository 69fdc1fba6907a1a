"""A command in; the command run in a process group of its own, signals passed on to it, its exit code out.

* What asks us to stop (SIGINT, SIGTERM, or SIGHUP when the terminal goes away) reaches the command as one SIGINT for its group, which is
  what Ctrl-C in a terminal is. Terraform stops in order at the first and at once at the second; at a SIGHUP it would die as it stands, and
  a SIGTERM for the group would end its providers in the middle of a create (go-plugin ignores SIGINT alone).
* The group is the command's own, so that Ctrl-C in a terminal, or a CI system that signals a whole group, does not reach it twice. In a
  terminal it is the foreground group: questions can be answered, Ctrl-C goes to it directly, and Ctrl-Z stops it and us.
* If we are killed, Linux sends the command a SIGINT (``PR_SET_PDEATHSIG``): it stops in order and writes its state. What a wrapper
  has started itself gets only what the wrapper passes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TWICE = 1.0
"""Seconds within which the same signal is the same wish: timeout(1) sends it to us and then to our group."""
_PR_SET_PDEATHSIG = 1
_STDIN = 0


class Child:
    """A command that runs. A context manager: inside it signals are passed on.

    Args:
        argv: the command.
        files: descriptors for its stdout and stderr.
        environ: its environment; ours if not given.

    Attributes:
        asked: names of the signals by which we were asked to stop.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, argv: Sequence[str], files: Sequence[int], environ: Mapping[str, str] | None = None) -> None:
        self.asked: list[str] = []
        self._owed = 0
        self._last: dict[int, float] = {}
        self._before: dict[signal.Signals, Any] = {}
        self._ttou: Any = signal.SIG_DFL
        self._foreground = _in_foreground()
        self._argv, self._files, self._environ = argv, files, environ
        self._process: subprocess.Popen[bytes] | None = None
        self.code: int | None = None

    def __enter__(self) -> Child:
        for number in STOPPING:
            # Who was started with nohup is to outlive the terminal.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._caught)
        self._ttou = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what the user asked for
                self._argv,
                stdout=self._files[0],
                stderr=self._files[1],
                env=self._environ,
                process_group=0,
                preexec_fn=_prepared(os.getpid(), foreground=self._foreground),  # noqa: PLW1509 - no thread of ours runs yet
            )
        except BaseException:
            self._restore()
            raise
        for _ in range(self._owed):
            self._interrupt()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.code is None and self._process is not None:
            self._interrupt()
            self.code = _code(self._process.wait())
        if self._foreground:
            _to_foreground(os.getpgrp())
        self._restore()

    def poll(self) -> int | None:
        """Give the exit code as a shell tells it (128 and the signal's number if one ended it); None while it runs."""
        if self._process is None or self.code is not None:
            return self.code
        pid, status = os.waitpid(self._process.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            self._stopped()
        elif pid:
            self.code = _code(os.waitstatus_to_exitcode(status))
            self._process.returncode = self.code
        return self.code

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGTTOU, self._ttou)

    def _stopped(self) -> None:
        """Stop as well, as a job of the shell, and go on with the command when the shell says so."""
        if self._foreground:
            _to_foreground(os.getpgrp())
            os.killpg(os.getpgrp(), signal.SIGSTOP)
            # The shell has let us go on, in the foreground or behind it.
            if self._process is not None and _in_foreground():
                _to_foreground(self._process.pid)
        self._signal(signal.SIGCONT)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del frame
        now = time.monotonic()
        again = number in self._last and (now - self._last[number] < TWICE or number == signal.SIGHUP)
        self._last[number] = now
        if again:
            return
        self.asked.append(signal.Signals(number).name)
        if self._process is None:
            self._owed += 1  # there is nobody yet to pass it on to
        self._interrupt()

    def _interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def _signal(self, number: signal.Signals) -> None:
        # Not reaped yet, so that the number is still its own.
        if self._process is not None and self.code is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def _code(returned: int) -> int:
    return 128 - returned if returned < 0 else returned


def _in_foreground() -> bool:
    try:
        return os.isatty(_STDIN) and os.tcgetpgrp(_STDIN) == os.getpgrp()
    except OSError:
        return False


def _to_foreground(group: int) -> None:
    with contextlib.suppress(OSError):
        os.tcsetpgrp(_STDIN, group)


def _prepared(parent: int, *, foreground: bool) -> Callable[[], None]:
    """Give what the new process does before it becomes the command."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def prepare() -> None:
        if foreground:
            _to_foreground(os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        # Started in the background of a script, SIGINT may be ignored; it is what we stop the command by.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGINT)

    return prepare
