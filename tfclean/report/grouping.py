"""Findings in; in which order a long list of them is read, and under which heads, out. Pure.

A list of thousands is read by groups: the module (and the state, where there are several) that an object stands in, those with most
problems first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tfclean.model import Finding, Judgement

MODULE = re.compile(r'(?:module\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.)+')
"""The modules at the head of an address; keys may hold dots, blanks and brackets."""

ROOT = "root module"

Item = TypeVar("Item")


def module(address: str) -> str:
    """Give the module of an address: ``module.a["x"]``; empty for the root module."""
    found = MODULE.match(address)
    return found.group().removesuffix(".") if found else ""


class Places:
    """Tells where in the job a finding stands.

    Args:
        judgement: all findings, and the claims that they were judged by.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._judgement = judgement
        present = {c.address: c.source.path for c in judgement.footprint.claims if c.present}
        self._states = present if len(set(present.values())) > 1 else {}

    def of(self, finding: Finding) -> str:
        """Give the module of `finding`, with the state's file where there are several; empty for what stands at no address."""
        address = self._address(finding)
        if not address:
            return ""
        state = self._states.get(address, "")
        return f"{state}: {module(address) or ROOT}" if state else module(address) or ROOT

    def _address(self, finding: Finding) -> str:
        """Give its address, else that of what it follows from."""
        seen = set()
        at: Finding | None = finding
        while at is not None and at.key not in seen:
            if at.addresses:
                return at.addresses[0]
            seen.add(at.key)
            at = self._judgement.findings.get(at.cause) if at.cause else None
        return ""


def grouped(items: Iterable[Item], place: Callable[[Item], str], weight: Callable[[Item], int]) -> list[tuple[str, Sequence[Item]]]:
    """Group `items` by place: the heaviest group first, what has no place last, the order within a group kept.

    Args:
        items: in the order of telling.
        place: gives the place of one.
        weight: gives how many rows it takes.
    """
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[place(item)].append(item)
    return sorted(groups.items(), key=lambda group: (not group[0], -sum(weight(i) for i in group[1]), group[0]))
