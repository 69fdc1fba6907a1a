"""Credentials in, how we stand with a cloud out: what its token says, what an application credential's rules leave, its clock.

What a token may delete is told by its roles and rules alone. A deletion of an id that nobody has was tried as a probe and tells nothing:
Nova, Neutron, Cinder, Glance and Octavia (master, mid 2026) look for the object before they ask their policy, and answer 404 to a mere
reader too, for every kind.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tfclean.cloud.connection import Cloud
from tfclean.cloud.transport import Service, Transport
from tfclean.kinds.registry import KINDS
from tfclean.model import Ahead, Offered, Standing, Token

FIELD = re.compile(r"\{[^{}]*\}")
WILD = re.compile(r"\\\{[^{}]*\\\}|\\\*\\\*|\\\*")


def examine(
    *, cloud: str | None = None, options: argparse.Namespace | None = None, now: Callable[[], float] = time.time, **settings: Any
) -> tuple[Cloud, Standing]:
    """Log in, and tell how we stand.

    Args:
        cloud: as for `tfclean.cloud.connection.connect`, and so are the others.
        options: parsed command line with openstacksdk's own options.
        now: our clock.
        **settings: settings as in clouds.yaml.

    Returns:
        The connection, and what is known of it.

    Raises:
        CredentialsError: no cloud is configured, or it does not accept the credentials, or they are for no project.
        Unreachable: nobody answers where the identity service should be.
        CloudError: the region has none of the services.
    """
    from tfclean.cloud import login  # noqa: PLC0415 - openstacksdk takes half a second to import

    entry = login.enter(cloud, options, settings)
    services, scope = login.services_of(entry)
    offered = tuple(Offered(name, service.release, service.microversion or "") for name, service in services.items())
    places = [entry.where, *(service.endpoint for service in services.values())]
    ahead = clock(places, lambda place: login.date_of(entry, place), now)
    return Cloud(Transport(services), scope), Standing(token(entry.access, services, login.aliases), offered, ahead)


def clock(places: Iterable[str], date_of: Callable[[str], float | None], now: Callable[[], float]) -> Ahead | None:
    """Compare our clock with that of the first service that tells its time; None if none does.

    Args:
        places: URLs of services.
        date_of: gives the time at one of them, in POSIX seconds cut to whole ones, or None.
        now: our clock.
    """
    for place in places:
        before = now()
        date = date_of(place)
        after = now()
        if date is not None:
            return Ahead(date - after, date + 1 - before)
    return None


def token(access: Any, services: Mapping[str, Service], aliases: Callable[[str], Iterable[str]]) -> Token:
    """Read keystoneauth's access.

    Args:
        access: what a login gave.
        services: those that are there.
        aliases: gives all types under which a service stands in catalogs.
    """
    rules = access.application_credential_access_rules if access.application_credential_id else None
    unlistable, undeletable = ((), ()) if rules is None else closed(rules, services, aliases)
    credential = access.application_credential if access.application_credential_id else {}
    return Token(
        user=str(access.username or access.user_id or ""),
        project=str(access.project_name or access.project_id or ""),
        roles=tuple(access.role_names or ()),
        expires=access.expires,
        credential=str(credential.get("name") or access.application_credential_id or ""),
        unlistable=unlistable,
        undeletable=undeletable,
    )


def closed(
    rules: Sequence[Mapping[str, Any]], services: Mapping[str, Service], aliases: Callable[[str], Iterable[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the kinds that access rules do not let us list, and those that they do not let us delete."""
    unlistable, undeletable = [], []
    for kind in (kind for kind in KINDS.values() if kind.service in services and not kind.tie):
        types, root = {kind.service, *aliases(kind.service)}, urlsplit(services[kind.service].endpoint).path.rstrip("/")
        if kind.listing.path and not allowed(rules, types, "GET", root + kind.listing.path):
            unlistable.append(kind.name)
        if kind.delete is not None and not allowed(rules, types, kind.delete.method, root + kind.delete.path):
            undeletable.append(kind.name)
    return tuple(unlistable), tuple(undeletable)


def allowed(rules: Sequence[Mapping[str, Any]], types: Iterable[str], method: str, path: str) -> bool:
    """Tell whether access rules let a request pass, as ``keystonemiddleware.auth_token`` judges it.

    Args:
        rules: of an application credential; none let nothing pass.
        types: all types under which the service stands in catalogs.
        method: of the request.
        path: of the request; fields in braces stand for ids.
    """
    path = FIELD.sub("0", path)
    known = set(types)
    return any(
        rule.get("service") in known
        and str(rule.get("method", "")).upper() == method
        and re.fullmatch(WILD.sub(_wild, re.escape(str(rule.get("path", "")))), path)
        for rule in rules
    )


def _wild(found: re.Match[str]) -> str:
    return ".*" if found[0] == r"\*\*" else "[^/]+"
