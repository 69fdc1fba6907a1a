"""Functions of addresses and prefixes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from tfclean.terraform.config.conversion import number_of
from tfclean.terraform.config.functions.base import Function, strict
from tfclean.terraform.config.values import Fault, Unknown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> Network:
    return ipaddress.ip_network(prefix, strict=False)


def _whole(value: Any) -> int:
    found = number_of(value)
    if isinstance(found, Unknown) or not isinstance(found, int):
        raise Fault("a whole number is needed here")
    return found


def _host(prefix: str, number: Any) -> str:
    return str(_network(prefix)[_whole(number)])


def _subnet(prefix: str, bits: Any, number: Any) -> str:
    network, more, at = _network(prefix), _whole(bits), _whole(number)
    length = network.prefixlen + more
    if more < 0 or length > network.max_prefixlen or not 0 <= at < 1 << more:
        raise Fault("there is no such subnet")
    first = int(network.network_address) + (at << (network.max_prefixlen - length))
    return f"{type(network.network_address)(first)}/{length}"


def _subnets(prefix: str, *bits: Any) -> list[str]:
    network = _network(prefix)
    place, out = int(network.network_address), []
    for more in bits:
        length = network.prefixlen + _whole(more)
        if not network.prefixlen < length <= network.max_prefixlen:
            raise Fault("there is no such subnet")
        size = 1 << (network.max_prefixlen - length)
        place = -(-place // size) * size
        if place > int(network.broadcast_address):
            raise Fault("the prefix is used up")
        out.append(f"{type(network.network_address)(place)}/{length}")
        place += size
    return out


TABLE: Mapping[str, Function] = {
    "cidrhost": strict(_host),
    "cidrnetmask": strict(lambda prefix: str(_network(prefix).netmask)),
    "cidrsubnet": strict(_subnet),
    "cidrsubnets": strict(_subnets),
}
