"""Everything that can give a root variable a value in, name → `Variable` out, with Terraform's precedence.

Those whose names are secrets' are left out.

From weak to strong: ``TF_VAR_*``, ``terraform.tfvars``, ``terraform.tfvars.json``, all ``*.auto.tfvars`` and ``*.auto.tfvars.json`` in
order of their names, then ``-var`` and ``-var-file`` as they come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import hcl2
from hcl2 import SerializationOptions

from tfclean.errors import InputError, UsageError
from tfclean.model import Variable
from tfclean.terraform.plan_variables import text_of_value
from tfclean.terraform.recognise import whole_characters, whole_text
from tfclean.terraform.secrets import Sieve, is_secret_name

# From 8.0 on strings keep their quotes and blocks are marked unless this is asked for.
AS_VALUES = SerializationOptions(strip_string_quotes=True, explicit_blocks=False, with_comments=False)
"""How python-hcl2 gives values as Terraform would see them."""
_HEREDOC = re.compile(r"\A<<(-?)([^\W\d][\w-]*)\n(.*?)\n?[ \t]*\2\s*\Z", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w-]*")
_LARGEST = 16 * 1024 * 1024


def from_environment(environ: Mapping[str, str]) -> dict[str, Variable]:
    """Read ``TF_VAR_name``.

    Args:
        environ: the environment.

    Returns:
        Variables by name.
    """
    told = ((whole_text(name), whole_text(value)) for name, value in environ.items() if name.startswith("TF_VAR_"))
    given = {name.removeprefix("TF_VAR_"): value for name, value in told}
    return {name: Variable(given[name], given=True, source=f"TF_VAR_{name}") for name in sorted(given) if name and not is_secret_name(name)}


def from_directory(directory: Path) -> dict[str, Variable]:
    """Read the files that Terraform reads by itself.

    Args:
        directory: a working directory.

    Returns:
        Variables by name.

    Raises:
        InputError: such a file is there and cannot be read.
    """
    found: dict[str, Variable] = {}
    for path in files_of(directory):
        found.update(from_file(path))
    return found


def files_of(directory: Path) -> list[Path]:
    """List the files that Terraform reads by itself, the weakest first.

    Args:
        directory: a working directory.
    """
    automatic = sorted(
        (path for path in directory.iterdir() if path.name.endswith((".auto.tfvars", ".auto.tfvars.json"))), key=lambda path: path.name
    )
    return [path for path in [directory / "terraform.tfvars", directory / "terraform.tfvars.json", *automatic] if path.is_file()]


def from_file(path: Path) -> dict[str, Variable]:
    """Read one file of values, HCL or (``.json``) JSON.

    Args:
        path: the file.

    Returns:
        Variables by name.

    Raises:
        InputError: it does not exist, is too large, or is not what its name says.
    """
    sieve = Sieve()
    return {
        name: Variable(text_of_value(sieve.scrub(value)), given=True, source=str(path))
        for name, value in values_in(path).items()
        if value is not None and not is_secret_name(name)
    }


def values_in(path: Path) -> dict[str, Any]:
    """Read one file of values as it is: secrets are among them, and none of it is ever to be shown.

    Args:
        path: the file.

    Returns:
        Values by name.

    Raises:
        InputError: it does not exist, is too large, or is not what its name says.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the name of the variable file") from error
    if len(data) > _LARGEST:
        raise InputError(f"{path}: is larger than a variable file can be: give the right file")
    text = data.decode("utf-8-sig", "replace")
    return _json(text, path) if path.name.endswith(".json") else _hcl(text, path)


def from_options(options: Iterable[tuple[str, str]]) -> dict[str, Variable]:
    """Read ``--var`` and ``--var-file`` in the order in which they were given.

    Args:
        options: pairs of ``var`` or ``var-file`` and what was given with it.

    Returns:
        Variables by name; a later one replaces an earlier one.

    Raises:
        UsageError: a ``--var`` is not ``NAME=VALUE``.
        InputError: a file cannot be read.
    """
    found: dict[str, Variable] = {}
    for option, given in options:
        if option == "var-file":
            found.update(from_file(Path(given)))
            continue
        name, equals, value = given.partition("=")
        name = name.strip()
        if not equals or not _NAME.fullmatch(name):
            # without a name, what stands there may be a secret
            raise UsageError(f"--var{f' {name}' if equals and name else ''}: write it as --var NAME=VALUE")
        if not is_secret_name(name):
            found[name] = Variable(whole_text(value), given=True, source="--var")
    return found


def _json(text: str, path: Path) -> dict[str, Any]:
    try:
        values = whole_characters(json.loads(text), text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no JSON ({error}): correct it, or leave it out") from error
    if not isinstance(values, dict):
        raise InputError(f"{path}: is no object of variables: write NAME: VALUE in it")
    return {str(name): value for name, value in values.items()}


def _hcl(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        values = hcl2.loads(text if text.endswith("\n") else text + "\n", serialization_options=AS_VALUES)
    # lark has no common base for what it raises while it reads and while it transforms
    except Exception as error:
        line = getattr(error, "line", None)
        where = f" in line {line}" if isinstance(line, int) and line > 0 else ""
        raise InputError(f"{path}: is no HCL{where}: correct it, or leave it out") from error
    return {str(name): _plain(value) for name, value in values.items() if not str(name).startswith("__")}


def _plain(value: Any) -> Any:
    """Undo what the parser leaves of the source's spelling: heredocs and quoted keys."""
    if isinstance(value, str):
        heredoc = _HEREDOC.match(value)
        if heredoc is None:
            return value.replace("$${", "${").replace("%%{", "%{")
        lines = heredoc[3].split("\n")
        if heredoc[1]:
            margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
            lines = [line[margin:] for line in lines]
        return "\n".join(lines) + "\n"
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name).strip('"'): _plain(item) for name, item in value.items() if not str(name).startswith("__")}
    return value
