"""A log of any length, made while it is read: what a job prints in hours, and in between what Terraform says of a hundred objects."""

from __future__ import annotations

import io
from collections.abc import Callable

OBJECTS = 100


def noise(number: int) -> str:
    """Give a line of the tools around Terraform."""
    return f'TASK [kubernetes/node : step {number}] ok: [node-{number % 50}] => {{"changed": false, "msg": "{"x" * (number % 90)}"}}'


def running(number: int) -> str:
    """Give a line of a run that never comes to an end."""
    address, second = f"openstack_networking_port_v2.p[{number % OBJECTS}]", number // OBJECTS
    if second == 0:
        return f"{address}: Creating..."
    return f"{address}: Still creating... [{second // 60:02}m{second % 60:02}s elapsed]" if number % 7 else noise(number)


def planning(number: int) -> str:
    """Give a line of a plan whose block never ends."""
    if number < 2:
        return ("  # openstack_networking_port_v2.p will be created", '  + resource "openstack_networking_port_v2" "p" {')[number]
    return f'      + description_{number} = "{"y" * 100_000}"'


def dumping(number: int) -> str:
    """Give a line of a state that is printed and never ends."""
    return ("{", '  "version": 4,')[number] if number < 2 else f'  "resources_{number}": [],'


def failing(number: int) -> str:
    """Give a line of an error that never ends."""
    return "Error: one" if number == 0 else f"  and {number} more of the same"


class Flood(io.RawIOBase):
    """A stream of about so many bytes that are made when they are asked for.

    Args:
        size: after how many bytes it ends.
        line: gives the line of each number.
    """

    def __init__(self, size: int, line: Callable[[int], str]) -> None:
        self.lines = 0
        self._left = size
        self._line = line
        self._rest = bytearray()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer."""
        while len(self._rest) < len(buffer) and self._left > 0:
            made = f"2026-11-22T23:52:49.5753840Z {self._line(self.lines)}\r\n".encode()
            self.lines += 1
            self._left -= len(made)
            self._rest += made
        size = min(len(self._rest), len(buffer))
        buffer[:size] = self._rest[:size]
        del self._rest[:size]
        return size
