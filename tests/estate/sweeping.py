"""Projects for a janitor: jobs of some age, what they have in common, and what was done to them by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.making import START, inventory, live
from tfclean.cleanup.options import Options
from tfclean.estate.ages import Ages, Clock
from tfclean.estate.sweep import Choice, sweep
from tfclean.kinds.registry import KINDS
from tfclean.model import Inventory, Judgement, Key, Resource, Verdict

HOUR = 3600.0
OLD, YOUNG = -10 * HOUR, -0.5 * HOUR
LIMIT = timedelta(hours=4)


def project(*resources: Resource, **changes: Any) -> Inventory:
    """Make an inventory that is listed at `START`, by a cloud that says what the time is."""
    return inventory(*resources, **{"taken_at": START, "clock": START, **changes})


def job(name: str, at: float = OLD, *, router: str = "", group: str = "", keypair: str = "") -> list[Resource]:
    """Make what a job makes: a server with a port on a network, an address, and what is common of its own unless it is given."""
    out = [
        live("network.network", f"{name}-net", f"{name}-net", after=at),
        live("network.subnet", f"{name}-sub", f"{name}-sub", after=at + 2, network_id=f"{name}-net", cidr="10.0.0.0/24"),
        leg(f"{name}-leg", f"{name}-net", f"{name}-sub", router or f"{name}-router", at + 5),
        *port(f"{name}-port", f"{name}-net", f"{name}-sub", [group or f"{name}-group"], at + 6, device=f"{name}-server"),
        live("compute.server", f"{name}-server", f"{name}-server", after=at + 8, key_name=keypair or f"{name}-key"),
        live("network.floating_ip", f"{name}-ip", "10.9.0.1", after=at + 9, port_id=f"{name}-port", router_id=router or f"{name}-router"),
        live(
            "network.floating_ip_association",
            f"{name}-ip",
            after=None,
            port_id=f"{name}-port",
            router_id=router or f"{name}-router",
        ),
    ]
    if not router:
        out.append(live("network.router", f"{name}-router", f"{name}-router", after=at + 1))
    if not group:
        out += security_group(f"{name}-group", at + 3)
    if not keypair:
        out.append(live("compute.keypair", f"{name}-key", f"{name}-key", after=at + 4))
    return out


def leg(id_: str, network: str, subnet: str, router: str, at: float) -> Resource:
    fixed = [{"subnet_id": subnet, "ip_address": "10.0.0.1"}]
    own = "network:router_interface"
    return live("network.router_interface", id_, after=at, network_id=network, fixed_ips=fixed, device_id=router, device_owner=own)


def port(id_: str, network: str, subnet: str, groups: list[str], at: float, *, device: str = "", **more: Any) -> list[Resource]:
    fixed = [{"subnet_id": subnet, "ip_address": "10.0.0.9"}]
    plug = {"device_id": device, "device_owner": "compute:nova" if device else ""}
    return [live("network.port", id_, id_, after=at, network_id=network, fixed_ips=fixed, security_groups=groups, **plug, **more)]


def security_group(id_: str, at: float, **more: Any) -> list[Resource]:
    rule = live("network.security_group_rule", f"{id_}-rule", "ingress", after=at, security_group_id=id_, direction="ingress")
    return [live("network.security_group", id_, id_, after=at, **more), rule]


def swept(found: Inventory, *, keep: Iterable[str] = (), choice: Choice | None = None, **more: Any) -> Judgement:
    """Judge by age, with a limit of four hours."""
    options = Options(keep=tuple(keep))

    def wish(resource: Resource) -> str:
        return options.keeping.reason(KINDS[resource.kind], resource) or options.kept(resource)

    return sweep(Ages(found, Clock.of(found, LIMIT), wish, **more), choice)


def gone(judgement: Judgement) -> set[str]:
    """Give the ids of what goes; ties, and parts without an id of their own, left out."""
    return {k.id for k, f in judgement.findings.items() if f.verdict in (Verdict.ZOMBIE, Verdict.IMPLICIT) and not KINDS[k.kind].tie}


def why(judgement: Judgement, id_: str) -> str:
    """Say why the group of an object goes or stays."""
    assert judgement.sweep is not None
    return next(g.because for g in judgement.sweep.groups if any(k.id == id_ for k in g.members))


def random_project(dice: random.Random) -> tuple[Inventory, set[Key]]:
    """Make a project at random, and say what of it somebody asked to keep."""
    shared = [live("network.router", "router", "router", after=dice.choice((OLD, OLD - 30 * HOUR)))]
    shared += security_group("common", OLD - 30 * HOUR)
    shared.append(live("compute.keypair", "key", "key", after=OLD - 30 * HOUR))
    shared += security_group("default", OLD - 50 * HOUR)
    shared[-2] = live("network.security_group", "default", "default", after=OLD - 50 * HOUR)
    out = list(shared)
    count = dice.randint(1, 4)
    for n in range(count):
        at = dice.choice((OLD, OLD - HOUR, OLD - 20 * HOUR, YOUNG, OLD + n))
        given = {"router": "router" if dice.random() < 0.5 else "", "keypair": "key" if dice.random() < 0.4 else ""}
        out += job(f"j{n}", at, group=dice.choice(("", "", "common", "default")), **given)
        out += _extras(dice, f"j{n}", at)
    out += [tie for n in range(dice.randint(0, 3)) for tie in _by_hand(dice, out, f"x{n}", count)]
    out = [r for r in out if dice.random() > 0.05]
    kept = {r.key for r in out if dice.random() < 0.03 and not KINDS[r.kind].tie}
    out = [_older(r, dice) for r in out]
    dice.shuffle(out)
    return project(*out), kept


def _extras(dice: random.Random, name: str, at: float) -> list[Resource]:
    out = []
    if dice.random() < 0.4:
        made = dice.choice((at, at, YOUNG))
        attachments = [{"server_id": f"{name}-server", "attachment_id": f"{name}-record"}]
        out.append(live("block_storage.volume", f"{name}-disk", f"{name}-disk", after=made, attachments=attachments))
        ends = {"server_id": f"{name}-server", "volume_id": f"{name}-disk"}
        out.append(live("compute.volume_attachment", f"{name}-server/{name}-disk", after=made, **ends))
    if dice.random() < 0.3:
        out.append(live("block_storage.snapshot", f"{name}-snap", after=dice.choice((at, YOUNG)), volume_id=f"{name}-disk"))
    if dice.random() < 0.3:
        out.append(live("compute.server_group", f"{name}-sg", "group", members=[f"{name}-server"]))
    if dice.random() < 0.3:
        balancer = {"vip_network_id": f"{name}-net", "vip_subnet_id": f"{name}-sub"}
        out.append(live("load_balancer.load_balancer", f"{name}-lb", f"{name}-lb", after=at, **balancer))
    return out


def _by_hand(dice: random.Random, found: list[Resource], name: str, count: int) -> list[Resource]:
    """Do something to jobs by hand, at any time: tie one to another, or hang something on it."""
    one, other = (f"j{dice.randrange(count)}" for _ in range(2))
    at = dice.choice((OLD, YOUNG, OLD - 5 * HOUR))
    names = {"direction": "ingress", "security_group_id": f"{other}-group", "remote_group_id": f"{one}-group"}
    deeds = (
        lambda: port(name, f"{one}-net", f"{one}-sub", [f"{other}-group"], at),
        lambda: [live("network.security_group_rule", name, "ingress", after=at, **names)],
        lambda: [leg(name, f"{one}-net", f"{one}-sub", "router", at)],
        lambda: [live("network.floating_ip", name, "10.9.0.7", after=at)],
        lambda: security_group(name, at),
        lambda: [live("compute.server_group", name, name, members=[f"{one}-server", f"{other}-server"])],
        lambda: port(name, f"{one}-net", f"{one}-sub", ["common"], at, owner="f" * 32),
        lambda: [live("network.rbac_policy", name, "access_as_shared", object_id=f"{one}-net")],
    )
    del found
    return dice.choice(deeds)()


def _older(resource: Resource, dice: random.Random) -> Resource:
    if resource.created_at is None or dice.random() > 0.02:
        return resource
    return replace(resource, created_at=dice.choice((None, START - timedelta(minutes=5), START + timedelta(days=1))))
