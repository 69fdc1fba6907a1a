"""Options in; evidence, inventory, judgement and policy out, with the guards that stand before a plan."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from tfclean.errors import InputError, NothingToGoOn, Refused, UsageError
from tfclean.model import Footprint, GapKind, Inventory, Judgement, Tense
from tfclean.verbs.files import load_ignore, load_inventory
from tfclean.verbs.options import EvidenceOptions, KeepingOptions, LimitOptions, LookOptions, Paths, StrPath, Variables

if TYPE_CHECKING:
    from tfclean.cleanup.options import Options
    from tfclean.cleanup.ports import Cloud
    from tfclean.kinds.keeping import Keeping

_UNREAD = frozenset({GapKind.STATE_LOST, GapKind.ENCRYPTED, GapKind.REMOTE, GapKind.UNREADABLE})


def connect(cloud: str | Mapping[str, Any] | Cloud | None = None) -> Cloud:
    """Connect to a cloud; what already is a connection is returned as it is.

    Raises:
        CredentialsError: the cloud does not know us, or none is configured.
        Unreachable: nobody answers where the cloud should be.
    """
    if cloud is not None and not isinstance(cloud, str | Mapping):
        return cloud
    from tfclean.cloud.connection import connect as dial

    options = {"cloud": cloud} if isinstance(cloud, str) else dict(cloud or {})
    return cast("Cloud", dial(**options))


def read(paths: Paths = ".", *, variables: Variables = ()) -> Footprint:
    """Read Terraform's traces.

    Args:
        paths: directories, files, ``-`` for standard input, or URLs of http backends; by default the current directory.
        variables: root variables of the run, by name; or pairs of ``var`` or ``var-file`` and what was given with it.

    Raises:
        InputError: something that was named cannot be read.
    """
    from tfclean.terraform.read import read as footprint
    from tfclean.terraform.variables import from_options

    pairs = [("var", f"{name}={value}") for name, value in variables.items()] if isinstance(variables, Mapping) else list(variables)
    return footprint(listed(paths) or ["."], variables=from_options(pairs))


def listed(paths: Paths) -> list[str]:
    """Give paths one by one, as text."""
    return [os.fspath(paths)] if isinstance(paths, str | os.PathLike) else [os.fspath(p) for p in paths]


@dataclass(frozen=True, slots=True)
class Basis:
    """What every inventory of one command is judged by, read once.

    Attributes:
        footprint: what the job's traces say.
        protect: what those of other jobs say.
        baseline: what was live before the run.
        keeping: what stays, and is no problem, by a marker or a rule.
    """

    footprint: Footprint
    protect: tuple[Footprint, ...] = ()
    baseline: Inventory | None = None
    keeping: Keeping | None = None

    def judge(self, inventory: Inventory) -> Judgement:
        """Judge what is live."""
        from tfclean.estate.judge import judge

        return judge(self.footprint, inventory, protect=self.protect, baseline=self.baseline, keeping=self.keeping)


def basis(paths: Paths, options: EvidenceOptions) -> Basis:
    """Read all evidence, and refuse to draw conclusions from nothing: no claim is not the same as no object.

    Raises:
        NothingToGoOn: nothing but data sources, and no state that was read whole.
        InputError: a file cannot be read, or a rule of the ignore file can fit nothing.
    """
    wishes = keeping(options)
    footprint = read(paths, variables=options.get("variables", ()))
    if not footprint.complete and all(claim.tense is Tense.REFERENCED for claim in footprint.claims):
        from tfclean.terraform.remote import shown

        reasons = "; ".join(f"{gap.subject}: {gap.reason}" for gap in footprint.gaps)
        where = ", ".join(map(shown, listed(paths))) or "the current directory"
        raise NothingToGoOn(reasons or f"{where}: nothing here tells what the run made; give its state, its plan or its log")
    baseline = options.get("baseline")
    if baseline is not None and not isinstance(baseline, Inventory):
        baseline = load_inventory(baseline)
    return Basis(footprint, others(options.get("protect", ())), baseline, wishes)


def others(paths: Paths) -> tuple[Footprint, ...]:
    """Read the traces of other jobs, each by itself.

    Raises:
        InputError: one of them cannot be read whole, so that it could not be protected.
    """
    return tuple(_others(path) for path in listed(paths))


def _others(path: str) -> Footprint:
    """Read the traces of another job; what cannot be read of them cannot be protected, and so nothing goes on.

    Raises:
        InputError: its state is lost, encrypted, elsewhere or unreadable.
    """
    from tfclean.terraform.remote import shown

    try:
        footprint = read(path)
    except (InputError, NothingToGoOn) as error:
        raise InputError(f"--protect {error}") from error
    unread = next((gap for gap in footprint.gaps if gap.kind in _UNREAD), None)
    if unread is not None and not footprint.complete:
        what = "what that job manages cannot all be told, so it cannot be protected; name only files that can be read whole"
        raise InputError(f"--protect {shown(path)}: {unread.reason.rstrip('.')}; {what}")
    return footprint


def entered(cloud: str | Mapping[str, Any] | Cloud | None, options: LookOptions) -> tuple[Cloud, Inventory]:
    """Connect, and list everything."""
    tell = options.get("on_list")
    if tell is not None:
        tell(0, 0)
    connection = connect(cloud)
    return connection, everything(connection, options)


def everything(connection: Cloud, options: LookOptions) -> Inventory:
    """List everything, and tell how far that is to who wants to know, if the cloud can tell."""
    from tfclean.cleanup.ports import Telling

    tell = options.get("on_list")
    return connection.take(tell) if tell is not None and isinstance(connection, Telling) else connection.inventory()


def live(
    cloud: str | Mapping[str, Any] | Cloud | None, inventory: Inventory | StrPath | None, options: LookOptions | None = None
) -> Inventory:
    """Give the inventory that was passed or named, or list the cloud."""
    if inventory is None:
        return entered(cloud, options or {})[1]
    return inventory if isinstance(inventory, Inventory) else load_inventory(inventory)


def policy(options: LimitOptions) -> Options:
    """Give what the options allow.

    Raises:
        UsageError: a limit makes no sense.
        InputError: the ignore file cannot be read, or a rule of it can fit nothing.
    """
    from tfclean.cleanup.options import Options

    known = {field.name for field in fields(Options)}
    given = {name: value for name, value in options.items() if name in known}
    lists = {name: tuple(cast("Sequence[str]", v)) if name in ("also", "keep") else v for name, v in given.items()}
    return Options(**lists, keeping=keeping(options))  # type: ignore[arg-type]


def keeping(options: KeepingOptions) -> Keeping:
    """Give what stays by wishes that hold for every command.

    Raises:
        UsageError: a marker is empty.
        InputError: the ignore file cannot be read, or a rule of it can fit nothing.
    """
    from tfclean.kinds.ignore import Ignore, parse
    from tfclean.kinds.keeping import Keeping

    tags = tuple(options.get("keep_tags", ()))
    if not all(tag.strip() for tag in tags):
        raise UsageError("a keep tag without a name would keep nothing, or everything: name it")
    ignore = options.get("ignore")
    if ignore is None:
        return Keeping(tags=tags)
    if isinstance(ignore, str | os.PathLike):
        return Keeping(load_ignore(ignore), tags)
    return Keeping(parse("\n".join(ignore), "the rules given") if ignore else Ignore(), tags)


def refuse_locked(footprint: Footprint, *, ignore_lock: bool) -> None:
    """Refuse while a living process works on the state, or a backend says so.

    Raises:
        Refused: the state is locked.
    """
    for lock in footprint.locks:
        if not lock.held and not lock.remote:
            continue  # left behind by a run that died: a trace, and no lock
        who = f"{lock.who or 'somebody'}{f' for {lock.operation}' if lock.operation else ''}"
        since = f" since {lock.created:%Y-%m-%d %H:%M:%SZ}" if lock.created else ""
        if not lock.remote:
            raise Refused(f"{lock.path}: {who} holds the state{since}: a run is going on; wait for its end, or end it")
        if not ignore_lock:
            raise Refused(f"{lock.path}: {who} holds the state{since}; if that run is dead, go on with --ignore-lock (lock id {lock.id})")
