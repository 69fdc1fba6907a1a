"""Long lists come in pages, each service in its own way."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.conformance.stories.image import image
from tests.conformance.stories.network import NOBODY
from tests.conformance.stories.servers import KEY
from tests.conformance.stories.volumes import volume
from tests.conformance.telling import Answer, Teller


def _next(answer: Answer, key: str, path: str) -> str:
    links = [link["href"] for link in answer.body.get(f"{key}_links") or () if link["rel"] == "next"]
    link = links[0] if links else answer.body.get("next")
    return f"{path}?{urlencode(sorted(parse_qsl(urlsplit(str(link)).query)))}" if link else ""


def _paged(t: Teller, service: str, path: str, key: str, query: str) -> None:
    at: str = f"{path}?{query}&limit=2"
    for _ in range(5):
        if at:
            at = _next(t.ask(service, "GET", at), key, path)


def pages_of_networks(t: Teller) -> None:
    for number in range(3):
        t.make("network", "/networks", "network", name=f"net-{number}")
    _paged(t, "network", "/networks", "networks", f"project_id={t['project']}&sort_key=name&sort_dir=asc")
    t.ask("network", "GET", "/networks?sort_key=name")
    t.ask("network", "GET", f"/networks?limit=2&marker={NOBODY}")
    t.ask("network", "GET", f"/networks?project_id={t['project']}&sort_key=name&sort_dir=desc&fields=name")
    t.ask("network", "GET", "/networks?limit=-1")
    t.ask("network", "GET", "/networks?sort_key=no_such_field&sort_dir=asc")


def pages_of_servers(t: Teller) -> None:
    made: list[dict[str, Any]] = []
    for number in range(3):
        fields = {"name": f"s-{number}", "imageRef": t["cirros"], "flavorRef": t["m1.tiny"], "networks": "none"}
        made.append(t.make("compute", "/servers", "server", **fields))
        t.wait("compute", f"/servers/{made[-1]['id']}", "status", "ACTIVE", "ERROR")
    _paged(t, "compute", "/servers", "servers", "sort_key=display_name&sort_dir=asc")
    t.ask("compute", "GET", f"/servers?limit=2&marker={NOBODY}")
    t.ask("compute", "GET", "/servers?limit=-1")
    t.ask("compute", "GET", "/servers?sort_key=no_such_field")


def pages_of_keypairs_and_groups(t: Teller) -> None:
    for number in range(3):
        t.make("compute", "/os-keypairs", "keypair", name=f"key-{number}", public_key=KEY)
        t.make("compute", "/os-server-groups", "server_group", name=f"group-{number}", policy="affinity")
    _paged(t, "compute", "/os-keypairs", "keypairs", "")
    t.ask("compute", "GET", "/os-keypairs?limit=2&marker=nothing")
    t.ask("compute", "GET", "/os-server-groups?limit=2")
    t.ask("compute", "GET", "/os-server-groups?limit=2&offset=2")
    t.ask("compute", "GET", "/os-server-groups?limit=1000&offset=3")


def pages_of_volumes(t: Teller) -> None:
    for number in range(3):
        volume(t, name=f"v-{number}")
    _paged(t, "block-storage", "/volumes/detail", "volumes", "sort=name:asc")
    t.ask("block-storage", "GET", f"/volumes/detail?limit=2&marker={NOBODY}")
    t.ask("block-storage", "GET", "/volumes/detail?limit=-1")
    t.ask("block-storage", "GET", "/volumes/detail?sort=no_such_field")


def pages_of_images(t: Teller) -> None:
    for number in range(3):
        image(t, data=False, name=f"i-{number}")
    _paged(t, "image", "/images", "images", f"owner={t['project']}&sort_key=name&sort_dir=asc")
    t.ask("image", "GET", f"/images?limit=2&marker={NOBODY}")
    t.ask("image", "GET", "/images?sort_key=no_such_field")


STORIES = (pages_of_networks, pages_of_servers, pages_of_keypairs_and_groups, pages_of_volumes, pages_of_images)
