"""What a project uses of its quotas, as the product reads it: when there is nothing, when there is something, and when that is gone."""

from __future__ import annotations

from tests.conformance.stories.network import NET, network, port
from tests.conformance.stories.servers import delete, server
from tests.conformance.stories.volumes import CINDER, volume
from tests.conformance.telling import Teller
from tfclean.kinds.quotas import SHEETS


def look(t: Teller) -> None:
    """Ask every service for its quotas, and note what the product takes of the answer."""
    for sheet in SHEETS:
        query = "&".join(f"{name}={value}" for name, value in sheet.query)
        path = sheet.path.replace("{project}", t["project"]) + (f"?{query}" if query else "")
        answer = t.ask(sheet.service, "GET", path, quiet=True)
        rows = answer.body.get(sheet.key, {}) if isinstance(answer.body, dict) else {}
        used = {name: rows[name][sheet.used] if sheet.used else "told by none" for name in sheet.names if name in rows}
        t.records.append({"call": f"{sheet.service} quotas", "status": answer.status, "used": used})


def what_is_used(t: Teller) -> None:
    look(t)
    net, _ = network(t)
    port(t, net)
    group = t.ask(NET, "POST", "/security-groups", {"security_group": {"name": "g"}}).row()["id"]
    made, disk = server(t, {"uuid": net}), volume(t)
    look(t)
    delete(t, made)
    t.ask(CINDER, "DELETE", f"/volumes/{disk}")
    t.wait_gone(CINDER, f"/volumes/{disk}")
    t.ask(NET, "DELETE", f"/security-groups/{group}")
    look(t)


def of_others(t: Teller) -> None:
    for sheet in SHEETS:
        t.ask(sheet.service, "GET", sheet.path.replace("{project}", t["other project"]))


STORIES = (what_is_used, of_others)
