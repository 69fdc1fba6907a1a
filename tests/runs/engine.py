"""An engine of our own: a program called ``terraform`` that prints what it is told, writes a state, and takes signals as Terraform does."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = '''#!{python}
"""Reads its part from the file beside it: one step a line, words separated by tabs."""
import os, signal, sys, time
from pathlib import Path

if "version" in sys.argv:
    print('{{"terraform_version": "1.11.4"}}')
    sys.exit(0)
interrupts = 0
def interrupted(number, frame):
    global interrupts
    interrupts += 1
    print("Interrupt received." if interrupts == 1 else "Two interrupts received.", signal.Signals(number).name, flush=True)
    if interrupts == 1 and Path("slow").exists():
        return
    sys.exit(1)
signal.signal(signal.SIGINT, interrupted)
signal.signal(signal.SIGTERM, interrupted)
for option in sys.argv[1:]:
    if option.startswith("-chdir="):
        os.chdir(option[7:])
does = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
part = Path(__file__).with_name("part." + does)
for line in (part if part.exists() else part.with_suffix("")).read_text().splitlines():
    step, *words = line.split("\\t")
    if step == "print":
        print(words[0], flush=True)
    elif step == "error":
        print(words[0], file=sys.stderr, flush=True)
    elif step == "show":
        print(Path(words[0]).read_text(), end="", flush=True)
    elif step == "copy":
        Path(words[1]).write_bytes(Path(words[0]).read_bytes())
    elif step == "empty":
        Path(words[0]).write_bytes(b"")
    elif step == "ask":
        print(words[0], end="", flush=True)
        print("answered " + sys.stdin.readline().strip(), flush=True)
    elif step == "touch":
        Path(words[0]).touch()
    elif step == "until":
        while not Path(words[0]).exists():
            time.sleep(0.01)
    elif step == "forever":
        Path("waiting").touch()
        while True:
            time.sleep(0.01)
    elif step == "kill":
        os.kill(os.getpid(), int(words[0]))
    elif step == "exit":
        sys.exit(int(words[0]))
'''


def engine(folder: Path, *steps: tuple[object, ...], name: str = "terraform") -> Path:
    """Make the program with its part; give its path."""
    return _written(folder, name, "part", steps)


def also(folder: Path, does: str, *steps: tuple[object, ...], name: str = "terraform") -> Path:
    """Give the program another part for one of its commands."""
    return _written(folder, name, f"part.{does}", steps)


def _written(folder: Path, name: str, part: str, steps: tuple[tuple[object, ...], ...]) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    (folder / part).write_text("".join("\t".join(map(str, step)) + "\n" for step in steps))
    return program


def reachable(program: Path) -> Mapping[str, str]:
    """Give an environment in which it is found by its name."""
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
