"""A working directory in, what ``terraform state pull`` or ``tofu state pull`` prints there out.

The command reads: it takes no lock, starts no provider and writes nothing. ``init`` is never run, and the environment is left as it is,
for the backend's credentials are in it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tfclean.terraform.backends.stored import Stored, Unresolved
from tfclean.terraform.pointer import Pointer

TIMEOUT = 120.0
"""Seconds after which the program is ended."""

LARGEST = 1024 * 1024 * 1024
"""Bytes of a state that are taken."""

_MOST_WORDS = 64 * 1024
_LONGEST = 300
_TOFU = b"registry.opentofu.org"
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]|[╷│╵]")
_USERINFO = re.compile(r"//[^/\s@]+@")
_PAIR = re.compile(r"(?i)((?:pass(?:word|phrase)?|secret|token|key)\w*\s*[=:]\s*)\S+")


def stored(told: Pointer, directory: Path, environ: Mapping[str, str], *, timeout: float = TIMEOUT, largest: int = LARGEST) -> Stored:
    """Run ``state pull``.

    Args:
        told: the directory's backend pointer.
        directory: where Terraform was run.
        environ: the environment that the program gets, as it is.
        timeout: seconds after which the program is ended.
        largest: bytes after which it is ended.

    Returns:
        What it printed.

    Raises:
        Unresolved: the program is not there, fails, prints too much or takes too long.
    """
    program = _program(directory, environ)
    name = Path(program).name
    late = threading.Event()
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(  # noqa: S603 - found on the user's own PATH, with arguments of ours
            [program, "state", "pull"],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            # what it starts in turn is ended with it
            start_new_session=True,
        ) as process,
    ):

        def end() -> None:
            late.set()
            _kill(process)

        watch = threading.Timer(timeout, end)
        watch.start()
        try:
            assert process.stdout is not None
            data = process.stdout.read(largest + 1)
            if len(data) > largest:
                raise Unresolved(f"`{name} state pull` printed more than {largest // 2**20} MiB")
            code = process.wait()
        finally:
            watch.cancel()
            if process.poll() is None:
                _kill(process)
        words.seek(0)
        said = words.read(_MOST_WORDS)
    if late.is_set():
        raise Unresolved(f"`{name} state pull` did not end within {timeout:g} s")
    if code:
        raise Unresolved(f"`{name} state pull` failed: {_sentence(said, told)}")
    return Stored(told.where or f"the {told.backend} backend", data.strip())


def _program(directory: Path, environ: Mapping[str, str]) -> str:
    """Find the program whose registry the directory's providers are from, or the other one."""
    try:
        tofu = _TOFU in (directory / ".terraform.lock.hcl").read_bytes()
    except OSError:
        tofu = False
    for name in ("tofu", "terraform") if tofu else ("terraform", "tofu"):
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
        # a program that lies in the directory itself is part of what is to be read
        if found and Path(found).is_absolute():
            return found
    raise Unresolved("neither terraform nor tofu is on the PATH to ask it: give it with `terraform state pull > FILE` and name that file")


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _sentence(words: bytes, told: Pointer) -> str:
    """Say what the program said, in one line and without what must not be shown."""
    lines = [" ".join(line.split()) for line in _ESCAPES.sub(" ", words.decode("utf-8", "replace")).splitlines()]
    lines = [line for line in lines if line]
    start = next((at for at, line in enumerate(lines) if line.startswith("Error: ")), 0)
    said = " ".join(lines[start : start + 4]).removeprefix("Error: ")
    for secret in sorted(told.hidden, key=len, reverse=True):
        said = said.replace(secret, "***")
    said = _PAIR.sub(r"\1***", _USERINFO.sub("//***@", said))
    return (said[:_LONGEST].rstrip(".") + ("..." if len(said) > _LONGEST else "")) or "it does not say why"
