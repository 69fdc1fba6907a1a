"""Live objects and a create in, those of them that its plain attributes do not rule out: looked up, so that not each is held against each.

What is left out here, `tfclean.kinds.terraform_types.compare` would have told apart; what is given still has to be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tfclean.estate.creates import Create
from tfclean.kinds.drift import DriftRule, exact, live_value, state_value
from tfclean.model import Resource

FEW = 8
"""So few objects are compared one by one."""


class Lookup:
    """Finds objects of one kind by what they are like.

    Args:
        resources: all of them.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._all = resources
        self._tables: dict[DriftRule, tuple[dict[str, list[int]], list[int]]] = {}

    def near(self, create: Create) -> Sequence[Resource]:
        """Give, in their order, the objects that can be as a create would have made them, and perhaps others."""
        if len(self._all) <= FEW:
            return self._all
        found: list[int] | None = None
        for rule in create.type.drift:
            known, value = state_value(rule, create.claim.attributes)
            wanted = exact(rule, value) if known and rule.attribute not in create.type.secret else None
            if wanted is not None:
                alike, open_ = self._table(rule)
                those = [*alike.get(wanted, ()), *open_]
                found = those if found is None or len(those) < len(found) else found
        return self._all if found is None else [self._all[at] for at in sorted(found)]

    def _table(self, rule: DriftRule) -> tuple[dict[str, list[int]], list[int]]:
        """Give places by value, and those of objects whose value says nothing."""
        if rule not in self._tables:
            alike: dict[str, list[int]] = defaultdict(list)
            open_: list[int] = []
            for at, resource in enumerate(self._all):
                shown, value = live_value(rule, resource.attributes)
                has = exact(rule, value) if shown else None
                (open_ if has is None else alike[has]).append(at)
            self._tables[rule] = alike, open_
        return self._tables[rule]
