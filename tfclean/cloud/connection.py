"""Credentials in, a `Cloud` out: the three things that other rooms do with a cloud."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tfclean.cloud import actions, inventory, quotas
from tfclean.cloud.inventory import Tell
from tfclean.cloud.pages import PAGE
from tfclean.cloud.transport import Service, Transport
from tfclean.kinds.base import Call
from tfclean.model import Answer, Gap, Inventory, Look, Usages


class Cloud:
    """One project of one cloud. Methods may be called from several threads; it is what `tfclean.cleanup.ports.Cloud` asks for.

    Args:
        transport: the services.
        scope: whose objects are meant, and how cloud and region are called.
        workers: how many lists are asked for at the same time.
        page: rows per page of a list.
        pool: what asks for several lists at the same time.
    """

    def __init__(
        self, transport: Transport, scope: inventory.Scope, *, workers: int = 8, page: int = PAGE, pool: inventory.Pool = inventory.threads
    ) -> None:
        self._transport = transport
        self._scope = scope
        self._workers = workers
        self._page = page
        self._pool = pool

    @property
    def project(self) -> str:
        """Id of the project that the credentials are for."""
        return self._scope.project

    @property
    def user(self) -> str:
        """Id of the user that the credentials are of."""
        return self._scope.user

    @property
    def region(self) -> str:
        """Name of the region; may be empty."""
        return self._scope.region

    @property
    def name(self) -> str:
        """Name of the cloud in clouds.yaml, else the URL of its identity service; for display."""
        return self._scope.cloud

    @property
    def services(self) -> Mapping[str, Service]:
        """The services that are used, with the versions that were agreed on."""
        return self._transport.services

    @property
    def absent(self) -> Mapping[str, Gap]:
        """Services that are not used, and why."""
        return self._scope.absent

    def inventory(self, kinds: Iterable[str] | None = None) -> Inventory:
        """List everything, or only `kinds`.

        Raises:
            CredentialsError: the cloud does not know us any more.
            Unreachable: not a single list was answered.
        """
        return self._take(kinds)

    def _take(self, kinds: Iterable[str] | None, tell: Tell | None = None) -> Inventory:
        found = inventory.take(
            self._transport, self._scope, kinds=kinds, workers=self._workers, page=self._page, pool=self._pool, tell=tell
        )
        if inventory.NETWORKS in found.listed:
            self._scope = replace(self._scope, networks=frozenset(network.id for network in found.of(inventory.NETWORKS)))
        return found

    def take(self, tell: Tell) -> Inventory:
        """List everything as `inventory` does, and tell how many kinds are listed, of how many."""
        return self._take(None, tell)

    def look(self, kind: str) -> Look:
        """List one kind again; for ports also strangers' on the networks of the last inventory. What fails is the answer's gap."""
        return inventory.look(self._transport, self._scope, kind, pool=self._pool)

    def perform(self, call: Call, fields: Mapping[str, Any], revision: int | None = None) -> Answer:
        """Carry out one declared call; see `tfclean.cloud.actions.perform`."""
        return actions.perform(self._transport, call, fields, revision)

    def usages(self) -> Usages:
        """Ask what the project uses of its quotas, once; what fails is a gap."""
        return quotas.take(self._transport, self._scope, self.look, pool=self._pool)


def connect(
    *, cloud: str | None = None, options: argparse.Namespace | None = None, workers: int = 8, page: int = PAGE, **settings: Any
) -> Cloud:
    """Log in.

    Args:
        cloud: name in clouds.yaml; None: ``OS_CLOUD``, else ``OS_*``.
        options: parsed command line with openstacksdk's own options (``os_*``).
        workers: how many lists are asked for at the same time.
        page: rows per page of a list.
        **settings: settings as in clouds.yaml, such as ``region_name`` or ``auth``; they come before the file's.

    Raises:
        CredentialsError: no cloud is configured, or it does not accept the credentials, or they are for no project.
        Unreachable: nobody answers where the identity service should be.
        CloudError: the region has none of the services.
    """
    from tfclean.cloud import login  # noqa: PLC0415 - openstacksdk takes half a second to import, and most commands run without a cloud

    services, scope = login.log_in(cloud, options, settings)
    return Cloud(Transport(services), scope, workers=workers, page=page)
