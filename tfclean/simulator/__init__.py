"""An OpenStack in one process, for tests and for the demo. It shares no knowledge with the product, so that it can contradict it.

    world = World()                          # virtual time, one project, one user, an external network, an image, flavors
    answer = world.request(Request("network", "GET", "/networks", project=world.project, user=world.user))
    world.advance(30)                        # servers come up, deletions end
    world.audit                              # every change: when, who, what, before, after

`Faulty(world, plan)` has the same `request` and breaks as the plan says; `load(world, answers)` puts recorded list answers into a world.
"""

from __future__ import annotations

from tfclean.simulator.api import SERVICES, Dropped, Refused, Request, Response, Row
from tfclean.simulator.audit import harm
from tfclean.simulator.build import Caller, cluster
from tfclean.simulator.clock import Clock, RealClock, VirtualClock
from tfclean.simulator.faults import Faulty, Plan
from tfclean.simulator.load import load
from tfclean.simulator.store import Change
from tfclean.simulator.world import Fate, Pace, World

__all__ = [
    "SERVICES",
    "Caller",
    "Change",
    "Clock",
    "Dropped",
    "Fate",
    "Faulty",
    "Pace",
    "Plan",
    "RealClock",
    "Refused",
    "Request",
    "Response",
    "Row",
    "VirtualClock",
    "World",
    "cluster",
    "harm",
    "load",
]
