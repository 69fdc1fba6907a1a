"""Commands that end, and services that stay."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .errors import LabError
from .settings import HOST, LOG, PIDS, VENV, tool

Word = str | int | Path

# Kept so that Python does not complain about children it forgot: they outlive us on purpose.
_children: list[subprocess.Popen[bytes]] = []


def log_file(name: str) -> Path:
    """Where the service of this name writes."""
    return LOG / f"{name}.log"


def _tail(text: str) -> str:
    return "\n".join(text.splitlines()[-15:])


def failed(name: str, what: str) -> LabError:
    """The error to raise for a service, with the last lines of its log."""
    log = log_file(name)
    text = log.read_text(errors="replace") if log.exists() else ""
    return LabError(f"{name} {what}; its log is {log}\n{_tail(text)}")


def run(*command: Word, env: Mapping[str, str] | None = None, name: str | None = None) -> str:
    """Run a command to its end and return what it printed; with a name, that goes to this name's log as well."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        raise LabError(f"{words[0]} cannot be run: {error.strerror}") from error
    if name:
        with log_file(name).open("a") as log:
            log.write(done.stdout)
    if done.returncode:
        if name:
            raise failed(name, f"failed ({' '.join(words[:6])} ended with {done.returncode})")
        raise LabError(f"{' '.join(words)} ended with {done.returncode}\n{_tail(done.stdout)}")
    return done.stdout


def spawn(name: str, *command: Word, env: Mapping[str, str] | None = None, user: str | None = None) -> None:
    """Start a service in a process group of its own, which outlives us."""
    stop(name)
    with log_file(name).open("ab") as log:
        try:
            child = subprocess.Popen(
                [str(word) for word in command],
                env={**os.environ, **(env or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        except OSError as error:
            raise LabError(f"{name}: {command[0]} cannot be run: {error.strerror}") from error
    _children.append(child)
    (PIDS / name).write_text(f"{child.pid} {_started(child.pid)}")


def spawn_wsgi(
    name: str, port: int, module: str, *, env: Mapping[str, str] | None = None, arguments: str = "", threads: int = 4, processes: int = 1
) -> None:
    """Start a web service under uwsgi."""
    # Keep-alive clients hang on uwsgi's http-socket unless every answer closes the connection.
    options: list[Word] = [
        "--http-socket",
        f"{HOST}:{port}",
        "--module",
        module,
        "--venv",
        VENV,
        "--master",
        "--lazy-apps",
        "--need-app",
        "--processes",
        processes,
        "--threads",
        threads,
        "--enable-threads",
        "--thunder-lock",
        "--buffer-size",
        65535,
        "--add-header",
        "Connection: close",
        "--disable-logging",
        "--log-5xx",
        "--hook-master-start",
        "unix_signal:15 gracefully_kill_them_all",
    ]
    if arguments:
        options += ["--pyargv", arguments]
    spawn(name, tool("uwsgi"), *options, env=env)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _started(pid: int) -> str:
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else ""


def _process(name: str) -> int | None:
    """The live process of this service. The start time tells it from a stranger that got its number later."""
    try:
        pid, _, started = (PIDS / name).read_text().partition(" ")
    except OSError:
        return None
    fields = _stat(int(pid))
    return int(pid) if fields and fields[0] != "Z" and started == fields[19] else None


def is_running(name: str) -> bool:
    """Whether the service of this name runs."""
    return _process(name) is not None


def names() -> list[str]:
    """All services that were started and not stopped."""
    return sorted(path.name for path in PIDS.glob("*"))


def _group_lives(group: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(group, os.WNOHANG)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def stop(*stopping: str) -> None:
    """End these services with everything they started: politely, and after five seconds for certain."""
    groups = [group for group in map(_process, stopping) if group]
    for number, grace in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 3.0)):
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
        end = time.monotonic() + grace
        while time.monotonic() < end and (groups := list(filter(_group_lives, groups))):
            time.sleep(0.1)
    for name in stopping:
        (PIDS / name).unlink(missing_ok=True)


def wait_until(name: str, what: str, test: Callable[[], bool], timeout: float = 180, interval: float = 0.3) -> None:
    """Wait for the service to get that far; give up early when it has ended."""
    end = time.monotonic() + timeout
    while not test():
        if not is_running(name):
            raise failed(name, "ended by itself")
        if time.monotonic() > end:
            raise failed(name, f"{what} not within {timeout:.0f} seconds")
        time.sleep(interval)


def port_answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def web_answers(url: str, timeout: float = 30) -> bool:
    """Whether a service gives any answer there but an internal error."""
    try:
        with urllib.request.urlopen(url, timeout=timeout):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


def taken(ports: Iterable[int]) -> list[int]:
    """Those of the ports where something listens already."""
    return [port for port in ports if port_answers(port)]
