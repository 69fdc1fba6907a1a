"""A directory of ``.tf`` files in, one module's blocks sorted by what they declare out; what cannot be read is a problem with one sentence.

Which files are read, and how ``override.tf`` replaces what others say, follows Terraform's documentation of files and directories.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tfclean.terraform.config.syntax import Block, Body, Expression, Malformed, parse, parse_json
from tfclean.terraform.recognise import text_of

SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")
"""How the names of configuration files end."""
_SUFFIX = re.compile(r"\.(?:tf|tofu)(?:\.json)?$")
_OVERRIDE = re.compile(r"(?:^|_)override$")
_MOST_BYTES = 2 * 1024 * 1024
_MOST_FILES = 500
_MANIFEST = "modules/modules.json"


@dataclass(slots=True)
class Module:
    """What one directory declares.

    Attributes:
        directory: where it stands, relative to the root module.
        variables: by name.
        locals: expressions by name.
        resources: blocks by mode (``managed`` or ``data``), type and name.
        calls: module blocks by name.
        outputs: by name.
        imports: ``import`` blocks.
        removed: ``removed`` blocks.
    """

    directory: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Expression] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    imports: list[Block] = field(default_factory=list)
    removed: list[Block] = field(default_factory=list)


class Modules(Protocol):
    """Where the modules of a configuration come from.

    Attributes:
        problems: what could not be read: its name, and one sentence.
    """

    problems: list[tuple[str, str]]

    def module(self, directory: str) -> Module | None:
        """Give a module; None if it is not there."""
        ...

    def directory_of(self, key: str, source: object, caller: str) -> str | None:
        """Give the name by which `module` knows a called module; None if it is not there."""
        ...

    def file(self, path: str) -> str | None:
        """Give the text of a file that an expression reads; relative paths begin at the root module, as they do for Terraform."""
        ...


class Files:
    """The files of a configuration, as far as they may be read: those below its root and in directories that it names as modules.

    Links out of these are not followed, for a directory may be an artifact from anywhere.

    Args:
        root: directory of the root module.
        data: Terraform's own directory, ``.terraform`` if it is not set otherwise.
    """

    def __init__(self, root: Path, data: Path) -> None:
        self.root = root
        self.problems: list[tuple[str, str]] = []
        self._left = _MOST_BYTES
        self._modules: dict[str, Module | None] = {}
        self._places = [root.resolve()]
        self._manifest = self._read_manifest(data / _MANIFEST)

    def module(self, directory: str) -> Module | None:
        """Read a module, once.

        Args:
            directory: relative to the root.

        Returns:
            What it declares; None if there is no such directory.
        """
        if directory not in self._modules:
            self._modules[directory] = self._module(directory)
        return self._modules[directory]

    def directory_of(self, key: str, source: object, caller: str) -> str | None:
        """Find the directory of a called module.

        Args:
            key: the call's path of names, joined by dots, as in ``modules.json``.
            source: what the call says.
            caller: directory of the module that calls it.

        Returns:
            The directory, relative to the root; None if the module is not on this machine.
        """
        known = self._manifest.get(key)
        if known is None and isinstance(source, str) and source.startswith(("./", "../")):
            known = posixpath.normpath(posixpath.join(caller, source))
        if known is None:
            return None
        place = (self.root / known).resolve()
        if not place.is_dir() or not self._allowed(place, named=(self.root / known).absolute()):
            return None
        self._places.append(place)
        return known

    def file(self, path: str) -> str | None:
        """Give the text of a file that an expression reads."""
        return self.text(self.root / path)

    def text(self, path: Path) -> str | None:
        """Give the text of a file of the configuration; None if it is not there, too large, or somewhere else."""
        try:
            real = path.resolve()
            if not real.is_file() or not any(real.is_relative_to(place) for place in self._places):
                return None
            with real.open("rb") as file:
                data = file.read(self._left + 1)
        except (OSError, ValueError, RuntimeError):
            return None
        if len(data) > self._left:
            return None
        self._left -= len(data)
        return text_of(data)

    def _allowed(self, place: Path, *, named: Path) -> bool:
        """Tell whether a module's directory is where its path says: not somewhere else behind a link."""
        return any(place.is_relative_to(known) for known in self._places) or place == Path(posixpath.normpath(named))

    def _read_manifest(self, path: Path) -> dict[str, str]:
        text = self.text(path)
        try:
            entries = json.loads(text or "{}").get("Modules", [])
            return {str(entry["Key"]): posixpath.normpath(str(entry["Dir"])) for entry in entries if entry["Key"]}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.problems.append((str(path), f"{path} is no list of modules: run `terraform init` again."))
            return {}

    def _module(self, directory: str) -> Module | None:
        where = self.root / directory
        try:
            names = sorted(path.name for path in where.iterdir() if _SUFFIX.search(path.name))
        except OSError:
            return None
        return assembled(directory, names, lambda name: self._blocks(where / name))

    def _blocks(self, path: Path) -> Iterator[Block]:
        text = self.text(path)
        if text is None:
            self.problems.append((str(path), f"{path} cannot be read, and what it declares is not known: check its size and permissions."))
            return
        yield from blocks_of(text, str(path), self.problems)


def assembled(directory: str, names: Sequence[str], blocks: Callable[[str], Iterable[Block]]) -> Module:
    """Put a module together.

    Args:
        directory: where it stands.
        names: of its files, sorted.
        blocks: gives those of a file.
    """
    plain = {_SUFFIX.sub("", name) for name in names if ".tofu" in name}
    chosen = [name for name in names if ".tofu" in name or _SUFFIX.sub("", name) not in plain]
    chosen = [name for name in chosen if not name.startswith((".", "#"))][:_MOST_FILES]
    module = Module(directory)
    late = [name for name in chosen if _OVERRIDE.search(_SUFFIX.sub("", name))]
    for name in [*(name for name in chosen if name not in late), *late]:
        for block in blocks(name):
            declare(module, block, override=name in late)
    return module


def blocks_of(text: str, path: str, problems: list[tuple[str, str]]) -> Iterator[Block]:
    """Give the blocks of one file; what is no configuration is a problem, under the name of the file."""
    try:
        body = parse_json(text, path) if path.endswith(".json") else parse(text, path)
    except Malformed as error:
        where = f"line {error.line}: " if error.line else ""
        problems.append((path, f"{path}: {where}{error.what}; what the file declares is not known: correct it, or leave it out."))
        return
    yield from body.blocks


def declare(module: Module, block: Block, *, override: bool = False) -> None:
    """Put a block where it belongs in a module."""
    tables: dict[str, dict[str, Block]] = {"variable": module.variables, "module": module.calls, "output": module.outputs}
    if block.type == "locals":
        module.locals.update(block.body.attributes)
    elif block.type in ("resource", "data") and len(block.labels) == 2:
        key = ("managed" if block.type == "resource" else "data", *block.labels)
        module.resources[key] = _merged(module.resources.get(key), block) if override else block
    elif block.type in tables and len(block.labels) == 1:
        table = tables[block.type]
        table[block.labels[0]] = _merged(table.get(block.labels[0]), block) if override else block
    elif block.type == "import":
        module.imports.append(block)
    elif block.type == "removed":
        module.removed.append(block)


def _merged(old: Block | None, new: Block) -> Block:
    """Let an override replace attributes one by one, and nested blocks by their type."""
    if old is None:
        return new
    replaced = {block.type for block in new.body.blocks}
    blocks = (*(block for block in old.body.blocks if block.type not in replaced), *new.body.blocks)
    return replace(old, body=Body({**old.body.attributes, **new.body.attributes}, blocks))
