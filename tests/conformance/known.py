"""What differs between the lab and the simulator and stays so, each with the reason. An entry that fits nothing fails the tests."""

from __future__ import annotations

from tests.conformance.comparing import Known

AGENTS = "in the lab no agent runs that would take note of it; the simulator is a cloud with agents"
DEFECT = "a defect of the lab's release, which answers 500; the simulator answers what is meant"

KNOWN: tuple[Known, ...] = (
    Known(r"rows\.status", AGENTS, r"network \w+ /(ports|floatingips|trunks)"),
    Known(
        r"rows\.device_owner|rows\.revision_number",
        f"{AGENTS}: an agent makes a port a subport",
        "network GET /ports",
        "trunks.an_enabled_trunk",
    ),
    Known(
        r"rows\.device_owner|rows\.revision_number",
        f"{AGENTS}: an agent makes a port a subport",
        "network GET /ports",
        "trunks.a_plugged_trunk",
    ),
    Known(r"rows(\.pools|\.listeners|\.members)*\.operating_status", AGENTS, "load-balancer"),
    Known(r"rows\.mtu", "the simulator's networks are tunnels, the lab's are not", "network GET /networks"),
    Known(r"rows\.volume_type", "the lab's only type of volumes has another name"),
    Known(r"rows\.attachments\.device", "the lab's hypervisor is a fake that calls disks sda and so on", "block-storage GET /volumes"),
    Known(
        r"rows\.flavor\.links",
        "only the oldest form of a server links its flavor, and nobody follows that",
        "compute GET /servers",
        "servers.a_server",
    ),
    Known(
        r"rows\.(listeners|pools)\..*",
        "who makes a whole tree at once is shown it whole; the simulator shows ids",
        "load-balancer POST",
        "balancers.a_whole_tree",
    ),
    Known(r"status|error", DEFECT, r"network PUT /networks/<id>/tags/a", "network.tags"),
    Known(r"status|error", DEFECT, r"network PUT /security-group-rules", "network_policy.rules"),
    Known(r"status|error", DEFECT, r"network PUT /address-groups", "network_policy.address_groups"),
    Known(r"status|error", DEFECT, r"compute POST /servers/<server 1>/os-interface", "servers.interfaces"),
    Known(r"status|error", DEFECT, r"load-balancer POST /lbaas/loadbalancers", "balancers.creating"),
    Known(
        r"error",
        "the web server in front of the lab's Keystone answers with a page",
        "identity GET /nothing",
        "identity.people_and_projects",
    ),
)
