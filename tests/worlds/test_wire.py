"""Some of the random worlds again, with the real SDK and HTTP between the product and the world."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.simulator.wire.making import tfcleans
from tests.worlds.cloud import Asked, Inline, VirtualMachine
from tests.worlds.story import PAGES, Story, broken_among
from tfclean.cloud import Cloud
from tfclean.simulator import Dropped, Faulty, Request, Response
from tfclean.simulator.wire import Wire

WORLDS = 50 if EXHAUSTIVE else 10
PIECE = 5
FIRST = 20_000

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # openstacksdk announces what it will drop


class WireStory(Story):
    """A story whose requests go through openstacksdk and over the wire."""

    def _cloud(self, machine: VirtualMachine, asked: Faulty | None) -> Cloud:
        wire = Wire(self.world, answering=Between(self, asked or self.world), wait=machine.sleep)
        time = {"now": machine.now, "sleep": machine.sleep}
        return tfcleans(wire, time=time, page=self.dice.choice(PAGES), pool=lambda _: Inline())


class Between:
    """Stands between the wire and the world, and tells the story of each request that changes the world."""

    def __init__(self, story: WireStory, asked: Asked) -> None:
        self.story, self.asked = story, asked

    def request(self, request: Request) -> Response:
        self.story.sent.append(request)
        if request.method == "GET":
            return self.asked.request(request)
        self.story._before(request)
        try:
            answer = self.asked.request(request)
        except Dropped:
            self.story._after(request)
            raise
        self.story._after(request)
        return answer


@pytest.mark.parametrize("first", range(FIRST, FIRST + WORLDS, PIECE))
def test_what_is_promised_holds_with_the_real_sdk(first: int, tmp_path: Path) -> None:
    assert not broken_among(range(first, first + PIECE), tmp_path / "world", WireStory)
