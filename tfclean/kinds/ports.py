"""What a port is, by its device owner and name (`neutron_lib.constants`, `octavia.common.constants`)."""

from __future__ import annotations

from tfclean.model import Resource

SERVES_NETWORK = ("network:dhcp", "network:distributed", "network:floatingip_agent_gateway")
"""Neutron deletes these with their network; they hold nothing."""
ROUTER_OWN = ("network:router_gateway", "network:router_ha_interface", "network:router_centralized_snat")
OF_SERVER = ("compute:", "baremetal:")
VRRP = "octavia-lb-vrrp-"


def owner(resource: Resource) -> str:
    """Give a port's device owner."""
    return str(resource.attributes.get("device_owner") or "")


def is_vrrp(resource: Resource) -> bool:
    """Tell whether a port is an amphora's: it belongs to Octavia's project and to a server that the project cannot see."""
    return resource.name.startswith(VRRP)


def is_plugged_into_server(resource: Resource) -> bool:
    """Tell whether a port is plugged into a server of the project."""
    return owner(resource).startswith(OF_SERVER) and bool(resource.attributes.get("device_id")) and not is_vrrp(resource)


def is_unplugged(resource: Resource) -> bool:
    """Tell whether a port has no device at all."""
    return not resource.attributes.get("device_id") and not owner(resource)


def serves_network(resource: Resource) -> bool:
    """Tell whether a port is Neutron's own on a network, such as the DHCP port."""
    return owner(resource) in SERVES_NETWORK


def holds_network(resource: Resource) -> bool:
    """Tell whether a port keeps its network and subnets from being deleted."""
    return not serves_network(resource)


def balancer_of(resource: Resource) -> str:
    """Give the id of the balancer whose VIP port Octavia made this to be, or the empty string."""
    device = str(resource.attributes.get("device_id") or "")
    return device[3:] if owner(resource) == "Octavia" and device.startswith("lb-") else ""


def implied_port(resource: Resource) -> str:
    """Say why OpenStack made this port by itself; empty if it may have been made by hand."""
    if serves_network(resource):
        return "Neutron made it to serve the network"
    if owner(resource) in ROUTER_OWN:
        return "Neutron made it for a router"
    if is_vrrp(resource):
        return "Octavia made it for the amphora of a load balancer"
    return ""


def swept_port(resource: Resource) -> str:
    """Say why OpenStack takes this port away by itself once nothing needs it; empty if it does not."""
    return implied_port(resource) or ("Octavia made it as the VIP port of a load balancer" if balancer_of(resource) else "")


def is_vip(resource: Resource) -> bool:
    """Tell whether Octavia made a port to be the VIP port of a balancer, which may be gone."""
    return bool(balancer_of(resource))


def serves_router(resource: Resource) -> bool:
    """Tell whether a port is Neutron's own for a router: gateway, HA, central SNAT."""
    return owner(resource) in ROUTER_OWN
