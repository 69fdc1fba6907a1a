"""`.terraform/terraform.tfstate` in, where the real state is out: it looks like a state of version 3 and is none.

The file holds literal credentials when they came by ``-backend-config``; only the fields listed here are ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tfclean.model import Gap, GapKind, Source, SourceKind
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import parse_json

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "azurerm": ("storage_account_name", "container_name", "key"),
    "cloud": ("hostname", "organization"),
    "consul": ("path",),
    "cos": ("bucket", "prefix", "key"),
    "gcs": ("bucket", "prefix"),
    "kubernetes": ("namespace", "secret_suffix"),
    "oci": ("bucket", "key"),
    "oss": ("bucket", "prefix", "key"),
    "pg": ("schema_name",),
    "remote": ("hostname", "organization"),
    "s3": ("bucket", "key"),
    "swift": ("container", "state_name"),
}
"""Fields of a backend that say where the state is and never hold a secret."""


_SECRET = 4


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a working directory keeps its state.

    Attributes:
        backend: backend type, ``local`` or another.
        where: address or path without credentials; empty if it cannot be told.
        workspaces: directory of the workspaces' states (local backends); empty for the default.
        source: the file that says so.
        config: all settings of the backend, secrets among them: never to be shown.
    """

    backend: str
    where: str
    workspaces: str
    source: Source
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def local(self) -> bool:
        """The state is a file."""
        return self.backend == "local"

    @property
    def hidden(self) -> frozenset[str]:
        """Texts of the settings that may be secrets: all that do not say where the state is."""
        shown = _SHOWN.get(self.backend, ())
        return frozenset(_texts([value for name, value in self.config.items() if name not in shown]))

    def unresolved(self, why: str = "") -> Reading:
        """Give the gap that a remote state is as long as it is not read.

        Args:
            why: a phrase without any secret that says why it could not be read.
        """
        at = f" at {self.where}" if self.where else ""
        what = f"{self.source.path} says that the state is in {_article(self.backend)} backend{at}"
        advice = "give it with `terraform state pull > FILE` and name that file"
        reason = f"{what}: {why}" + ("" if advice in why else f"; {advice}") if why else f"{what}: {advice}"
        return Reading(self.source, gaps=(Gap(GapKind.REMOTE, self.source.path, reason),))


def read(data: bytes, path: str) -> Pointer | None:
    """Read a backend pointer.

    Args:
        data: the whole content.
        path: the file as the user knows it.

    Returns:
        Where the state is; None if the file is no backend pointer.
    """
    document, _ = parse_json(data)
    if not isinstance(document, dict):
        return None
    backend = document.get("backend") or document.get("state_store")
    if not isinstance(backend, dict) or not isinstance(backend.get("type"), str):
        return None
    kind = backend["type"]
    config = backend.get("config")
    config = config if isinstance(config, dict) else {}
    source = Source(SourceKind.POINTER, path)
    if kind == "local":
        return Pointer(kind, _text(config, "path"), _text(config, "workspace_dir"), source, config)
    return Pointer(kind, _where(kind, config), "", source, config)


def without_credentials(address: str) -> str:
    """Take user, password, query and fragment off a URL.

    Args:
        address: a URL, or anything that should have been one.

    Returns:
        Scheme, host, port and path; empty if it is no URL.
    """
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def _where(kind: str, config: Mapping[str, Any]) -> str:
    if kind == "http":
        return without_credentials(_text(config, "address"))
    return "/".join(filter(None, (_text(config, name) for name in _SHOWN.get(kind, ()))))


def _texts(value: Any) -> Iterator[str]:
    """Give all texts of some length below `value`; shorter ones are no secrets, and stand in any sentence."""
    if isinstance(value, str):
        if len(value) >= _SECRET:
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _text(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name)
    return value if isinstance(value, str) else ""


def _article(kind: str) -> str:
    # by sound: an http, an s3, an oci backend
    return f"an {kind}" if kind[:1] in "aeio" or kind in ("http", "s3") else f"a {kind}"
