"""One declared call in, one request out, and how it was answered. Sent once; HTTP statuses and lost answers never raise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from tfclean.cloud.transport import Lost, Transport, retry_after
from tfclean.errors import CredentialsError
from tfclean.kinds.base import Call
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer

NAME = re.compile(r"\{([^{}]+)\}")
LONGEST_BODY = 65536
REQUEST_ID = ("x-openstack-request-id", "x-compute-request-id")


def perform(transport: Transport, call: Call, fields: Mapping[str, Any], revision: int | None = None) -> Answer:
    """Carry out one declared call.

    Args:
        transport: the services.
        call: a call of a declaration in `tfclean.kinds`; its service follows from it.
        fields: values for the templates in it; ``id`` is among them.
        revision: sent as ``If-Match: revision_number=N`` if the call is conditional.

    Returns:
        The answer; without a status if none came, and with 401 if the token could not be renewed.

    Raises:
        KeyError: `fields` lacks one that a template names, or no kind declares the call.
    """
    path = NAME.sub(lambda match: quote(str(fields[match[1]]), safe=""), call.path)
    body = None if call.body is None else filled(call.body, fields)
    headers = {"Content-Type": call.media} if call.media else {}
    if call.conditional and revision is not None:
        headers["If-Match"] = f"revision_number={revision}"
    started = transport.now()
    try:
        answer = transport.send(service_of(call), call.method, path, params=list(call.query), json=body, headers=headers)
    except Lost as lost:
        return Answer(None, seconds=transport.now() - started, error=str(lost))
    except CredentialsError as error:
        return Answer(401, seconds=transport.now() - started, error=str(error))
    return Answer(
        status=int(answer.status_code),
        body=str(answer.text)[:LONGEST_BODY],
        request_id=next((answer.headers[name] for name in REQUEST_ID if name in answer.headers), ""),
        seconds=transport.now() - started,
        retry_after=retry_after(answer.headers),
    )


def filled(template: Any, fields: Mapping[str, Any]) -> Any:
    """Put fields into a template.

    Args:
        template: any JSON value; strings in it may name fields in braces. One that is nothing but a name becomes the field's value,
            whatever its type; a member ``{*name}`` of a list becomes all members of the field.
        fields: values by name.

    Raises:
        KeyError: a field is not there.
    """
    if isinstance(template, Mapping):
        return {key: filled(item, fields) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [value for item in template for value in _members(item, fields)]
    if not isinstance(template, str):
        return template
    whole = NAME.fullmatch(template)
    return fields[whole[1]] if whole else NAME.sub(lambda match: str(fields[match[1]]), template)


def _members(item: Any, fields: Mapping[str, Any]) -> list[Any]:
    whole = NAME.fullmatch(item) if isinstance(item, str) else None
    return list(fields[whole[1][1:]]) if whole and whole[1].startswith("*") else [filled(item, fields)]


def service_of(call: Call) -> str:
    """Give the service of a declared call.

    Raises:
        KeyError: no kind declares it.
    """
    return _services()[call.method, call.path]


@cache
def _services() -> Mapping[tuple[str, str], str]:
    out: dict[tuple[str, str], str] = {}
    for kind in KINDS.values():
        prepared = [call for prepare in kind.prepare for call in (prepare.call, prepare.undo)]
        for call in (kind.delete, kind.cascade, kind.undo, *prepared, *(repair.call for repair in kind.repairs)):
            if call is not None:
                out[call.method, call.path] = kind.service
    return out
