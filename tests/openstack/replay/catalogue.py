"""Which scenarios are replayed, what in them is no part of the job, and what cannot be staged, with the reason."""

from __future__ import annotations

from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"

SCENARIOS = (
    "applied",
    "drifted",
    "killed-early",
    "killed-middle",
    "killed-late",
    "interrupted",
    "destroy-killed",
    "destroy-failed",
    "own-router",
    "tainted",
    "provider-1",
    "tofu-plain",
    "tofu-killed",
    "tofu-encrypted",
    "http-killed",
    "errored",
    "twin-killed",
    "twin-tofu-killed",
)

# Recorded ids of what somebody added by hand beside the job. A rule of the job's group is among them.
STRANGERS: dict[str, dict[str, str]] = {
    "drifted": {
        "3232b6ba-3ff2-4a44-9562-128829324bff": "port left-by-hand, on the job's network",
        "4725ad0a-58f9-41ea-a621-9996e73b5fd3": "volume 800002-by-hand, named like the job",
        "43273de5-c69a-4b5b-ada8-e109344842b8": "rule for port 8080 in the job's worker group",
    },
    "destroy-failed": {
        "d80b45d9-8432-4a63-95dd-6df346483dbd": "port outsider, holds the job's cluster group",
        "2965eef8-d9f4-41e9-94b1-eb69627106fc": "network outside, the port's own",
    },
}

# The truth and what belongs to the recording: never shown to the product.
TRUTH_FILES = frozenset(("cloud.json", "before.json", "after.json", "made.json", "scenario.json"))
# Rewritten, but beside the folder: a job would not have left them there.
EXTRA_FILES = frozenset(("refresh.json", "again.json", "refresh.tfplan", "twin.json", "twin.tfstate", "lock.json", "state.json"))

_PENDING = "the balancer was PENDING_CREATE when recorded; it is staged ACTIVE, with its VRRP port (`settle=False` does not wait)"
UNSTAGED: dict[str, tuple[str, ...]] = {
    "*": (
        "times: objects keep their order, not their distances: one may be made some seconds later than its moved time (`Replay.lag`)",
        "floating IPs and gateway addresses: only an administrator may choose them; the evidence is rewritten to the new ones",
        "listeners, pools, members and monitors are made with the balancer in one call, up to half a minute earlier than recorded",
        "ids inside `private` (base64) of a state, and ids of objects that are no longer live, stay as recorded",
        "statuses of floating IPs and ports, operating statuses, device names and host ids are the lab's",
    ),
    "killed-early": (_PENDING,),
    "killed-middle": (_PENDING,),
    "interrupted": (_PENDING,),
    "http-killed": (_PENDING, "the backend itself does not run; its lock is `extra['lock.json']`"),
    "tofu-killed": (_PENDING,),
    "errored": ("the backend itself does not run",),
    "tofu-encrypted": (
        "state and plan stay encrypted as recorded: whoever decrypts them reads ids that are not live; log and plan.json are rewritten",
    ),
    "destroy-killed": ("what the destroy had deleted already was never live here: only its ids in log, state and backup tell of it",),
    "destroy-failed": ("what the destroy had deleted already was never live here: only its ids in log, state and backup tell of it",),
    "wide-applied": ("not replayed: needs services that the core lab does not run",),
    "wide-killed": ("not replayed: needs services that the core lab does not run",),
    "wide-destroy-failed": ("not replayed: needs services that the core lab does not run",),
}
