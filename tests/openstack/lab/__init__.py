"""A real OpenStack control plane on loopback: Keystone, Placement, Glance, Neutron, Nova, Cinder and Octavia.

The services are the real ones; only what is below them is fake: servers, volumes and load balancers run and store nothing.
"""

from .errors import LabError
from .install import impossible, install
from .lifecycle import down, is_up, status, up
from .projects import project
from .settings import CLOUDS, ROOT

__all__ = ["CLOUDS", "ROOT", "LabError", "down", "impossible", "install", "is_up", "project", "status", "up"]
