"""Logging in to the lab; its users, projects and catalog."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from .services.base import Service
from .settings import AUTH_URL, PASSWORD, REGION

if TYPE_CHECKING:
    from openstack.connection import Connection
    from openstack.identity.v3._proxy import Proxy

PROJECT_ROLES = ("member", "load-balancer_member")
SERVICE_ROLES = ("admin", "service")


def connect(user: str = "admin", project: str = "admin") -> "Connection":
    """Log in; reads no clouds.yaml and no environment."""
    # Importing it takes most of a second, which `status` and `down` need not wait for.
    import openstack  # noqa: PLC0415

    return openstack.connect(
        auth_url=AUTH_URL,
        username=user,
        project_name=project,
        password=PASSWORD,
        user_domain_name="Default",
        project_domain_name="Default",
        region_name=REGION,
        load_yaml_config=False,
        load_envvars=False,
    )


def create_project(admin: "Connection", name: str) -> None:
    """A project and a user of the same name, unless they exist."""
    identity = cast("Proxy", admin.identity)
    project = identity.find_project(name) or identity.create_project(name=name, domain_id="default")
    user = identity.find_user(name) or identity.create_user(name=name, password=PASSWORD, domain_id="default")
    for role in identity.roles():
        if role.name in PROJECT_ROLES:
            identity.assign_project_role_to_user(project, user, role)


def create_catalog(admin: "Connection", services: Iterable[Service]) -> None:
    """The roles, and for each service its user and its catalog entry."""
    identity = cast("Proxy", admin.identity)
    roles = {role.name: role for role in identity.roles()}
    for name in (*PROJECT_ROLES, *SERVICE_ROLES):
        roles[name] = roles.get(name) or identity.create_role(name=name)
    project = identity.create_project(name="service", domain_id="default")
    for service in services:
        if service.kind == "identity":
            continue
        user = identity.create_user(name=service.name, password=PASSWORD, domain_id="default")
        for name in SERVICE_ROLES:
            identity.assign_project_role_to_user(project, user, roles[name])
        entry = identity.create_service(name=service.name, type=service.kind)
        for interface in ("public", "internal", "admin"):
            identity.create_endpoint(service_id=entry.id, interface=interface, url=service.url + service.path, region_id=REGION)
