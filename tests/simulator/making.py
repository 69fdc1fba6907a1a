"""Callers and objects for the tests of the world."""

from __future__ import annotations

from typing import Any

from tfclean.simulator import Caller, Request, Response, Row, World

ADMIN = frozenset({"admin", "member"})
OTHER = "0" * 32


class Somebody(Caller):
    """A caller who also wants to see refusals."""

    def ask(self, service: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: str) -> Response:
        return self.world.request(
            Request(
                service,
                method,
                path,
                tuple(query.items()),
                body,
                headers or {},
                self.project or self.world.project,
                self.user or self.world.user,
                self.roles,
            )
        )

    def delete(self, service: str, path: str, **query: str) -> Response:
        return self.ask(service, "DELETE", path, **query)

    def one(self, service: str, path: str) -> Row:
        body: Row = self.send(service, "GET", path)
        return next(iter(body.values())) if len(body) == 1 else body

    def list(self, service: str, path: str, **query: str) -> list[Row]:
        body = self.send(service, "GET", path, **query)
        return next(v for k, v in body.items() if isinstance(v, list) and not k.endswith("_links"))

    def network(self, name: str = "net", cidr: str = "10.1.0.0/24") -> tuple[str, str]:
        net = self.make("network", "/networks", "network", name=name)["id"]
        return net, self.make("network", "/subnets", "subnet", network_id=net, cidr=cidr, ip_version=4)["id"]

    def port(self, net: str, **fields: Any) -> str:
        return self.make("network", "/ports", "port", network_id=net, **fields)["id"]

    def router(self, *subnets: str, gateway: bool = True) -> str:
        info = {"external_gateway_info": {"network_id": self.world.external}} if gateway else {}
        router = self.make("network", "/routers", "router", name="r", **info)["id"]
        for subnet in subnets:
            self.send("network", "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
        return router

    def address(self, **fields: Any) -> str:
        return self.make("network", "/floatingips", "floatingip", floating_network_id=self.world.external, **fields)["id"]

    def group(self, name: str = "g") -> str:
        return self.make("network", "/security-groups", "security_group", name=name)["id"]

    def server(self, *networks: Row, **fields: Any) -> str:
        image = next(iter(self.world.tables["image"]))
        flavor = next(iter(self.world.tables["flavor"]))
        body = {"name": "s", "imageRef": image, "flavorRef": flavor, "networks": list(networks) or "none", **fields}
        made = self.make("compute", "/servers", "server", **body)["id"]
        self.world.settle()
        return made

    def volume(self, **fields: Any) -> str:
        made = self.make("block-storage", "/volumes", "volume", **{"name": "v", "size": 1, **fields})["id"]
        self.world.settle()
        return made

    def attach(self, server: str, volume: str, **fields: Any) -> Row:
        path = f"/servers/{server}/os-volume_attachments"
        self.send("compute", "POST", path, {"volumeAttachment": {"volumeId": volume, **fields}})
        self.world.settle()
        return self.one("compute", f"{path}/{volume}")

    def balancer(self, subnet: str, **fields: Any) -> str:
        made = self.make("load-balancer", "/lbaas/loadbalancers", "loadbalancer", name="lb", vip_subnet_id=subnet, **fields)["id"]
        self.world.settle()
        return made


def somebody(**world: Any) -> Somebody:
    """Give a plain user of a new world."""
    return Somebody(World(**world))


def neutron(answer: Response) -> tuple[int, str, str]:
    """Read one of Neutron's refusals."""
    error = answer.body["NeutronError"]
    assert error["detail"] == ""
    return answer.status, error["type"], error["message"]


def fault(answer: Response) -> tuple[int, str, str]:
    """Read one of Nova's or Cinder's refusals."""
    ((name, error),) = answer.body.items()
    assert error["code"] == answer.status
    return answer.status, name, error["message"]


def octavia(answer: Response) -> tuple[int, str]:
    """Read one of Octavia's refusals."""
    assert answer.body["faultcode"] == "Client"
    return answer.status, answer.body["faultstring"]
