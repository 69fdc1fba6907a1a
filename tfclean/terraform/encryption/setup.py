"""``TF_ENCRYPTION`` and the ``encryption`` blocks of a directory in, key providers and methods out.

Format: OpenTofu's ``internal/encryption/config``. ``TF_ENCRYPTION``, HCL or JSON, is stronger than the configuration, attribute by
attribute. Expressions are followed as far as they are references, or templates of root variables; what else stands there is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hcl2

from tfclean.errors import InputError
from tfclean.terraform.variables import AS_VALUES, files_of, values_in

_CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
_TELLS = re.compile(r"\b(?:encryption|variable)\b")
_LARGEST = 4 * 1024 * 1024
_REFERENCE = re.compile(r"(?:\$\{\s*)?(key_provider|method)\.([\w-]+)\.([\w-]+)(?:\s*\})?")
_VARIABLE = re.compile(r"\$\{\s*var\.([^\W\d][\w-]*)\s*\}")
_DEEPEST = 8

Address = tuple[str, str]
"""Type and name of a key provider or method."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How a run encrypts.

    Attributes:
        providers: key providers with their settings, secrets among them.
        methods: methods with their settings.
        order: methods of states and of plans, the one in use first, then its fallbacks.
        problem: why nothing, or not all, could be read; empty if all is well.
    """

    providers: Mapping[Address, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    methods: Mapping[Address, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    order: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of(cls, directory: Path, environ: Mapping[str, str]) -> Setup:
        """Read how a run in a directory was set up.

        Args:
            directory: where it ran.
            environ: the environment, for ``TF_ENCRYPTION`` and ``TF_VAR_*``.

        Returns:
            What is known; nothing is raised.
        """
        given = environ.get("TF_ENCRYPTION", "").strip()
        merged: dict[str, Any] = {}
        problem = ""
        files = [_document(text, path.name.endswith(".json")) for path, text in _files(directory)]
        for document in files:
            for terraform in _bodies((document or {}).get("terraform")):
                for body in _bodies(terraform.get("encryption")):
                    _merge(merged, body)
        if given:
            document = _document(given, given.startswith("{"))
            if document is None:
                problem = "TF_ENCRYPTION is neither HCL nor JSON"
            else:
                _merge(merged, document)
        known = _variables(directory, environ, [document for document in files if document])
        providers = _values(_labelled(merged.get("key_provider")), known)
        methods = _values(_labelled(merged.get("method")), known)
        order = {name: tuple(_chain(merged.get(name))) for name in ("state", "plan")}
        return cls(providers, methods, order, problem)


class Unknown:
    """A setting that only OpenTofu could work out."""


UNKNOWN = Unknown()


def reference(value: Any) -> Address | None:
    """Give type and name of what ``key_provider.TYPE.NAME`` or ``method.TYPE.NAME`` refers to; None for anything else."""
    found = _REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return (found[2], found[3]) if found else None


def _files(directory: Path) -> Iterator[tuple[Path, str]]:
    try:
        paths = sorted(path for path in directory.iterdir() if path.name.endswith(_CONFIGURATION) and path.is_file())
    except OSError:
        return
    for path in paths:
        try:
            with path.open("rb") as file:
                text = file.read(_LARGEST).decode("utf-8-sig", "replace")
        except OSError:
            continue
        # most files of a configuration have nothing to say here, and HCL takes its time
        if _TELLS.search(text):
            yield path, text


def _document(text: str, is_json: bool) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if is_json else hcl2.loads(text if text.endswith("\n") else text + "\n", serialization_options=AS_VALUES)
    # lark has no common base for what it raises while it reads and while it transforms
    except Exception:  # noqa: BLE001
        return None
    return found if isinstance(found, dict) else None


def _bodies(value: Any) -> Iterator[dict[str, Any]]:
    """Give the bodies of all blocks of one name: one alone, or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def _labelled(value: Any) -> dict[Address, dict[str, Any]]:
    found: dict[Address, dict[str, Any]] = {}
    for types in _bodies(value):
        for type_, named in types.items():
            for names in _bodies(named):
                for name, body in names.items():
                    for settings in _bodies(body):
                        found.setdefault((str(type_), str(name)), {}).update(settings)
    return found


def _merge(merged: dict[str, Any], body: Mapping[str, Any]) -> None:
    for name in ("key_provider", "method"):
        merged[name] = [*_bodies(merged.get(name)), *_bodies(body.get(name))]
    for name in ("state", "plan"):
        for target in _bodies(body.get(name)):
            merged[name] = {**(merged.get(name) or {}), **target}


def _chain(target: Any) -> Iterator[Address]:
    for _ in range(_DEEPEST):
        body = next(_bodies(target), None)
        if body is None:
            return
        if found := reference(body.get("method")):
            yield found
        target = body.get("fallback")


def _variables(directory: Path, environ: Mapping[str, str], documents: list[dict[str, Any]]) -> Callable[[str], str | None]:
    """Give what looks a root variable up, with Terraform's precedence; the value may be a secret."""
    found: dict[str, Any] = {}
    for document in documents:
        for named in _bodies(document.get("variable")):
            found.update({name: body["default"] for name, bodies in named.items() for body in _bodies(bodies) if "default" in body})
    found.update({name.removeprefix("TF_VAR_"): value for name, value in environ.items() if name.startswith("TF_VAR_")})
    try:
        for path in files_of(directory):
            found.update(values_in(path))
    except (InputError, OSError):
        # whoever reads the variables says so
        pass
    return lambda name: found[name] if isinstance(found.get(name), str) else None


def _values(blocks: dict[Address, dict[str, Any]], known: Callable[[str], str | None]) -> dict[Address, dict[str, Any]]:
    return {address: {name: _value(value, known) for name, value in body.items()} for address, body in blocks.items()}


def _value(value: Any, known: Callable[[str], str | None]) -> Any:
    """Work out a setting, as far as it is a literal, a reference, or a template of root variables."""
    if not isinstance(value, str) or reference(value):
        return value
    parts = _VARIABLE.split(value)
    literals, names = parts[::2], parts[1::2]
    if any(re.search(r"(?<!\$)\$\{|(?<!%)%\{", literal) for literal in literals):
        return UNKNOWN
    values = [known(name) for name in names]
    if None in values:
        return UNKNOWN
    texts = [text.replace("$${", "${").replace("%%{", "%{") for text in literals]
    return "".join(t + (v or "") for t, v in zip(texts, [*values, ""], strict=True))
