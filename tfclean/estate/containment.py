"""What is the job's because its surroundings are: parts, followers, and what lives wholly inside.

In: an estate and the standing of what is known by id or by name. Out: the standing, grown until nothing changes.
"""

from __future__ import annotations

from tfclean.estate.graph import Estate
from tfclean.estate.standing import Standing
from tfclean.kinds.base import Container
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, EdgeType, Key, Resource


def grow(estate: Estate, standing: Standing) -> None:
    """Let confidence flow from containers to what they contain.

    Each object is looked at again when something it hangs on has become surer, so the work is in proportion to the ties.
    """
    waiting = dict.fromkeys(estate.inventory.resources)
    while waiting:
        key = next(iter(waiting))
        del waiting[key]
        if _lift(estate, standing, estate.resource(key)):
            for neighbour in _neighbours(estate, key):
                waiting.setdefault(neighbour)


def _neighbours(estate: Estate, key: Key) -> list[Key]:
    near = [e.source for e in estate.into(key, *EdgeType)] + [e.target for e in estate.out(key, *EdgeType)]
    # A server learns of its network through its ports: two steps.
    return [k for n in near for k in (n, *(e.source for e in estate.into(n, EdgeType.HOLDS)))]


def _lift(estate: Estate, standing: Standing, resource: Resource) -> bool:
    key = resource.key
    kind = KINDS[resource.kind]
    lifted = False
    for edge in estate.out(key, EdgeType.PART_OF):
        standing.within[key][edge.target] = None
        lifted |= standing.lift(key, standing.of(edge.target), f"it {edge.reason} {_called(estate, edge.target)}")
    makers = list(estate.out(key, EdgeType.IMPLIED_BY))
    if makers:
        lowest = min(standing.of(e.target) for e in makers)
        lifted |= standing.lift(key, lowest, f"it {makers[0].reason} {_called(estate, makers[0].target)}")
    if not standing.belongs_here(resource):
        return lifted
    for edge in estate.into(key, EdgeType.HOLDS):
        if edge.source.kind in kind.follows:
            lifted |= standing.lift(key, standing.of(edge.source), f"it is plugged into {_called(estate, edge.source)}")
    if standing.looked_up(key):
        return lifted
    for container in kind.containers:
        lifted |= _contain(estate, standing, resource, container)
    return lifted


def _contain(estate: Estate, standing: Standing, resource: Resource, container: Container) -> bool:
    if container.when is not None and not container.when(resource):
        return False
    if EdgeType.USES in container.along and resource.key in standing.used:
        return False  # a trace names it as something that was there already
    if container.orphan_of and not _orphaned(estate, resource.key, container.orphan_of):
        return False
    reached = estate.reached(resource.key, container)
    if not reached:
        return False
    for edge in estate.out(resource.key, EdgeType.HOLDS, EdgeType.PART_OF):
        if edge.target.kind in container.beside and not (standing.ours(edge.target) or edge.target in standing.used):
            return False
    confidence = min(standing.of(key) for key in reached)
    if container.weaker and confidence:
        confidence = Confidence(confidence - 1)
    standing.within[resource.key].update(dict.fromkeys(reached))
    names = ", ".join(_called(estate, key) for key in reached[:3])
    return standing.lift(resource.key, confidence, f"it {container.reason} {names} of the job")


def _orphaned(estate: Estate, key: Key, kind: str) -> bool:
    """Tell whether what an object was made for is gone: it would have been listed, and no tie leads to it."""
    return kind in estate.inventory.listed and not any(e.target.kind == kind for e in estate.out(key, EdgeType.IMPLIED_BY))


def _called(estate: Estate, key: Key) -> str:
    return f"{KINDS[key.kind].noun} {estate.resource(key).name or key.id}"
