"""What a project holds, straight from the service APIs: the yardstick that the product is held against.

Every kind has its own list call, raw through the session of a connection, and only what the project (or, for keypairs, the
user) owns is kept. Nothing here is shared with the product, so the product's idea of the world can be contradicted.

An object has exactly one kind: a port that is a router's interface is a `router_interface` and no `port`. Kinds of services
and extensions that a cloud does not have are empty. The project's default group cannot be deleted, so it is not listed.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from keystoneauth1.exceptions import EndpointNotFound
from openstack.connection import Connection

Row = dict[str, Any]
Listing = dict[str, dict[str, str]]

IMPLICIT = ("network:dhcp", "network:floatingip", "network:router_gateway", "network:router_ha_interface", "network:distributed")
HEADERS = {
    "sharev2": {"X-OpenStack-Manila-API-Version": "2.60"},
    "dns": {"X-Designate-Delete-Shares": "true"},
    "compute": {"OpenStack-API-Version": "compute 2.64"},
    "container-infrastructure-management": {"OpenStack-API-Version": "container-infra latest"},
}


@dataclass(frozen=True)
class Kind:
    """One kind: where it is listed (below each `parent`, if it has one) and how one is deleted (None: goes with what holds it)."""

    name: str
    service: str
    path: str
    delete: str | None
    parent: str = ""


def _network(name: str, path: str, delete: str | None = "{id}", parent: str = "") -> Kind:
    return Kind(name, "network", f"/v2.0/{path}", f"/v2.0/{path}/{delete}" if delete else None, parent)


def _balancer(name: str, path: str, delete: str | None = None, parent: str = "") -> Kind:
    return Kind(name, "load-balancer", f"/v2.0/lbaas/{path}", f"/v2.0/lbaas/{path}/{delete}" if delete else None, parent)


# In the order in which a wipe deletes them.
KINDS = (
    _balancer("loadbalancer", "loadbalancers", "{id}?cascade=true"),
    _balancer("listener", "listeners"),
    _balancer("pool", "pools"),
    _balancer("member", "pools/{parent}/members", parent="pool"),
    _balancer("healthmonitor", "healthmonitors"),
    _balancer("l7policy", "l7policies"),
    _balancer("l7rule", "l7policies/{parent}/rules", parent="l7policy"),
    Kind("server", "compute", "/servers/detail", "/servers/{id}"),
    Kind("stack", "orchestration", "/stacks", "/stacks/{name}/{id}"),
    Kind("cluster", "container-infrastructure-management", "/v1/clusters", "/v1/clusters/{id}"),
    Kind("clustertemplate", "container-infrastructure-management", "/v1/clustertemplates", "/v1/clustertemplates/{id}"),
    Kind("servergroup", "compute", "/os-server-groups", "/os-server-groups/{id}"),
    Kind("keypair", "compute", "/os-keypairs", "/os-keypairs/{id}"),
    Kind("backup", "volumev3", "/backups/detail", "/backups/{id}"),
    Kind("snapshot", "volumev3", "/snapshots/detail", "/snapshots/{id}"),
    Kind("volume_transfer", "volumev3", "/os-volume-transfer/detail", "/os-volume-transfer/{id}"),
    Kind("volume", "volumev3", "/volumes/detail", "/volumes/{id}"),
    Kind("image", "image", "/v2/images?owner={project}&limit=1000", "/v2/images/{id}"),
    _network("port_forwarding", "floatingips/{parent}/port_forwardings", None, parent="floatingip"),
    _network("floatingip", "floatingips"),
    _network("vpn_connection", "vpn/ipsec-site-connections"),
    _network("vpn_service", "vpn/vpnservices"),
    _network("vpn_endpoint_group", "vpn/endpoint-groups"),
    _network("vpn_ikepolicy", "vpn/ikepolicies"),
    _network("vpn_ipsecpolicy", "vpn/ipsecpolicies"),
    _network("fw_group", "fwaas/firewall_groups"),
    _network("fw_policy", "fwaas/firewall_policies"),
    _network("fw_rule", "fwaas/firewall_rules"),
    _network("tap_mirror", "taas/tap_mirrors"),
    _network("trunk", "trunks"),
    _network("rbac_policy", "rbac-policies"),
    Kind("zone", "dns", "/v2/zones", "/v2/zones/{id}"),
    Kind("zone_transfer", "dns", "/v2/zones/tasks/transfer_requests", "/v2/zones/tasks/transfer_requests/{id}"),
    Kind("container_of_secrets", "key-manager", "/v1/containers?limit=100", "/v1/containers/{id}"),
    Kind("order", "key-manager", "/v1/orders?limit=100", "/v1/orders/{id}"),
    Kind("secret", "key-manager", "/v1/secrets?limit=100", "/v1/secrets/{id}"),
    Kind("share_snapshot", "sharev2", "/snapshots/detail", "/snapshots/{id}"),
    Kind("share", "sharev2", "/shares/detail", "/shares/{id}"),
    Kind("share_network", "sharev2", "/share-networks/detail", "/share-networks/{id}"),
    Kind("security_service", "sharev2", "/security-services/detail", "/security-services/{id}"),
    Kind("container", "object-store", "?format=json", "/{id}"),
    Kind("application_credential", "identity", "/v3/users/{user}/application_credentials", "/v3/users/{user}/application_credentials/{id}"),
    Kind("ec2_credential", "identity", "/v3/users/{user}/credentials/OS-EC2", "/v3/users/{user}/credentials/OS-EC2/{id}"),
    _network("port", "ports"),
    _network("router", "routers"),
    _network("subnet", "subnets"),
    _network("network", "networks"),
    _network("subnetpool", "subnetpools"),
    _network("address_scope", "address-scopes"),
    _network("address_group", "address-groups"),
    _network("qos_policy", "qos/policies"),
    _network("secgroup_rule", "security-group-rules", None),
    _network("secgroup", "security-groups"),
)
BY_NAME = {kind.name: kind for kind in KINDS}

OWNER = ("project_id", "tenant_id", "os-vol-tenant-attr:tenant_id", "owner", "project")
# What changes without anybody changing the object.
VOLATILE = {
    *("updated_at", "updated", "attached_at", "last_used", "revision_number", "links", "hostId", "standard_attr_id", "bytes", "count"),
    *("status", "provisioning_status", "operating_status", "migration_status", "progress", "port_details", "security_group_rules"),
    *("OS-EXT-STS:power_state", "OS-EXT-STS:task_state", "OS-EXT-STS:vm_state", "OS-SRV-USG:launched_at"),
}


class Api:
    """Raw calls to the services of one project."""

    def __init__(self, conn: Connection) -> None:
        self.session = conn.session
        self.project = str(conn.current_project_id)
        self.user = str(conn.current_user_id)
        self.region = conn.config.get_region_name()

    def request(self, method: str, service: str, path: str, body: Row | None = None) -> Any:
        """The answer, whatever its status; None where the cloud has no such service."""
        try:
            endpoint = self.session.get_endpoint(service_type=service, interface="public", region_name=self.region)
        except EndpointNotFound:
            endpoint = None
        if endpoint is None:
            return None
        base = endpoint.rstrip("/")
        version = next((p for p in ("/v2.0", "/v3", "/v2", "/v1") if path.startswith(p + "/") and base.endswith(p)), "")
        headers = {"Accept": "application/json", **HEADERS.get(service, {})}
        url = base + path[len(version) :].replace("{user}", self.user).replace("{project}", self.project)
        return self.session.request(url, method, headers=headers, raise_exc=False, json=body)

    def rows(self, kind: Kind, parent: str = "") -> list[Row]:
        """What the service lists of one kind, ours only, each with its id under `id`."""
        answer = self.request("GET", kind.service, kind.path.replace("{parent}", parent))
        if answer is None or answer.status_code in (403, 404):
            return []
        if answer.status_code >= 400:
            raise RuntimeError(f"list of {kind.name}: {answer.status_code} {answer.text[:300]}")
        body = answer.json() if answer.text else []
        lists = [body] if isinstance(body, list) else [v for k, v in body.items() if isinstance(v, list) and not k.endswith("_links")]
        found = lists[0] if lists else []
        return [{**row, "id": key_of(row)} for row in (x.get("keypair", x) for x in found) if self.is_ours(kind, row)]

    def is_ours(self, kind: Kind, row: Row) -> bool:
        """Owned by the project and not made by the service for every project."""
        owner = next((row[k] for k in OWNER if row.get(k)), None)
        if owner and owner != self.project:
            return False
        if kind.name.startswith("fw_"):
            return not str(row.get("name", "")).startswith("default")
        return not (kind.name == "port" and str(row.get("device_owner", "")).startswith(IMPLICIT))


def key_of(row: Row) -> str:
    """The id of a row, whatever the service calls it."""
    href = next((row[k] for k in ("order_ref", "container_ref", "secret_ref") if k in row), "")
    return str(row.get("id") or row.get("uuid") or row.get("access") or href.rsplit("/", 1)[-1] or row.get("name"))


def rows(conn: Connection) -> dict[str, list[Row]]:
    """Every kind's rows as the services send them, default groups and their rules as `default_secgroup` and `default_secgroup_rule`."""
    api = Api(conn)
    api.session.get_token()  # one authentication, not one per thread
    out: dict[str, list[Row]] = {}
    with ThreadPoolExecutor(6) as pool:
        top = [kind for kind in KINDS if not kind.parent]
        out.update(zip((kind.name for kind in top), pool.map(api.rows, top), strict=True))
        for kind in KINDS:
            if kind.parent:
                parents = [row["id"] for row in out[kind.parent]]
                out[kind.name] = [row for found in pool.map(lambda p, k=kind: api.rows(k, p), parents) for row in found]
    out["router_interface"] = [p for p in out["port"] if p["device_owner"].startswith("network:router_interface")]
    out["port"] = [p for p in out["port"] if not p["device_owner"].startswith("network:router_interface")]
    out["attachment"] = [{**a, "id": a["attachment_id"]} for v in out["volume"] for a in v.get("attachments", [])]
    default = {g["id"] for g in out["secgroup"] if g["name"] == "default"}
    for kind_name, field in (("secgroup", "id"), ("secgroup_rule", "security_group_id")):
        out["default_" + kind_name] = [r for r in out[kind_name] if r[field] in default]
        out[kind_name] = [r for r in out[kind_name] if r[field] not in default]
    return out


def label(kind: str, row: Row) -> str:
    """The name by which a person would know the row."""
    if kind == "attachment":
        return f"{row['server_id']}/{row['volume_id']}"
    if kind == "floatingip":
        return str(row["floating_ip_address"])
    return str(row.get("name") or row.get("stack_name") or "")


def listing(conn: Connection) -> Listing:
    """What the project holds: kind -> id -> name, kinds without objects left out. An attachment's name is `server/volume`."""
    return named(rows(conn))


def named(found: dict[str, list[Row]]) -> Listing:
    """`listing` of rows that were read before."""
    kinds = sorted(kind for kind, those in found.items() if those and not kind.startswith("default_"))
    return {kind: {row["id"]: label(kind, row) for row in found[kind]} for kind in kinds}


def fingerprint(conn: Connection) -> dict[str, dict[str, Row]]:
    """Kind -> id -> everything about an object that only changes when somebody changes it; default groups too."""
    return {kind: {row["id"]: _steady(row) for row in those} for kind, those in rows(conn).items() if those}


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _steady(v) for k, v in sorted(value.items()) if k not in VOLATILE}
    if isinstance(value, list):
        return sorted((_steady(v) for v in value), key=repr)
    return value


def wipe(conn: Connection, keep: Collection[str] = ()) -> None:
    """Delete everything in the project but the ids in `keep`; several rounds, because conflicts are expected."""
    api = Api(conn)
    for _ in range(60):
        found = {kind: [row for row in those if row["id"] not in keep] for kind, those in rows(conn).items()}
        if not any(those for kind, those in found.items() if not kind.startswith("default_")):
            return
        with ThreadPoolExecutor(4) as pool:
            for kind in KINDS:
                if kind.name == "port":
                    list(pool.map(lambda port: _unplug(api, port), found["router_interface"]))
                    if found["server"] or found["loadbalancer"]:  # they take their ports along
                        found["port"] = [port for port in found["port"] if not port["device_owner"]]
                if kind.delete is not None:
                    list(pool.map(lambda row, k=kind: _delete(api, k, row), found[kind.name]))
        time.sleep(1)
    raise RuntimeError(f"left after a wipe: {[(k, r['id'], r.get('status')) for k, those in found.items() for r in those]}")


def _unplug(api: Api, port: Row) -> None:
    api.request("PUT", "network", f"/v2.0/routers/{port['device_id']}/remove_router_interface", {"port_id": port["id"]})


def _delete(api: Api, kind: Kind, row: Row) -> None:
    if row.get("provisioning_status") == "PENDING_DELETE" or row.get("OS-EXT-STS:task_state") == "deleting":
        return
    if kind.name == "container":  # old versions and delete markers hold it too
        for version in _versions(api, row["id"]):
            api.request("DELETE", kind.service, f"/{row['id']}/{version['name']}?version-id={version.get('version_id', 'null')}")
    if kind.name == "trunk":  # a disabled one refuses to go
        api.request("PUT", kind.service, f"/v2.0/trunks/{row['id']}", {"trunk": {"admin_state_up": True}})
    if kind.name == "router" and row["routes"]:
        api.request("PUT", kind.service, f"/v2.0/routers/{row['id']}", {"router": {"routes": []}})
    name = str(row.get("name") or row.get("stack_name") or "")
    path = str(kind.delete).replace("{id}", row["id"]).replace("{name}", name)
    api.request("DELETE", kind.service, path)


def _versions(api: Api, container: str) -> Iterable[Row]:
    answer = api.request("GET", "object-store", f"/{container}?format=json&versions=")
    return answer.json() if answer.status_code == 200 else []
