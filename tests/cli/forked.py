"""tfclean as a process without the second that an interpreter takes to start: one that has imported all of it forks for each run.

``python -m tests.cli.forked N`` answers requests that come over the descriptor N, each with the descriptors of its standard streams and of
the pipe on which its exit code is awaited.
"""

from __future__ import annotations

import array
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import tfclean
from tests.brief import BRIEF
from tfclean.cleanup import runner
from tfclean.cli import main

_LARGEST = 4 * 1024 * 1024
_LOCK = threading.Lock()


def run(
    arguments: Sequence[str], *, cwd: Path | None, env: Mapping[str, str], stdin: str, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run it as `subprocess.run` would run ``python -m tfclean``.

    Args:
        arguments: what follows the name of the program.
        cwd: where; here, if nothing is said.
        env: the whole environment.
        stdin: what is typed.
        timeout: seconds.

    Raises:
        subprocess.TimeoutExpired: it did not end.
    """
    with tempfile.TemporaryFile() as typed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        typed.write(stdin.encode())
        typed.seek(0)
        ended, status = socket.socketpair()
        with ended, status:
            request = json.dumps([list(arguments), os.fspath(cwd or Path.cwd()), dict(env)]).encode()
            with _LOCK:
                socket.send_fds(_server(os.getpid()), [request], [typed.fileno(), out.fileno(), err.fileno(), status.fileno()])
            status.close()
            ended.settimeout(timeout)
            process = array.array("i", ended.recv(4, socket.MSG_WAITALL))
            try:
                code = array.array("i", ended.recv(4, socket.MSG_WAITALL))
            except TimeoutError as error:
                os.kill(process[0], signal.SIGKILL)
                raise subprocess.TimeoutExpired(["tfclean", *arguments], timeout) from error
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(io.TextIOWrapper(stream, encoding="utf-8").read())
        return subprocess.CompletedProcess(["tfclean", *arguments], code[0], *texts)


@cache
def _server(owner: int) -> socket.socket:
    """Start it; of each process its own."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        ours.setsockopt(socket.SOL_SOCKET, option, _LARGEST)
    with theirs:
        # It ends when the other end is closed, at the latest with this process.
        subprocess.Popen([sys.executable, "-m", __name__, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    return ours


def _serve(requests: socket.socket) -> None:
    for module in pkgutil.walk_packages(tfclean.__path__, "tfclean."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    runner.PROOF_PAUSE = BRIEF
    while True:
        data, descriptors, _, _ = socket.recv_fds(requests, _LARGEST, 4)
        if not data:
            return
        if os.fork() == 0:
            requests.close()
            _supervise(*json.loads(data), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(arguments: list[str], cwd: str, env: dict[str, str], stdin: int, stdout: int, stderr: int, status: int) -> None:
    """Run it in a process of its own, for whoever is killed cannot tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process == 0:
        os.close(status)
        _become(arguments, cwd, env, (stdin, stdout, stderr))
    os.write(status, array.array("i", [process]).tobytes())
    _, code = os.waitpid(process, 0)
    os.write(status, array.array("i", [os.waitstatus_to_exitcode(code)]).tobytes())
    os._exit(0)


def _become(arguments: list[str], cwd: str, env: dict[str, str], streams: tuple[int, int, int]) -> None:
    """Do what a fresh interpreter does."""
    code = 1
    try:
        for at, descriptor in enumerate(streams):
            os.dup2(descriptor, at)
            os.close(descriptor)
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="strict", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        sys.argv = ["tfclean", *arguments]
        code = main()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter would
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
