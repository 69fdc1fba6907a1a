"""The world's HTTP: an unmodified openstacksdk, `openstack` or Terraform in, requests of the world out, and its answers back.

    wire = Wire(World())
    session = in_process(wire)               # no sockets: for keystoneauth, Session(auth, session=session)
    with serving(wire) as url:               # on loopback, for other processes
        ...

Only this package needs werkzeug and `requests`; nothing imports it before it is used.
"""

from __future__ import annotations

from tfclean.simulator.wire.adapter import Adapter, in_process
from tfclean.simulator.wire.application import Exchange, Wire
from tfclean.simulator.wire.directory import Account, Credential, Directory, Token
from tfclean.simulator.wire.server import serving

__all__ = ["Account", "Adapter", "Credential", "Directory", "Exchange", "Token", "Wire", "in_process", "serving"]
