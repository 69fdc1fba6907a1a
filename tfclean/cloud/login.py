"""openstacksdk's configuration in, logged-in services and their scope out. The only module that imports openstacksdk.

One token, one adapter per service (built before threads share them), microversions agreed on with each service.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from keystoneauth1 import exceptions as ka
from openstack import exceptions as sdk
from openstack.config import OpenStackConfig, loader
from openstack.connection import Connection
from os_service_types import ServiceTypes
from requests import RequestException

from tfclean import __version__
from tfclean.cloud.clouds_yaml import fault
from tfclean.cloud.inventory import Scope
from tfclean.cloud.transport import TIMEOUT, Lost, Service
from tfclean.cloud.wording import plain, url
from tfclean.errors import CloudError, CredentialsError, Unreachable
from tfclean.kinds.registry import KINDS
from tfclean.model import Gap, GapKind

MICROVERSIONS = {"compute": (2, 96), "block-storage": (3, 70)}
"""Newest microversion that is asked for; an older cloud gets its own newest. Fields need 2.47 (flavors by name) and 3.27 (attachments)."""


OWN = {
    "auth_url": "",
    "username": "user_id",
    "user_id": "username",
    "user_domain_name": "user_domain_id",
    "user_domain_id": "user_domain_name",
    "password": "",
    "token": "",
    "application_credential_id": "application_credential_name",
    "application_credential_name": "application_credential_id",
    "application_credential_secret": "",
}
"""Options by which we log in, each with the one that it replaces. Unless they stand in ``auth``, openstacksdk 4.22 lets the file's win."""


class SdkAdapter:
    """Sends requests of one service once and speaks our errors. An expired token is renewed on the way.

    It goes past openstacksdk's proxies, which count, cache and warn at each request, straight to the session below them.

    Args:
        session: the keystoneauth session.
        endpoint: the service's versioned endpoint, as openstacksdk discovered it.
        service: type of the service, for the header of microversions.
    """

    def __init__(self, session: Any, endpoint: str, service: str) -> None:
        self._session = session
        self._endpoint = endpoint.rstrip("/")
        self._service = service

    def request(self, path: str, method: str, **kwargs: Any) -> Any:
        """Send a request; see `tfclean.cloud.transport.Adapter`."""
        try:
            answer = self._once(path, method, **kwargs)
            # keystoneauth renews the token for one thread; others that were refused at that moment come back with the refusal.
            return self._once(path, method, **kwargs) if answer.status_code == 401 else answer
        except (ka.Unauthorized, ka.MissingAuthPlugin, ka.AuthorizationFailure) as error:
            raise CredentialsError(f"the cloud no longer accepts our credentials: {plain(error)}") from error
        except (ka.ClientException, RequestException, OSError) as error:
            raise Lost(plain(error)) from error

    def _once(self, path: str, method: str, **kwargs: Any) -> Any:
        return self._session.request(
            self._endpoint + path,
            method,
            microversion_service_type=self._service,
            raise_exc=False,
            connect_retries=0,
            status_code_retries=0,
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A login.

    Attributes:
        connection: openstacksdk's.
        access: what the token says, as keystoneauth reads it.
        where: URL of the identity service, without credentials.
    """

    connection: Any
    access: Any
    where: str


def log_in(cloud: str | None, options: argparse.Namespace | None, settings: Mapping[str, Any]) -> tuple[dict[str, Service], Scope]:
    """Log in; arguments and errors are those of `tfclean.cloud.connect`.

    Returns:
        The services that are there, by type, and whose objects to list in them.
    """
    return services_of(enter(cloud, options, settings))


def enter(cloud: str | None, options: argparse.Namespace | None, settings: Mapping[str, Any]) -> Entry:
    """Get a token; arguments and errors are those of `tfclean.cloud.connect`."""
    connection = configured(cloud, options, settings)
    where = url(str(connection.config.get_auth_args().get("auth_url") or ""))
    return Entry(connection, _login(connection, where or f"the cloud {connection.config.name}"), where)


def date_of(entry: Entry, place: str) -> float | None:
    """Give the time that the service at `place` says it is, in POSIX seconds cut to whole ones; None if it says none."""
    try:
        answer = entry.connection.session.get(place, raise_exc=False, connect_retries=0)
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (ka.ClientException, RequestException, OSError, KeyError, ValueError):
        return None


def aliases(service: str) -> Iterable[str]:
    """Give all types under which a service stands in catalogs."""
    found: list[str] = ServiceTypes().get_all_types(service)
    return found


def services_of(entry: Entry) -> tuple[dict[str, Service], Scope]:
    """Find the services.

    Raises:
        CloudError: the region has none of them.
    """
    connection, access, where = entry.connection, entry.access, entry.where
    name = connection.config.name
    services, absent = _services(connection, access)
    region = connection.config.get_region_name() or ""
    if not services:
        known = "".join(f"; {gap.subject}: {gap.reason}" for gap in absent.values() if gap.kind is GapKind.NOT_LISTED)
        raise CloudError(
            f"{where or name} has none of the services to look after in region {region or '(none)'}: check OS_REGION_NAME{known}"
        )
    return services, Scope(
        project=str(access.project_id),
        user=str(access.user_id or ""),
        cloud=name if name and name not in ("envvars", "defaults") else where,
        region=region,
        absent=absent,
    )


def configured(cloud: str | None, options: argparse.Namespace | None, settings: Mapping[str, Any]) -> Any:
    """Make openstacksdk's connection, which asks nobody yet."""
    settings = dict(settings)
    hint = "name a cloud of clouds.yaml with --os-cloud or OS_CLOUD, or set OS_AUTH_URL and the other OS_* variables"
    sources: dict[str, Any] = {name: settings.pop(name) for name in ("load_yaml_config", "load_envvars") if name in settings}
    given = {name: settings.pop(name) for name in OWN if settings.get(name)}
    if given:
        instead = {OWN[name]: "" for name in given if OWN[name] and OWN[name] not in given}
        settings["auth"] = {**instead, **given, **settings.get("auth", {})}
    variables = os.environ if sources.get("load_envvars", True) else {}
    wrong = _fault_of_files(variables) if sources.get("load_yaml_config", True) else ""
    named = cloud or getattr(options, "os_cloud", None) or settings.get("cloud") or variables.get("OS_CLOUD")
    if wrong and named:
        raise CredentialsError(f"{wrong}; nothing of it is used before it is mended")
    try:
        with warnings.catch_warnings():
            # openstacksdk announces at every login what it will drop some day, used or not.
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            files = OpenStackConfig(app_name="tfclean", app_version=__version__, **sources)
            connection: Any = Connection(config=files.get_one(cloud=cloud, argparse=options, **settings))
        connection.session.timeout = connection.config.config.get("api_timeout") or TIMEOUT
    except (sdk.ConfigException, ka.AuthPluginException, ka.ClientException) as error:
        if wrong:
            raise CredentialsError(f"{wrong}; {hint}") from error
        raise CredentialsError(f"no usable configuration of a cloud: {plain(error).rstrip('.')}; {hint}") from error
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        # openstacksdk takes what a file holds for what it should be.
        raise CredentialsError(wrong or f"the configuration of the cloud cannot be read: {plain(error).rstrip('.')}; {hint}") from error
    return connection


def _fault_of_files(variables: Mapping[str, str]) -> str:
    """Say what is wrong with the files that openstacksdk reads, in its own order."""
    sets = (("OS_CLIENT_CONFIG_FILE", loader.CONFIG_FILES), ("OS_CLIENT_SECURE_FILE", loader.SECURE_FILES))
    return next((wrong for name, usual in sets if (wrong := fault(filter(None, (variables.get(name), *usual))))), "")


def _login(connection: Any, place: str) -> Any:
    """Get a token for a project, or say what keeps us from one."""
    try:
        access = connection.session.auth.get_access(connection.session)
    except ka.MissingRequiredOptions as error:
        raise CredentialsError(f"{place} needs more to log in: {plain(error)}; set it in clouds.yaml or as OS_*") from error
    except (ka.Unauthorized, ka.Forbidden, ka.NotFound, ka.BadRequest, ka.AuthPluginException) as error:
        raise CredentialsError(
            f"{place} does not accept the credentials ({plain(error)}): check user, password, project and domains in clouds.yaml or OS_*"
        ) from error
    except (ka.ClientException, RequestException, OSError) as error:
        raise Unreachable(
            f"the identity service at {place} cannot be reached: {plain(error)}; check the URL, the network and proxies"
        ) from error
    except Exception as error:
        # keystoneauth has no class of its own for a user or a password that nobody gave.
        if type(error) is not Exception:
            raise
        raise CredentialsError(f"{place} needs more to log in: {plain(error)}; set it in clouds.yaml or as OS_*") from error
    if not access.project_id:
        raise CredentialsError(f"the credentials for {place} are for no project: set OS_PROJECT_NAME or project_name in clouds.yaml")
    return access


def _services(connection: Any, access: Any) -> tuple[dict[str, Service], dict[str, Gap]]:
    """Build each adapter once, before threads share them; discovery of the services goes side by side."""
    wanted = list(dict.fromkeys(kind.service for kind in KINDS.values()))
    with ThreadPoolExecutor(len(wanted)) as pool:
        built = dict(zip(wanted, pool.map(lambda service: _service(connection, access, service), wanted), strict=True))
    return (
        {name: found for name, found in built.items() if isinstance(found, Service)},
        {name: found for name, found in built.items() if isinstance(found, Gap)},
    )


def _service(connection: Any, access: Any, name: str) -> Service | Gap:

    region = connection.config.get_region_name(name)
    if not connection.config.has_service(name):
        return Gap(GapKind.NOT_LISTED, name, "it is switched off in clouds.yaml, so what it holds is not known")
    try:
        if connection.config.get_session_client(name).get_endpoint(skip_discovery=True) is None:
            return _absent(access, name, region)
        adapter = getattr(connection, name.replace("-", "_"))
        endpoint, major = str(adapter.get_endpoint() or ""), adapter.get_api_major_version()
        # Only where it is needed: what Octavia shows at its versioned URL is the text "v2", which keystoneauth stumbles over.
        data = adapter.get_endpoint_data() if name in MICROVERSIONS else None
    except ka.CatalogException:
        return _absent(access, name, region)
    except (ka.ClientException, sdk.SDKException, RequestException, OSError, LookupError, TypeError, ValueError, AttributeError) as error:
        # Whatever stands where its version document should be (a proxy's page, a string), the service cannot be asked.
        return Gap(GapKind.NOT_LISTED, name, f"its endpoint does not say which versions it has: {plain(error)}")
    offered = data.max_microversion if data else None
    micro = min(MICROVERSIONS[name], tuple(offered)) if offered else None
    return Service(
        SdkAdapter(connection.session, endpoint, name),
        f"{micro[0]}.{micro[1]}" if micro else None,
        ".".join(map(str, major or ())),
        endpoint,
    )


def _absent(access: Any, name: str, region: str | None) -> Gap:
    """Tell a service that the cloud lacks from one that it has elsewhere."""
    types = {name, *aliases(name)}
    places = {
        str(endpoint.get("region_id") or endpoint.get("region") or "")
        for entry in access.service_catalog.catalog
        if entry.get("type") in types
        for endpoint in entry.get("endpoints") or ()
    }
    if not places:
        return Gap(GapKind.NO_SERVICE, name, "the cloud's catalog does not have it")
    return Gap(
        GapKind.NOT_LISTED,
        name,
        f"the catalog has it in {', '.join(sorted(places))}, but not for region {region or '(none)'} and the interface asked for",
    )
