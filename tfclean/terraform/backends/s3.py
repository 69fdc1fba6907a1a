"""The configuration of an s3 backend in, the state in its bucket out, with the lock object beside it.

Settings, their variables in the environment and the place of a workspace's state: OpenTofu's ``internal/backend/remote-state/s3`` and
facts A5. Endpoints need not be Amazon's: Ceph and Swift speak the same. A lock in DynamoDB is not asked for.
"""

from __future__ import annotations

import ipaddress
import posixpath
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tfclean.terraform import locks
from tfclean.terraform.backends.aws import credentials, of_profile
from tfclean.terraform.backends.fetch import Answer, Fetch, Request
from tfclean.terraform.backends.sigv4 import signed
from tfclean.terraform.backends.stored import NotHere, Stored, Unresolved
from tfclean.terraform.reading import Reading

_PREFIX = "env:"
_LOCK = ".tflock"
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL")
_NOT_HERE = ("assume_role", "assume_role_with_web_identity", "role_arn", "sse_customer_key", "use_fips_endpoint", "use_dualstack_endpoint")


def stored(config: Mapping[str, Any], workspace: str, environ: Mapping[str, str], fetch: Fetch) -> Stored:
    """Ask an s3 backend.

    Args:
        config: its settings as a backend pointer has them.
        workspace: the selected workspace.
        environ: the environment, for ``AWS_*``.
        fetch: how an address is asked.

    Returns:
        What it holds.

    Raises:
        NotHere: only Terraform itself can follow these settings.
        Unresolved: it cannot be read.
    """
    for name in _NOT_HERE:
        if config.get(name):
            raise NotHere(f"its setting {name} is not followed here")
    if environ.get("AWS_SSE_CUSTOMER_KEY"):
        raise NotHere("AWS_SSE_CUSTOMER_KEY is not followed here")
    bucket, key = _text(config, "bucket"), _text(config, "key").lstrip("/")
    if not bucket or not key:
        raise Unresolved("it tells no bucket or no key")
    if workspace != "default":
        key = posixpath.join(_text(config, "workspace_key_prefix") or _PREFIX, workspace, key)
    ask = _Bucket(bucket, config, environ, fetch)
    where = f"s3://{bucket}/{key}"
    answer = ask.object(key)
    if answer.status == 404 and b"NoSuchBucket" not in answer.body:
        data = b""
    elif answer.status == 200:
        data = answer.body
    else:
        raise Unresolved(_refusal(answer))
    held, unasked = _lock_of(ask, key, where, config)
    return Stored(where, data, held, unasked)


class _Bucket:
    """A bucket that can be asked for its objects."""

    def __init__(self, bucket: str, config: Mapping[str, Any], environ: Mapping[str, str], fetch: Fetch) -> None:
        self._fetch = fetch
        self._who = credentials(config, environ)
        endpoint = _endpoint(config, environ)
        self._region = (
            _text(config, "region")
            or environ.get("AWS_REGION")
            or environ.get("AWS_DEFAULT_REGION")
            or of_profile(config, environ, "region")
            or "us-east-1"
        )
        parts = urlsplit(endpoint or f"https://s3.{self._region}.amazonaws.com")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unresolved("its endpoint is no URL")
        path_style = config.get("use_path_style") is True or config.get("force_path_style") is True
        if path_style or _is_address(parts.hostname) or "." in bucket:
            self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/{quote(bucket)}"
        else:
            self._base = f"{parts.scheme}://{bucket}.{parts.netloc}{parts.path.rstrip('/')}"
        self._verify = config.get("insecure") is not True
        self._ca = _bundle(_text(config, "custom_ca_bundle") or environ.get("AWS_CA_BUNDLE", ""))

    def object(self, key: str) -> Answer:
        """Ask for one object."""
        url = f"{self._base}/{quote(key, safe='/-_.~')}"
        lines = signed(url, self._who, self._region, datetime.now(UTC))
        # a signature is good for one address only
        return self._fetch(Request(url, lines, verify=self._verify, ca=self._ca, follow=False))


def _lock_of(ask: _Bucket, key: str, where: str, config: Mapping[str, Any]) -> tuple[tuple[Reading, ...], str]:
    answer = ask.object(key + _LOCK)
    if answer.status == 200 and (reading := locks.read(answer.body, where + _LOCK)).locks:
        return (reading,), ""
    if config.get("dynamodb_table"):
        return (), "its lock is in DynamoDB, which is not asked"
    if answer.status == 404 or not config.get("use_lockfile"):
        return (), ""
    return (), f"its lock object cannot be read (HTTP {answer.status})"


def _endpoint(config: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    nested = config.get("endpoints")
    nested = nested[0] if isinstance(nested, list) and nested else nested
    told = _text(nested, "s3") if isinstance(nested, dict) else ""
    found = told or _text(config, "endpoint") or next((environ[name] for name in _ENDPOINTS if environ.get(name)), "")
    return found if not found or "://" in found else f"https://{found}"


def _bundle(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).expanduser().read_text()
    except (OSError, ValueError) as error:
        raise Unresolved("the bundle of certificates that it is set up with cannot be read") from error


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # no certificate and no resolver knows bucket.localhost
        return host == "localhost"
    return True


def _refusal(answer: Answer) -> str:
    if answer.status == 403:
        return "it does not let us read (HTTP 403): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    if answer.status == 404:
        return "there is no such bucket"
    if answer.status in (301, 307, 308, 400):
        return f"it answers HTTP {answer.status}: check AWS_REGION and the endpoint"
    return f"it answers HTTP {answer.status}"


def _text(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name)
    return value if isinstance(value, str) else ""
