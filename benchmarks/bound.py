"""The list-schedule bound: how long a plan takes if nobody ever waits for anything but a service. In: its steps. Out: seconds.

Each call occupies one of its service's slots while it lasts; what an object then still needs to go occupies none. A step is ready when
everything it needs is gone, and the ready step with the longest remaining path goes first (Graham's list schedule). No list is made, no
answer is interpreted, no step eases another, so that a real run can only be longer.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Key, Plan, Step


@dataclass(frozen=True)
class Task:
    """A step with its times.

    Attributes:
        key: its object.
        service: whose slot its call occupies.
        call: seconds of the call; 0 for a wait, which takes no slot.
        going: seconds from the answer until the object is gone.
        needs: what must be gone before.
    """

    key: Key
    service: str
    call: float
    going: float
    needs: frozenset[Key]


def tasks(plan: Plan, latency: float, going: Callable[[Step], float]) -> list[Task]:
    """Give the steps of a plan with their times.

    Args:
        plan: the plan.
        latency: seconds of each call.
        going: seconds for which the object of a step is still there after its call was accepted.
    """
    whole = {part: step.target for step in plan.steps for part in step.parts}
    there = {step.target for step in plan.steps}
    out = []
    for step in plan.steps:
        needs = frozenset(whole.get(n, n) for n in step.needs) & there - {step.target}
        waits = step.action is Action.WAIT
        out.append(Task(step.target, KINDS[step.target.kind].service, 0.0 if waits else latency, going(step), needs))
    return out


def list_schedule(work: Iterable[Task], slots: Callable[[str], int]) -> float:
    """Give the seconds after which the last object is gone.

    Args:
        work: tasks without cycles.
        slots: calls at once, by service.
    """
    todo = {task.key: task for task in work}
    path = _paths(todo)
    waiting = {key: len(task.needs) for key, task in todo.items()}
    dependents = _dependents(todo)
    ready: dict[str, list[tuple[float, Key]]] = defaultdict(list)
    busy: Counter[str] = Counter()
    # What ends: a call, which gives its slot back, or an object's going.
    ends: list[tuple[float, int, Key]] = []

    def enter(key: Key, now: float) -> None:
        task = todo[key]
        if task.call:
            heapq.heappush(ready[task.service], (-path[key], key))
        else:
            heapq.heappush(ends, (now + task.going, 1, key))

    for key, needs in waiting.items():
        if not needs:
            enter(key, 0.0)
    now = 0.0
    while True:
        for service, line in ready.items():
            while line and busy[service] < slots(service):
                _, key = heapq.heappop(line)
                busy[service] += 1
                heapq.heappush(ends, (now + todo[key].call, 0, key))
        if not ends:
            return now
        now, gone, key = heapq.heappop(ends)
        if not gone:
            busy[todo[key].service] -= 1
            heapq.heappush(ends, (now + todo[key].going, 1, key))
            continue
        for dependent in dependents[key]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                enter(dependent, now)


def _dependents(todo: Mapping[Key, Task]) -> Mapping[Key, list[Key]]:
    out: dict[Key, list[Key]] = defaultdict(list)
    for task in todo.values():
        for need in task.needs:
            out[need].append(task.key)
    return out


def _paths(todo: Mapping[Key, Task]) -> dict[Key, float]:
    """Give for each task the seconds of the longest path that begins with it."""
    dependents = _dependents(todo)
    open_ = {key: len(dependents[key]) for key in todo}
    path = {key: task.call + task.going for key, task in todo.items()}
    line = [key for key, count in open_.items() if not count]
    while line:
        key = line.pop()
        for need in todo[key].needs:
            path[need] = max(path[need], todo[need].call + todo[need].going + path[key])
            open_[need] -= 1
            if not open_[need]:
                line.append(need)
    return path
