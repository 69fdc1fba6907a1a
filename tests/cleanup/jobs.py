"""Jobs and strangers for the world in memory."""

from __future__ import annotations

from tests.cleanup.world import World


def whole_job(world: World) -> dict[str, str]:
    """A job with one of everything, on a router that it only uses; gives ids by role."""
    router = world.add("network.router", name="shared", ours=False)
    external = world.add("network.network", name="public", ours=False, **{"router:external": True})
    net, sub = world.network("job")
    leg = world.interface(router, net, sub)
    workers = world.add("network.security_group", name="workers")
    masters = world.add("network.security_group", name="masters")
    for group, other in ((workers, masters), (masters, workers)):
        world.add("network.security_group_rule", security_group_id=group, direction="ingress", remote_group_id=other)
        world.add("network.security_group_rule", security_group_id=group, direction="egress", implicit=True)
    named = world.port("node", net, sub, groups=(workers,))
    nova = world.port("", net, sub, groups=(masters,), implicit=True)
    key = world.add("compute.keypair", name="job", ours=True)
    server = world.server("node", (named, nova), key_name=key)
    world.add("compute.server_group", name="anti", members=[server], policy="anti-affinity")
    data = world.add("block_storage.volume", name="data", size=1)
    boot = world.add("block_storage.volume", name="", size=1)
    world.attach(server, data)
    world.attach(server, boot, boot=True)
    backup_of = world.add("block_storage.volume", name="old", size=1)
    world.add("block_storage.snapshot", name="snap", volume_id=backup_of)
    ip = world.add("network.floating_ip", floating_network_id=external, floating_ip_address="203.0.113.7", port_id=named, router_id=router)
    parent = world.port("parent", net, sub)
    trunk = world.add("network.trunk", name="trunk", port_id=parent, sub_ports=[], admin_state_up=False)
    lb = world.balancer("api", net, sub)
    return {
        "router": router, "net": net, "sub": sub, "leg": leg, "workers": workers, "masters": masters, "named": named, "nova": nova,
        "server": server, "data": data, "boot": boot, "ip": ip, "trunk": trunk, "lb": lb,
    }  # fmt: skip


def twin(world: World) -> None:
    """Another job of the same project, on the same router."""
    router = next(iter(world.tables["network.router"]))
    net, sub = world.network("job", ours=False)
    world.interface(router, net, sub, ours=False)
    group = world.add("network.security_group", name="workers", ours=False)
    port = world.port("node", net, sub, groups=(group,), ours=False)
    world.server("node", (port,), ours=False)
    world.balancer("api", net, sub, ours=False)
    world.add("block_storage.volume", name="data", size=1, ours=False)
