"""The services as their HTTP shows them, by declaration: place in the catalog, version documents, microversions, forms of errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Version = tuple[int, int]
Document = tuple[int, Any]
"""An HTTP status and a JSON value, or text that is one."""


@dataclass(frozen=True, slots=True)
class Microversions:
    """Which microversions a service has.

    Attributes:
        word: what stands before the number in ``OpenStack-API-Version``.
        low: the oldest, and what is meant if none is asked for.
        high: the newest.
        header: an older header that it understands too.
    """

    word: str
    low: Version
    high: Version
    header: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes:
        name: as the world calls it.
        prefix: first part of its paths on the common port.
        catalog_type: its type in the catalog.
        catalog_name: its name in the catalog.
        endpoint: what the catalog has behind the prefix; ``{project}`` stands for the project's id.
        roots: versioned roots that it answers below.
        open: path behind the prefix → version document, given to everybody.
        known: the same, given to those who have a token.
        error: status, title and sentence → a body in the service's form.
        micro: its microversions.
    """

    name: str
    prefix: str
    catalog_type: str
    catalog_name: str
    endpoint: str
    roots: tuple[str, ...]
    open: Mapping[str, Callable[[str], Document]]
    error: Callable[[int, str, str], Any]
    known: Mapping[str, Callable[[str], Document]]
    micro: Microversions | None = None


TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable"}
FAULTS = {400: "badRequest", 401: "unauthorized", 403: "forbidden", 404: "itemNotFound", 409: "conflictingRequest"}


def fault(status: int, _: str, sentence: str) -> Any:
    """Form of Nova and Cinder."""
    return {FAULTS.get(status, "computeFault"): {"code": status, "message": sentence}}


def neutron_error(_: int, title: str, sentence: str) -> Any:
    """Form of Neutron."""
    return {"NeutronError": {"type": f"HTTP{title.replace(' ', '')}", "message": sentence, "detail": ""}}


def glance_error(status: int, title: str, sentence: str) -> Any:
    """Form of Glance for those who accept JSON."""
    return {"message": f"{sentence}<br /><br />\n\n\n", "code": f"{status} {title}", "title": title}


def page(body: Mapping[str, Any]) -> str:
    """Give an error of Glance as it tells it to all others: as a page."""
    head = body["code"]
    return f"<html>\n <head>\n  <title>{head}</title>\n </head>\n <body>\n  <h1>{head}</h1>\n  {body['message']}\n\n </body>\n</html>"


def octavia_error(_: int, __: str, sentence: str) -> Any:
    """Form of Octavia."""
    return {"faultcode": "Client", "faultstring": sentence, "debuginfo": None}


NOVA = Microversions("compute", (2, 1), (2, 104), "X-OpenStack-Nova-API-Version")
CINDER = Microversions("volume", (3, 0), (3, 71))


def text(version: Version) -> str:
    """Spell a microversion."""
    return f"{version[0]}.{version[1]}"


def _nova(url: str) -> Document:
    old = {"id": "v2.0", "status": "DEPRECATED", "version": "", "min_version": "", "updated": "2025-07-04T12:00:00Z"}
    return 200, {"versions": [{**old, "links": [_self(f"{url}/v2/")]}, _nova_version(url)]}


def _nova_version(url: str) -> dict[str, Any]:
    numbers = {"version": text(NOVA.high), "min_version": text(NOVA.low)}
    return {"id": "v2.1", "status": "CURRENT", **numbers, "updated": "2013-07-23T11:33:21Z", "links": [_self(f"{url}/v2.1/")]}


def _nova_one(url: str) -> Document:
    media = {"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}
    return 200, {"version": {**_nova_version(url), "media-types": [media]}}


def _cinder(url: str) -> dict[str, Any]:
    media = {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}
    numbers = {"version": text(CINDER.high), "min_version": text(CINDER.low), "updated": "2023-08-31T00:00:00Z"}
    return {"versions": [{"id": "v3.0", "status": "CURRENT", **numbers, "links": [_self(f"{url}/v3/")], "media-types": [media]}]}


def _neutron(url: str) -> Document:
    return 200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [_self(f"{url}/v2.0/")]}]}


def _neutron_resources(url: str) -> Document:
    names = ("networks", "subnets", "ports", "routers", "floatingips", "security-groups", "security-group-rules", "trunks", "extensions")
    return 200, {"resources": [{"name": n, "collection": n, "links": [_self(f"{url}/v2.0/{n}")]} for n in names]}


def _glance(status: int) -> Callable[[str], Document]:
    def document(url: str) -> Document:
        minors = [15, 13, 12, 11, 10, 9, 8, 17, 7, 6, 5, 4, 3, 2, 1, 0]
        state = {17: "CURRENT"}
        return status, {
            "versions": [{"id": f"v2.{m}", "status": state.get(m, "SUPPORTED"), "links": [_self(f"{url}/v2/")]} for m in minors]
        }

    return document


def _octavia(url: str) -> Document:
    newest = 30
    return 200, {
        "versions": [
            {
                "id": f"v2.{minor}",
                "status": "CURRENT" if minor == newest else "SUPPORTED",
                "updated": "2025-02-26T00:00:00Z",
                "links": [{"href": f"{url}/v2", "rel": "self"}],
            }
            for minor in range(newest + 1)
        ]
    }


def _self(url: str) -> dict[str, str]:
    return {"rel": "self", "href": url}


SERVICES = (
    Service(
        name="compute",
        prefix="compute",
        catalog_type="compute",
        catalog_name="nova",
        endpoint="/v2.1",
        roots=("/v2.1",),
        open={"/": _nova, "/v2.1": _nova_one},
        known={},
        error=fault,
        micro=NOVA,
    ),
    Service(
        name="network",
        prefix="network",
        catalog_type="network",
        catalog_name="neutron",
        endpoint="",
        roots=("/v2.0",),
        open={"/": _neutron},
        known={"/v2.0": _neutron_resources},
        error=neutron_error,
    ),
    Service(
        name="block-storage",
        prefix="volume",
        catalog_type="volumev3",
        catalog_name="cinder",
        endpoint="/v3/{project}",
        roots=("/v3",),
        open={"/": lambda url: (300, _cinder(url))},
        known={"/v3": lambda url: (200, _cinder(url))},
        error=fault,
        micro=CINDER,
    ),
    Service(
        name="image",
        prefix="image",
        catalog_type="image",
        catalog_name="glance",
        endpoint="",
        roots=("/v2",),
        open={"/": _glance(300), "/versions": _glance(200)},
        known={},
        error=glance_error,
    ),
    Service(
        name="load-balancer",
        prefix="load-balancer",
        catalog_type="load-balancer",
        catalog_name="octavia",
        endpoint="",
        roots=("/v2.0", "/v2"),
        open={"/": _octavia},
        known={"/v2": lambda _: (200, '"v2"'), "/v2.0": lambda _: (200, '"v2"')},
        error=octavia_error,
    ),
)
BY_PREFIX = {service.prefix: service for service in SERVICES}

FORM = re.compile(r"([1-9]\d*)\.([1-9]\d*|0)", re.ASCII)


class WrongVersion(Exception):
    """A microversion that the service does not have.

    Args:
        status: 400 if it is none at all, 406 if the service lacks it.
        sentence: what the service says.
        version: what was asked for, if it can be answered with it.
    """

    def __init__(self, status: int, sentence: str, version: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.version = version


def agreed(micro: Microversions, headers: Mapping[str, str]) -> Version:
    """Tell which microversion a request is for.

    Args:
        micro: what the service has.
        headers: of the request, by name in lower case.

    Raises:
        WrongVersion: one that the service does not have.
    """
    wanted = next((w for w in headers.get("openstack-api-version", "").split(",") if w.strip().lower().startswith(f"{micro.word} ")), "")
    number = wanted.strip()[len(micro.word) :].strip() or (headers.get(micro.header.lower(), "").strip() if micro.header else "")
    if not number:
        return micro.low
    if number.lower() == "latest":
        return micro.high
    found = FORM.fullmatch(number)
    if found is None:
        raise WrongVersion(400, f"API Version String {number} is of invalid format. Must be of format MajorNum.MinorNum.")
    version = (int(found[1]), int(found[2]))
    if not micro.low <= version <= micro.high:
        span = f"Minimum is {text(micro.low)} and maximum is {text(micro.high)}."
        raise WrongVersion(406, f"Version {number} is not supported by the API. {span}", number)
    return version


def version_headers(micro: Microversions, version: str) -> dict[str, str]:
    """Give the headers that tell which microversion an answer is of."""
    vary = ", ".join(("OpenStack-API-Version", *([micro.header] if micro.header else [])))
    out = {"OpenStack-API-Version": f"{micro.word} {version}", "Vary": vary}
    return out | ({micro.header: version} if micro.header else {})
