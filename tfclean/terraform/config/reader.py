"""A directory of configuration in, `Reading` out: planned claims of what it would make, and gaps where it does not say what or how many.

A configuration says what could have been made, not what was: of all evidence it is the weakest, and its claims are told from those of a
plan by their source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tfclean.errors import InputError
from tfclean.model import Claim, Gap, GapKind, Source, SourceKind, Variable
from tfclean.terraform.addresses import InstanceKey, instance_address, module_steps, parse
from tfclean.terraform.config.claims import claim_of, forgotten, imported, source_of
from tfclean.terraform.config.evaluate import Evaluator
from tfclean.terraform.config.expansion import Expansion
from tfclean.terraform.config.functions import Context
from tfclean.terraform.config.inputs import Inputs
from tfclean.terraform.config.instances import ModuleInstance, World
from tfclean.terraform.config.modules import SUFFIXES, Files
from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Block
from tfclean.terraform.config.values import Record, TooMuch, Work
from tfclean.terraform.reading import Reading
from tfclean.terraform.secrets import PROVIDER, Sieve

_MOST = 20_000
"""Instances of one configuration."""


def has_configuration(directory: Path) -> bool:
    """Tell whether a directory holds configuration, by the names of its files as Terraform does."""
    try:
        return any(path.name.endswith(SUFFIXES) and path.is_file() for path in directory.iterdir())
    except OSError:
        return False


def read(
    directory: Path,
    *,
    variables: Mapping[str, Variable] | None = None,
    environ: Mapping[str, str] | None = None,
    seen: Callable[[], Iterable[str]] = tuple,
) -> Reading:
    """Read and evaluate the configuration of a directory.

    Args:
        directory: the root module.
        variables: root variables by name, already in order of precedence.
        environ: the environment, for ``TF_WORKSPACE`` and ``TF_DATA_DIR``.
        seen: gives the resource instance addresses that other evidence shows: where a number is not known, these are the instances.

    Returns:
        Claims of source kind `CONFIGURATION`: planned for resources, referenced for data sources, imported and forgotten for blocks of
        these names. What cannot be read or counted is a gap; nothing is raised.
    """
    environ = environ or {}
    data = directory / (environ.get("TF_DATA_DIR") or ".terraform")
    files = Files(directory, data)
    workspace = environ.get("TF_WORKSPACE") or (files.text(data / "environment") or "").strip() or "default"
    world = World(files, Evaluator(Work()), workspace, lambda: _keys(seen()))
    return _Configuration(world, str(directory), variables or {}).reading()


def read_packed(held: Reading) -> Reading:
    """Evaluate the configuration that a plan holds.

    Args:
        held: the reading of the plan, which shows the run's variables, and every instance that there is or is to be.

    Returns:
        Claims as those of `read`, under the plan's name.
    """
    assert held.configuration is not None
    world = World(held.configuration, Evaluator(Work()), None, lambda: _keys(claim.address for claim in held.claims), whole=True)
    return _Configuration(world, held.source.path, held.variables).reading()


def beside(
    readings: Sequence[Reading],
    directories: Mapping[Path, str],
    given: Mapping[str, Variable],
    chosen: Mapping[str, Variable],
    environ: Mapping[str, str],
) -> list[Reading]:
    """Read the configurations of the directories that have one.

    Args:
        readings: what was read of other traces: they tell of variables, and of instances.
        directories: where configuration may be; with the file by which the user named the directory, if it was named by one.
        given: variables by environment and files; weaker than what the traces tell.
        chosen: variables by options; stronger.
        environ: the environment.

    Returns:
        A reading for each of them.

    Raises:
        InputError: a file that the user named cannot be read.
    """
    found = [directory for directory in directories if has_configuration(directory)]
    told = {name: value for reading in readings for name, value in reading.variables.items()} if found else {}

    def seen() -> Iterator[str]:
        return (claim.address for reading in readings for claim in reading.claims)

    # What a plan holds is what the run had; a directory may have changed since.
    out = [read(directory, variables={**given, **told, **chosen}, environ=environ, seen=seen) for directory in found]
    out += [read_packed(reading) for reading in readings if reading.configuration is not None]
    for gap in (gap for reading in out for gap in reading.gaps):
        if gap.subject in directories.values():
            raise InputError(gap.reason)
    return out


class _Configuration:
    def __init__(self, world: World, name: str, variables: Mapping[str, Variable]) -> None:
        self._name = name
        self._variables = variables
        self._world = world
        self._files = world.files
        self._sieve = Sieve()
        self._claims: list[Claim] = []
        self._gaps: list[Gap] = []

    def reading(self) -> Reading:
        try:
            self._root()
        except TooMuch as error:
            self._gap(f"{self._name} is not evaluated to its end, for {error}; what else it declares is not known.")
        for subject, reason in self._files.problems:
            self._gap(reason, subject=subject)
        source = Source(SourceKind.CONFIGURATION, self._name)
        return Reading(source, tuple(self._claims), tuple(self._gaps), whole=not self._gaps)

    def _gap(self, reason: str, kind: GapKind = GapKind.UNREADABLE, subject: str = "") -> None:
        self._gaps.append(Gap(kind, subject or self._name, reason))

    def _root(self) -> None:
        module = self._files.module(".")
        if module is None:
            return
        context = _NoFiles()
        inputs = Inputs(self._variables, module, lambda given: self._world.evaluator.value(given, Scope(Record({}), context)))
        root = ModuleInstance(self._world, module, "", inputs)
        self._claims += forgotten(root)
        taken = list(imported(root, self._sieve))
        self._claims += taken
        self._module(root, {claim.address for claim in taken})

    def _module(self, module: ModuleInstance, taken: set[str]) -> None:
        for mode, block, expansion, instances in module.resources():
            type_, name = block.labels
            if not type_.startswith(PROVIDER):
                continue
            if expansion.keys is None:
                self._uncounted(instance_address(module.path, mode, type_, name), block, expansion)
            if len(self._claims) + len(instances) > _MOST:
                raise TooMuch("it declares too many objects")
            for instance in instances.values():
                if instance.address not in taken:
                    self._claims.append(claim_of(instance, type_, self._sieve))
        for name, block, expansion, children in module.children():
            path = f"{module.path}.module.{name}" if module.path else f"module.{name}"
            if expansion.keys is None:
                self._uncounted(path, block, expansion)
            elif None in children.values():
                self._gap(f"{source_of(block)}: {path} is not on this machine, and what it declares is not known: run `init` there.")
            for child in children.values():
                if child is not None:
                    self._module(child, taken)

    def _uncounted(self, address: str, block: Block, expansion: Expansion) -> None:
        what = {"count": "count", "each": "for_each"}.get(expansion.form, "enabled")
        reason = f"{source_of(block)}: how many there are is not known, for its {what} depends on what only a run can tell."
        self._gap(reason, GapKind.NOT_COUNTED, address)


class _NoFiles(Context):
    """Values of variables cannot call functions, and so read no files."""

    def file(self, path: str) -> str | None:  # noqa: ARG002
        return None


def _keys(addresses: Iterable[str]) -> dict[tuple[str, str], tuple[InstanceKey, ...]]:
    found: dict[tuple[str, str], dict[InstanceKey, None]] = defaultdict(dict)
    for text in addresses:
        try:
            address = parse(text)
        except ValueError:
            continue
        for caller, name, key in module_steps(address.module):
            if key is not None:
                found[caller, f"module.{name}"][key] = None
        if address.mode == "managed" and address.key is not None:
            found[address.module, f"{address.type}.{address.name}"][address.key] = None
    return {place: tuple(keys) for place, keys in found.items()}
