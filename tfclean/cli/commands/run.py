"""``tfclean run -- COMMAND``: a command of Terraform's in; the command run, its traces kept, and what to do if it failed out."""

from __future__ import annotations

import argparse
import contextlib
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.entry import main
from tfclean.cli.terminal import Terminal, perhaps_unread
from tfclean.errors import UsageError
from tfclean.terraform.secrets import is_secret_name
from tfclean.verbs.launching import BASELINE

if TYPE_CHECKING:
    from tfclean.runs.run import Ran

CLOUD = True


class _Parser(arguments.Parser):
    """Leaves what stands behind ``--`` alone: it is another program's."""

    def parse_intermixed_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        given = list(args or [])
        at = given.index("--") if "--" in given else len(given)
        if not given[at + 1 :] and not {"-h", "--help"} & set(given):
            raise UsageError("run: the command is missing; write tfclean run [OPTION...] -- terraform apply ...")
        found = super().parse_args(given[:at], namespace)
        found.command = given[at + 1 :]
        return found


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = _Parser(
        "run",
        "[OPTION...] -- COMMAND...",
        "Run Terraform so that it can be cleaned up after, whatever becomes of it.",
        """\
The command is run as it is given, and ends with the exit code it ends with. In
.tfclean/runs/ beside its state are kept, for you alone: what it printed and
when, whole copies of its local state, its command line without secrets, start
and end. diff, plan and destroy find them there, also if all was killed and the
state is empty. SIGINT, SIGTERM and SIGHUP reach it as one Ctrl-C: Terraform
stops in order and writes its state; a second one, and it stops at once.

If it fails, what to do is said: the line that cleans up. --cleanup does it at
once. It deletes all that the job made, by earlier runs too: it is for jobs that
are thrown away. A baseline is used by that line alone, never found by itself.

examples:
  tfclean run -- terraform apply -auto-approve
  tfclean run -- tofu -chdir=infra apply plan.tfplan
  tfclean run --directory infra -- make cluster
  tfclean run --cleanup --auto-approve -- terraform apply -auto-approve""",
    )
    group = made.add_argument_group("evidence")
    group.add_argument(
        "--directory", metavar="DIR", help="where the engine works, if the command goes there by itself (default: its -chdir)"
    )
    group.add_argument("--take-baseline", action="store_true", help="list what is live before: what is in it is not the run's")
    group = made.add_argument_group("if it fails")
    group.add_argument("--cleanup", action="store_true", help="delete what the job made, unless the run was asked to stop")
    group.add_argument("--auto-approve", action="store_true", help="do not ask before; needed where there is no terminal")
    group.add_argument("--timeout", metavar="TIME", type=arguments.duration, help="of the cleanup: 90, 90s, 30m, 1h")
    group = made.add_argument_group("output")
    group.add_argument("-v", "--verbose", action="store_true", help="list what is otherwise only counted")
    group.add_argument("--no-color", action="store_true", help="no colour in what tfclean itself says")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    if args.cleanup and not args.auto_approve and not terminal.interactive:
        raise UsageError("run: --cleanup asks before it deletes, and there is no terminal; --auto-approve says yes beforehand")
    if (args.auto_approve or args.timeout) and not args.cleanup:
        raise UsageError("run: --auto-approve and --timeout are of --cleanup; the command's own options stand behind the --")
    ran = verbs.run(args.command, directory=args.directory, baseline=args.take_baseline, cloud=args.os, show=_Showing(terminal))
    if ran.code and ran.command.matters:
        _after(ran, args, terminal)
    return ran.code


class _Showing:
    """Writes what the command prints to our own streams, byte by byte."""

    def __init__(self, terminal: Terminal) -> None:
        self._streams = {"stdout": terminal.stdout, "stderr": terminal.stderr}

    def __call__(self, name: str, piece: bytes) -> None:
        stream = self._streams[name]
        # A reader that went away is no reason to end a run.
        with perhaps_unread(), contextlib.suppress(BlockingIOError):
            stream.flush()
            stream.buffer.write(piece)
            stream.buffer.flush()


def _after(ran: Ran, args: argparse.Namespace, terminal: Terminal) -> None:
    """Say, or do, what cleans up."""
    asked = f", after {' and '.join(ran.record.signals)}" if ran.record.signals else ""
    terminal.complain(f"the command ended with exit code {ran.code}{asked}; its traces are in {ran.folder}")
    where = [str(ran.directory), *map(str, ran.command.states)]
    paths = [] if where == ["."] else where
    baseline = ["--baseline", str(ran.folder / BASELINE)] if args.take_baseline else []
    settings = ["--no-config"] if args.no_config else ["--config", args.config] if args.config else []
    if args.cleanup and not ran.record.signals:
        chosen = [f"--{name}" for name in ("auto-approve", "verbose", "no-color") if getattr(args, name.replace("-", "_"))]
        timeout = [f"--timeout={args.timeout:g}s"] if args.timeout else []
        terminal.complain("cleaning up, as --cleanup asks")
        main(["destroy", *paths, *baseline, *settings, *chosen, *timeout, *_cloud(args.os)])
        return
    # A password stays where it came from.
    rest = [*baseline, *settings, *_cloud({name: value for name, value in args.os.items() if not is_secret_name(name)})]
    for what, verb in (("to see what it left: ", "diff"), ("to delete all of it: ", "destroy")):
        terminal.tell(f"  {what} {shlex.join(['tfclean', verb, *paths, *rest])}\n")


def _cloud(options: Mapping[str, str]) -> list[str]:
    return [f"--os-{name.replace('_', '-')}={value}" for name, value in options.items()]
