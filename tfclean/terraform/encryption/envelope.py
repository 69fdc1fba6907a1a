"""An encrypted state or plan and a `Setup` in, the same in clear out.

Format: facts A4 and OpenTofu's ``internal/encryption``: ``pbkdf2`` and ``static`` key providers, method ``aes_gcm``, with fallbacks. AES
itself comes from the optional package ``cryptography`` (``tfclean[encryption]``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tfclean.terraform.encryption.setup import Address, Setup, reference

_VERSION = "v0"
_NONCE = 12
_KEYS = (16, 24, 32)
_HASHES = ("sha256", "sha512")
_MOST_ITERATIONS = 20_000_000  # some ten seconds; OpenTofu's default is 600 000
_ADVICE = "set TF_ENCRYPTION as for tofu"


class Locked(Exception):
    """It cannot be opened; the message is a phrase that says why and what to do, without any secret."""


def opened(document: Mapping[str, Any], setup: Setup) -> bytes:
    """Decrypt a state or plan.

    Args:
        document: the parsed envelope.
        setup: how the run was set up to encrypt.

    Returns:
        The state's JSON, or the plan's zip.

    Raises:
        Locked: the key is not known or not right, the method is another one, or `cryptography` is not installed.
    """
    if document.get("encryption_version") != _VERSION:
        raise Locked("its envelope is of an unknown version")
    sealed = _bytes(document.get("encrypted_data"))
    meta = document.get("meta")
    if sealed is None or not isinstance(meta, dict):
        raise Locked("its envelope is damaged")
    reasons: list[str] = []
    for address in _tried(setup, is_state="lineage" in document or "serial" in document):
        try:
            data = _decrypted(sealed, setup.methods[address], setup, meta)
        except _Wrong as error:
            reasons.append(str(error))
            continue
        _compare(document, data)
        return data
    raise Locked(reasons[-1] if reasons else setup.problem or f"the key is not known: {_ADVICE}")


class _Wrong(Exception):
    """One method does not open it."""


def _tried(setup: Setup, *, is_state: bool) -> list[Address]:
    """Give the methods to try: those that the run would have tried, in its order, then all others."""
    order = setup.order.get("state" if is_state else "plan", ())
    return [address for address in dict.fromkeys((*order, *setup.methods)) if address in setup.methods and address[0] != "unencrypted"]


def _decrypted(sealed: bytes, method: Mapping[str, Any], setup: Setup, meta: Mapping[str, Any]) -> bytes:
    keys = reference(method.get("keys"))
    if keys is None:
        raise _Wrong("its method is not aes_gcm with the keys of a key provider, which is all that is known here")
    key = _key(keys, setup, meta, ())
    if len(key) not in _KEYS:
        raise _Wrong(f"the key of key_provider.{'.'.join(keys)} is neither 16 nor 24 nor 32 bytes long")
    try:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Locked("to open it, install tfclean[encryption]") from error
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _additional(method.get("aad")))
    except (InvalidTag, ValueError) as error:
        raise _Wrong(f"the passphrase or key of key_provider.{'.'.join(keys)} is not that of this file, or the file is damaged") from error


def _additional(value: Any) -> bytes | None:
    if isinstance(value, list) and all(type(item) is int and 0 <= item < 256 for item in value):
        return bytes(value)
    return None


def _key(address: Address, setup: Setup, meta: Mapping[str, Any], above: Sequence[Address]) -> bytes:
    name = f"key_provider.{'.'.join(address)}"
    settings = setup.providers.get(address)
    if settings is None or address in above:
        raise _Wrong(f"{name} is not set up: {_ADVICE}")
    if address[0] == "static":
        text = settings.get("key")
        try:
            return bytes.fromhex(text) if isinstance(text, str) else _unknown(name)
        except ValueError as error:
            raise _Wrong(f"the key of {name} is not hexadecimal") from error
    if address[0] == "pbkdf2":
        return _derived(name, settings, setup, meta, (*above, address))
    raise _Wrong(f"{name} is of a type that only OpenTofu can ask")


def _derived(name: str, settings: Mapping[str, Any], setup: Setup, meta: Mapping[str, Any], above: Sequence[Address]) -> bytes:
    alias = settings.get("encrypted_metadata_alias")
    facts = _metadata(meta.get(alias if isinstance(alias, str) else name))
    if facts is None:
        raise _Wrong(f"it was not encrypted with {name}")
    salt, rounds, length = _bytes(facts.get("salt")), facts.get("iterations"), facts.get("key_length")
    hashed = facts.get("hash_function") or "sha512"
    if salt is None or type(rounds) is not int or not 0 < rounds <= _MOST_ITERATIONS:
        raise _Wrong(f"what it says of {name} is damaged")
    if type(length) is not int or length not in _KEYS or hashed not in _HASHES:
        raise _Wrong(f"what it says of {name} is damaged")
    chain = reference(settings.get("chain"))
    passphrase = settings.get("passphrase")
    if chain is not None:
        secret = _key(chain, setup, meta, above)
    else:
        secret = passphrase.encode() if isinstance(passphrase, str) and passphrase else _unknown(name)
    return hashlib.pbkdf2_hmac(hashed, secret, salt, rounds, length)


def _unknown(name: str) -> bytes:
    raise _Wrong(f"the passphrase or key of {name} is not known: {_ADVICE}, or the variable that it comes from (TF_VAR_...)")


def _metadata(value: Any) -> dict[str, Any] | None:
    """Read what a key provider noted: JSON in base64, or plain."""
    if isinstance(value, str):
        try:
            value = json.loads(base64.b64decode(value))
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _bytes(value: Any) -> bytes | None:
    try:
        return base64.b64decode(value) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _compare(document: Mapping[str, Any], data: bytes) -> None:
    """Check what a state's envelope tells in clear against the state, as OpenTofu does."""
    told = {name: document[name] for name in ("serial", "lineage") if document.get(name) is not None}
    if not told:
        return
    try:
        inside = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(inside, dict) and any(name in inside and inside[name] != value for name, value in told.items()):
        raise Locked("serial or lineage of its envelope are not those of the state inside: it was changed by hand")
