"""AWS Signature Version 4 of one GET: credentials, address and time in, header lines out.

Source: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" of the Amazon S3 API reference. Its two examples
are the tests. Written out here because a GET is all that is ever signed: botocore, which would do the same, weighs more than tfclean.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

_NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks.

    Attributes:
        access_key: name of the key.
        secret_key: the key.
        token: session token of temporary credentials; empty for lasting ones.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


def signed(
    url: str,
    credentials: Credentials,
    region: str,
    at: datetime,
    *,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Sign a GET of an object in S3.

    Args:
        url: the whole address, its path already quoted.
        credentials: who asks.
        region: region of the bucket.
        at: when, timezone aware.
        more: further header lines, signed too.

    Returns:
        The header lines to send, ``Authorization`` among them, without ``Host``.
    """
    parts = urlsplit(url)
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    lines = {"x-amz-content-sha256": _NO_BODY, "x-amz-date": stamp, **{name.lower(): value for name, value in (more or {}).items()}}
    if credentials.token:
        lines["x-amz-security-token"] = credentials.token
    all_lines = sorted({**lines, "host": parts.netloc}.items())
    names = ";".join(name for name, _ in all_lines)
    query = "&".join(sorted(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in parse_qsl(parts.query, keep_blank_values=True)))
    canonical = "\n".join(["GET", parts.path or "/", query, *(f"{name}:{value.strip()}" for name, value in all_lines), "", names, _NO_BODY])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    lines["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope},SignedHeaders={names},Signature={signature}"
    return lines
