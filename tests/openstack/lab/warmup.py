"""First requests: a worker loads policies and extensions when it is first asked, and errs if it is asked twice at once."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from openstack import exceptions

from .identity import connect

ROUNDS = 24
AT_ONCE = 6


def warm(project: str) -> None:
    """Let every worker of Neutron make and delete what tests begin with; what errs meanwhile is no matter."""
    with connect(project, project) as conn:
        network = conn.network

        def once(number: int) -> None:
            with contextlib.suppress(exceptions.SDKException):
                made = network.create_network(name="warm-up")
                try:
                    network.create_subnet(network_id=made.id, cidr=f"10.200.{number}.0/24", ip_version=4)
                    network.delete_security_group(network.create_security_group(name="warm-up"))
                finally:
                    network.delete_network(made)

        once(0)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(once, range(1, ROUNDS)))
        for left in (*network.networks(name="warm-up"), *network.security_groups(name="warm-up")):
            with contextlib.suppress(exceptions.SDKException):
                (network.delete_network if "subnet_ids" in left else network.delete_security_group)(left)
