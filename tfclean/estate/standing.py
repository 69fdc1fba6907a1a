"""What is known of each live object while it is being judged: how sure it is that it is the job's, and why.

In: one reason after the other. Out: the highest confidence for each object, with its reasons in order of strength.
"""

from __future__ import annotations

from collections import defaultdict

from tfclean.kinds.registry import KINDS
from tfclean.model import OWNING, Claim, Confidence, Evidence, Inventory, Key, Resource, Tense


class Standing:
    """Confidence, reasons, claims and reservations, by object.

    Args:
        inventory: what is live.
        outside: objects that are never the job's, with the reason: those of a `--protect` state.
    """

    def __init__(self, inventory: Inventory, outside: dict[Key, str]) -> None:
        self.inventory = inventory
        self.outside = outside
        self.confidence: dict[Key, Confidence] = {}
        self.reasons: dict[Key, list[tuple[Confidence, Evidence]]] = defaultdict(list)
        self.claims: dict[Key, list[Claim]] = defaultdict(list)
        self.used: dict[Key, list[Evidence]] = defaultdict(list)
        self.explained: dict[Key, Claim] = {}
        self.keep: dict[Key, str] = {}
        self.within: dict[Key, dict[Key, None]] = defaultdict(dict)
        self.ambiguous: set[Key] = set()

    def of(self, key: Key) -> Confidence:
        """Give how sure it is that `key` is the job's."""
        return self.confidence.get(key, Confidence.NONE)

    def ours(self, key: Key) -> bool:
        """Tell whether `key` is the job's for certain or probably."""
        return self.of(key) >= Confidence.PROBABLE

    def lift(self, key: Key, confidence: Confidence, text: str, source: str = "") -> bool:
        """Note a reason; tell whether it made `key` surer than it was."""
        if key in self.outside or confidence is Confidence.NONE:
            return False
        evidence = Evidence(text, source)
        if all(known != evidence for _, known in self.reasons[key]):
            self.reasons[key].append((confidence, evidence))
        if confidence <= self.of(key):
            return False
        self.confidence[key] = confidence
        return True

    def looked_up(self, key: Key) -> bool:
        """Tell whether the job says of `key` that it merely looked it up."""
        tenses = {claim.tense for claim in self.claims.get(key, ())}
        return Tense.REFERENCED in tenses and not tenses & OWNING

    def kept_around(self, key: Key) -> str:
        """Say what around `key`, near or far, was asked to be kept, and why; empty if nothing was."""
        seen, waiting = {key}, [key]
        while waiting:
            for container in self.within.get(waiting.pop(), ()):
                if container in self.keep:
                    resource = self.inventory.resources[container]
                    return f"it lives in {KINDS[container.kind].noun} {resource.name or resource.id}, which stays: {self.keep[container]}"
                if container not in seen:
                    seen.add(container)
                    waiting.append(container)
        return ""

    def addresses(self, key: Key) -> tuple[str, ...]:
        """Give the addresses that claim `key`, and that of the create that explains it."""
        explained = self.explained.get(key)
        return tuple(dict.fromkeys([c.address for c in self.claims.get(key, ())] + ([explained.address] if explained else [])))

    def evidence(self, key: Key) -> tuple[Evidence, ...]:
        """Give the reasons for `key`, strongest first."""
        return tuple(e for _, e in sorted(self.reasons.get(key, ()), key=lambda pair: -pair[0]))

    def belongs_here(self, resource: Resource) -> bool:
        """Tell whether the connection's project (or user) owns `resource`, as far as its service says."""
        return not resource.owner or resource.owner in (self.inventory.project, self.inventory.user)
