"""The record tells who has done harm to what."""

from __future__ import annotations

from tests.simulator.making import somebody
from tfclean.simulator import harm


def test_deleting_and_changing_what_is_not_ones_own_is_harm() -> None:
    me = somebody()
    (mine, _), (theirs, subnet), kept = me.network("mine"), me.network("theirs"), me.group("kept")
    named = me.group("named")
    rule = {"security_group_id": kept, "direction": "ingress", "remote_group_id": named}
    lost = me.make("network", "/security-group-rules", "security_group_rule", **rule)["id"]
    first = len(me.world.audit)
    me.delete("network", f"/networks/{mine}")
    me.delete("network", f"/security-groups/{named}")
    me.delete("network", f"/networks/{theirs}")
    mine_too = {c.id for c in me.world.audit[first:] if c.before and named == c.before.get("security_group_id")}
    mine_too |= {c.id for c in me.world.audit[first:] if c.kind == "subnet" and c.id != subnet}
    found = harm(me.world.audit[first:], {mine, named, *mine_too})
    assert [(c.kind, c.id) for c in found] == [("security_group_rule", lost), ("subnet", subnet), ("network", theirs)]


def test_what_was_made_meanwhile_and_what_others_do_is_no_harm_of_mine() -> None:
    me = somebody()
    net, _ = me.network()
    me.delete("network", f"/networks/{net}")
    assert harm(me.world.audit, set()) == []
    router = me.router(me.network()[1])
    first = len(me.world.audit)
    me.send("network", "PUT", f"/routers/{router}", {"router": {"name": "new"}})
    assert harm(me.world.audit[first:], set(), user="somebody else") == []
    assert [c.id for c in harm(me.world.audit[first:], set(), user=me.world.user)] == [router]


def test_a_revision_that_grows_because_of_a_neighbour_is_no_harm() -> None:
    me = somebody()
    net, _ = me.network()
    router, subnet = me.router(), me.make("network", "/subnets", "subnet", network_id=net, cidr="10.5.0.0/24")["id"]
    first = len(me.world.audit)
    me.send("network", "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
    assert harm(me.world.audit[first:], set()) == []
