"""What every part of Neutron brings to the API that all of its kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfclean.simulator.routing import Handler

if TYPE_CHECKING:
    from tfclean.simulator.network import Network


class NetworkPart:
    """Rules of some kinds.

    Args:
        service: of which it is a part.

    Attributes:
        rules: (verb, kind) → function, for the API that all kinds share.
        routes: further routes.
    """

    def __init__(self, service: Network) -> None:
        self.service = service
        self.store = service.store
        self.rules: dict[tuple[str, str], Any] = {}
        self.routes: list[tuple[str, str, Handler]] = []
