"""A world and a plan of faults in; the same world, as unreliable as the plan says, out. The same seed breaks the same way."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tfclean.simulator.api import Dropped, Request, Response
from tfclean.simulator.build import Caller
from tfclean.simulator.store import Actor
from tfclean.simulator.world import Fate, World

BODIES = {
    "compute": '{"computeFault": {"code": 500, "message": "Unexpected API Error."}}',
    "network": '{"NeutronError": {"type": "HTTPInternalServerError", "message": "Request Failed: internal server error", "detail": ""}}',
}
HTML = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n"
UNAUTHORIZED = {"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}
DENIED = {
    "network": {"NeutronError": {"type": "PolicyNotAuthorized", "message": "rule:{} is disallowed by policy", "detail": ""}},
    "compute": {"forbidden": {"code": 403, "message": "Policy doesn't allow os_compute_api:{} to be performed."}},
    "block-storage": {"forbidden": {"code": 403, "message": "Policy doesn't allow volume:{} to be performed."}},
    "image": {"message": "You are not authorized to complete {} action.<br /><br />\n\n\n", "code": "403 Forbidden", "title": "Forbidden"},
    "load-balancer": {"faultcode": "Client", "faultstring": "Policy does not allow this request to be performed.", "debuginfo": None},
}


@dataclass(frozen=True)
class Plan:
    """What goes wrong, and how often. Every share is of the requests (or of the objects, where it says so), from 0 to 1.

    Attributes:
        seed: of the dice.
        until: seconds after the world's present in which all this ends; for ever if nothing.
        latency: longest time that an answer takes.
        throttled: answered 429 with `retry_after`.
        broken: answered 500, 502, 503 or 504, and not done.
        lost_done: done, and not answered.
        lost_undone: neither done nor answered.
        expired: answered 401, although the token was good.
        denied: (service, first segments of the path) → DELETE is answered 403 for ever: ``("network", "/routers")``.
        slow: share of the deletions that take `slowness` times as long.
        slowness: how much longer slow deletions take.
        stuck: share of the deletions that never end.
        failing: share of the deletions and creations that end in an error.
        stuck_ids: objects whose deletion or change never ends, whatever the dice say, also after `until`.
        lag: lists show the world as it was that many seconds ago.
        meddling: share of the requests before which somebody else deletes, changes or plugs in something.
        meddled: kinds and ids that others may delete or change; nothing outside is touched but by new ports on `meddled` networks.
        retry_after: seconds, in the header.
    """

    seed: int = 0
    until: float | None = None
    latency: float = 0.0
    throttled: float = 0.0
    broken: float = 0.0
    lost_done: float = 0.0
    lost_undone: float = 0.0
    expired: float = 0.0
    denied: frozenset[tuple[str, str]] = frozenset()
    slow: float = 0.0
    slowness: float = 10.0
    stuck: float = 0.0
    failing: float = 0.0
    stuck_ids: frozenset[str] = frozenset()
    lag: float = 0.0
    meddling: float = 0.0
    meddled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retry_after: int = 2


PATHS = {
    "port": ("network", "/ports", "port"),
    "floatingip": ("network", "/floatingips", "floatingip"),
    "security_group": ("network", "/security-groups", "security_group"),
    "network": ("network", "/networks", "network"),
    "server": ("compute", "/servers", "server"),
    "volume": ("block-storage", "/volumes", "volume"),
    "image": ("image", "/images", "image"),
}


class Faulty:
    """A world with faults. One request is carried out after the other, so that the same requests meet the same faults.

    Attributes:
        world: the world itself, without faults.
        plan: what goes wrong.
        stranger: project of whoever meddles.
        injected: what went wrong so far: number of the request, and the fault's name in the plan.
    """

    def __init__(self, world: World, plan: Plan) -> None:
        self.world = world
        self.plan = plan
        self.stranger = "5" * 32
        self.injected: list[tuple[int, str]] = []
        self._dice = random.Random(plan.seed)  # noqa: S311  it needs to repeat, not to be secret
        self._end = None if plan.until is None else world.clock.now() + plan.until
        self._count = 0
        world.fate = self._fate

    def over(self) -> bool:
        """Whether what ends has ended."""
        return self._end is not None and self.world.clock.now() >= self._end

    def request(self, request: Request) -> Response:
        """Carry out one call, or fail to.

        Args:
            request: what is asked, and by whom.

        Returns:
            The world's answer, or that of something that stands before it.

        Raises:
            Dropped: no answer comes.
        """
        with self.world.lock:
            self._count += 1
            if self._denied(request):
                return self._note("denied", Response(403, _denial(request)))
            if self.over():
                return self.world.request(request)
            if self._happens(self.plan.meddling):
                self._meddle()
            seconds = self._dice.uniform(0, self.plan.latency) if self.plan.latency else 0.0
            early = self._early(request, seconds)
            if early is not None:
                return early
            answer = self._late(request)
            if self._happens(self.plan.lost_done):
                self._note("lost_done", answer)
                raise Dropped(done=True, seconds=seconds)
            return Response(answer.status, answer.body, answer.headers, seconds)

    def _happens(self, share: float) -> bool:
        return bool(share) and self._dice.random() < share

    def _note(self, name: str, response: Response) -> Response:
        self.injected.append((self._count, name))
        return response

    def _denied(self, request: Request) -> bool:
        path = request.path + "/"
        return request.method == "DELETE" and any(s == request.service and path.startswith(p + "/") for s, p in self.plan.denied)

    def _early(self, request: Request, seconds: float) -> Response | None:
        plan = self.plan
        if self._happens(plan.throttled):
            text = {"overLimit": {"code": 429, "message": "This request was rate-limited.", "retryAfter": plan.retry_after}}
            return self._note("throttled", Response(429, text, {"Retry-After": str(plan.retry_after)}, seconds))
        if self._happens(plan.expired):
            return self._note("expired", Response(401, UNAUTHORIZED, {}, seconds))
        if self._happens(plan.broken):
            status = self._dice.choice((500, 502, 503, 504))
            return self._note("broken", Response(status, BODIES.get(request.service, HTML) if status == 500 else HTML, {}, seconds))
        if self._happens(plan.lost_undone):
            self._note("lost_undone", Response(0))
            raise Dropped(done=False, seconds=seconds)
        return None

    def _late(self, request: Request) -> Response:
        if request.method == "GET" and self.plan.lag:
            with self.world.past(self.plan.lag):
                return self.world.request(request)
        return self.world.request(request)

    # -- fates ----------------------------------------------------------------------------------------------------------

    def _fate(self, what: str, _kind: str, id_: str) -> Fate:
        if what != "create" and id_ in self.plan.stuck_ids:
            return Fate(stuck=True)
        if self.over() or what == "update":
            return Fate()
        if what == "delete" and self._happens(self.plan.stuck):
            self._note("stuck", Response(0))
            # A deletion that was stuck goes on when the faults end.
            return Fate(stuck=True) if self._end is None else Fate(later=self._end)
        if self._happens(self.plan.failing):
            self._note("failing", Response(0))
            return Fate(fails=True)
        return Fate(factor=self.plan.slowness if what == "delete" and self._happens(self.plan.slow) else 1.0)

    # -- somebody else --------------------------------------------------------------------------------------------------

    def _meddle(self) -> None:
        there = [(k, i) for k, ids in sorted(self.plan.meddled.items()) for i in ids if k in PATHS and i in self.world.tables[k]]
        if not there:
            return
        kind, id_ = self._dice.choice(there)
        service, path, key = PATHS[kind]
        admin = Caller(self.world, self.stranger, self.stranger, frozenset({"admin", "member"}))
        store, outer = self.world.store, self.world.store.actor
        store.actor = Actor(self.stranger, self.stranger)
        try:
            deed = self._dice.choice(("vanish", "change", "appear"))
            if deed == "appear" and kind == "network":
                admin.send("network", "POST", "/ports", {"port": {"network_id": id_, "name": "somebody-else"}})
            elif deed == "vanish":
                admin.send(service, "DELETE", f"{path}/{id_}")
            elif kind != "image":
                admin.send(service, "PUT", f"{path}/{id_}", {key: {"description": f"changed {self._count}"}})
            self._note("meddling", Response(0))
        except ValueError:
            pass  # what is in use stays
        finally:
            store.actor = outer


def _denial(request: Request) -> object:
    segment = request.path.strip("/").split("/")
    action = f"delete_{segment[0].rstrip('s').replace('-', '_')}"

    def fill(value: object) -> object:
        if isinstance(value, dict):
            return {k: fill(v) for k, v in value.items()}
        return value.replace("{}", action) if isinstance(value, str) else value

    return fill(DENIED[request.service])
