"""Refusals in the form that Nova and Cinder share."""

from __future__ import annotations

from tfclean.simulator.api import Refused


def missing(text: str) -> Refused:
    """Refuse: there is none."""
    return Refused(404, {"itemNotFound": {"code": 404, "message": text}})


def conflict(text: str) -> Refused:
    """Refuse: not in this state."""
    return Refused(409, {"conflictingRequest": {"code": 409, "message": text}})


def invalid(text: str) -> Refused:
    """Refuse: not like this."""
    return Refused(400, {"badRequest": {"code": 400, "message": text}})
