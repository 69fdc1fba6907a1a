"""A job whose every trace, and whose cloud, hold a marker wherever a secret can stand. Each marker names its place."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tfclean.simulator import Request, Response, World

PROVIDER = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'


@dataclass
class Planter:
    """Gives out markers, and finds them again in whatever form they come."""

    markers: list[str] = field(default_factory=list)

    def __call__(self, place: str) -> str:
        self.markers.append(f"zqx{len(self.markers)}-{place}-{'x' * 16}")
        return self.markers[-1]

    def found(self, text: str) -> list[str]:
        """Give the markers that `text` shows, as they are, in base64 or quoted for a URL."""
        # a secret is not shown in part either
        heads = {marker: marker.removesuffix("x" * 16) for marker in self.markers}
        return [
            m
            for m, head in heads.items()
            if head in text or quote(head, safe="") in text or base64.b64encode(m.encode()).decode()[:20] in text
        ]


def secrets_of_types(plant: Planter) -> dict[str, dict[str, Any]]:
    """Give the attributes that hold secrets: those that the provider flags, and those that it does not (facts, provider map)."""
    return {
        "openstack_compute_instance_v2": {
            "user_data": base64.b64encode(plant("user_data").encode()).decode(),
            "admin_pass": plant("admin_pass"),
            "personality": [{"file": "/etc/key", "content": plant("personality")}],
        },
        "openstack_compute_keypair_v2": {"private_key": plant("private_key")},
        "openstack_blockstorage_volume_attach_v3": {
            "data": {"auth_password": plant("attachment-data"), "other": plant("attachment-other")}
        },
        "openstack_blockstorage_volume_attach_v2": {"data": {"auth_password": plant("attachment-v2")}},
        "openstack_containerinfra_cluster_v1": {"kubeconfig": {"raw_config": plant("kubeconfig"), "host": plant("kubeconfig-host")}},
        "openstack_db_instance_v1": {"user": [{"name": "u", "password": plant("db-instance")}]},
        "openstack_db_user_v1": {"password": plant("db-user")},
        "openstack_dns_transfer_accept_v2": {"key": plant("transfer-accept")},
        "openstack_dns_transfer_request_v2": {"key": plant("transfer-request")},
        "openstack_identity_application_credential_v3": {"secret": plant("application-credential")},
        "openstack_identity_ec2_credential_v3": {"secret": plant("ec2")},
        "openstack_identity_user_v3": {"password": plant("user")},
        "openstack_images_image_v2": {"image_source_password": plant("image-source")},
        "openstack_keymanager_secret_v1": {"payload": plant("payload")},
        "openstack_networking_bgp_peer_v2": {"password": plant("bgp")},
        "openstack_networking_network_v2": {"value_specs": {"any": plant("value_specs")}},
        "openstack_objectstorage_container_v1": {"container_sync_key": plant("sync-key")},
        "openstack_objectstorage_tempurl_v1": {"key": plant("tempurl-key"), "url": f"https://h/o?temp_url_sig={plant('tempurl')}"},
        "openstack_orchestration_stack_v1": {
            "parameters": {"p": plant("stack-parameter")},
            "environment_opts": {"Bin": plant("stack-environment")},
            "outputs": [{"output_key": "o", "output_value": plant("stack-output")}],
        },
        "openstack_sharedfilesystem_securityservice_v2": {"password": plant("security-service")},
        "openstack_sharedfilesystem_share_access_v2": {"access_key": plant("share-access")},
        "openstack_vpnaas_site_connection_v2": {"psk": plant("psk")},
        "random_password": {"result": plant("random")},
        "tls_private_key": {"private_key_pem": plant("tls"), "unknown_attribute": plant("other-provider")},
    }


def resource(type_: str, name: str, attributes: dict[str, Any], plant: Planter, *marked: str) -> dict[str, Any]:
    """Make a resource of a state; of what is in `marked`, the state says that it is sensitive."""
    paths = [[{"type": "get_attr", "value": name}] for name in marked]
    attributes = {**attributes, **{name: plant(f"marked-{name}") for name in marked}}
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": paths, "private": plant("private")}
    return {"mode": "managed", "type": type_, "name": name, "provider": PROVIDER, "instances": [instance]}


def state(live: dict[str, dict[str, Any]], plant: Planter) -> dict[str, Any]:
    """Make the state of a job: what lives, with secrets, and one of every type that has any."""
    resources = [
        resource(type_, "live", {**attributes, **secrets_of_types(plant).get(type_, {})}, plant, "description")
        for type_, attributes in live.items()
    ]
    resources += [
        resource(type_, "other", {"id": f"other-{at}", "name": f"other-{at}", **attributes}, plant)
        for at, (type_, attributes) in enumerate(secrets_of_types(plant).items())
    ]
    outputs = {"o": {"value": plant("output"), "type": "string", "sensitive": True}}
    return {"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "L", "outputs": outputs, "resources": resources}


def shown_state(plant: Planter) -> dict[str, Any]:
    """Make ``show -json`` of a state."""
    resources = [
        {
            "address": f"{type_}.shown",
            "mode": "managed",
            "type": type_,
            "name": "shown",
            "values": {"id": "shown", "description": plant("shown-marked"), **attributes},
            "sensitive_values": {"description": True},
        }
        for type_, attributes in secrets_of_types(plant).items()
    ]
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": resources}}}


def plan(plant: Planter) -> dict[str, Any]:
    """Make ``show -json`` of a plan."""
    changes = [
        {
            "address": f"{type_}.planned",
            "mode": "managed",
            "type": type_,
            "name": "planned",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {"name": f"{type_}-800001", "description": plant("planned-marked"), **attributes},
                "after_unknown": {"id": True},
                "after_sensitive": {"description": True},
            },
        }
        for type_, attributes in secrets_of_types(plant).items()
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "timestamp": "2026-11-23T00:00:00Z",
        "variables": {"job": {"value": "800001"}, "db_password": {"value": plant("variable")}, "quiet": {"value": plant("quiet")}},
        "configuration": {"root_module": {"variables": {"quiet": {"sensitive": True}, "job": {}}}},
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "prior_state": shown_state(plant),
    }


def log(plant: Planter) -> str:
    """Make a text log, with the plan as it is printed: what the provider does not flag stands there in clear."""
    lines = ["Terraform will perform the following actions:", ""]
    for type_, attributes in secrets_of_types(plant).items():
        lines += [f"  # {type_}.logged will be created", f'  + resource "{type_}" "logged" {{', '      + name = "logged-800001"']
        for name, value in attributes.items():
            if isinstance(value, str):
                lines.append(f"      + {name} = {json.dumps(value)}")
            elif isinstance(value, dict):
                lines += [
                    f"      + {name} = {{",
                    *(f"          + {json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()),
                    "        }",
                ]
            else:
                for item in value:
                    lines += [f"      + {name} {{", *(f"          + {k} = {json.dumps(v)}" for k, v in item.items()), "        }"]
        lines += ["    }", ""]
    lines.append("Plan: 23 to add, 0 to change, 0 to destroy.")
    lines += [f"{type_}.logged: Creating..." for type_ in secrets_of_types(Planter()) if type_.startswith("openstack_")]
    return "\n".join(lines) + "\n"


def configuration(plant: Planter) -> str:
    """Make a ``main.tf``."""
    return f"""
terraform {{
  backend "http" {{
    address  = "https://me:{plant("tf-address")}@h/s"
    password = "{plant("tf-backend")}"
  }}
  encryption {{
    key_provider "pbkdf2" "lab" {{
      passphrase = "{plant("tf-passphrase")}"
    }}
    method "aes_gcm" "m" {{
      keys = key_provider.pbkdf2.lab
    }}
  }}
}}
provider "openstack" {{
  password = "{plant("tf-provider")}"
}}
variable "quiet" {{
  sensitive = true
  default   = "{plant("tf-sensitive")}"
}}
variable "admin_password" {{
  default = "{plant("tf-variable")}"
}}
resource "openstack_compute_instance_v2" "written" {{
  name       = "written-800001"
  user_data  = "{plant("tf-user-data")}"
  admin_pass = var.admin_password
  personality {{
    file    = "/x"
    content = "{plant("tf-personality")}"
  }}
}}
resource "openstack_vpnaas_site_connection_v2" "written" {{
  name = "written-800001"
  psk  = var.quiet
}}
resource "openstack_orchestration_stack_v1" "written" {{
  name       = "written-800001"
  parameters = {{ p = "{plant("tf-parameter")}" }}
}}
"""


def job(directory: Path, live: dict[str, dict[str, Any]], backend: str, plant: Planter) -> Path:
    """Write all traces of a job into a directory; its state goes to whatever answers at `backend`."""
    data = directory / ".terraform"
    data.mkdir(parents=True)
    config = {
        "address": backend.replace("://", f"://me:{plant('pointer-address')}@") + f"?token={plant('pointer-query')}",
        "lock_address": f"{backend}/lock?token={plant('pointer-lock')}",
        "username": "ci",
        "password": plant("pointer-password"),
        "headers": {"Private-Token": plant("pointer-header")},
        "client_private_key_pem": None,
    }
    (data / "terraform.tfstate").write_text(json.dumps({"version": 3, "backend": {"type": "http", "config": config, "hash": 1}}))
    (directory / "terraform.tfstate.backup").write_text(json.dumps({**state(live, plant), "serial": 2}))
    (directory / "plan.json").write_text(json.dumps(plan(plant)))
    (directory / "shown.json").write_text(json.dumps(shown_state(plant)))
    (directory / "apply.log").write_text(log(plant))
    (directory / "main.tf").write_text(configuration(plant))
    (directory / "terraform.tfvars").write_text(
        f'admin_password = "{plant("tfvars")}"\ncloud = {{ password = "{plant("tfvars-nested")}" }}\n'
    )
    return directory


class Leaky:
    """A cloud that shows, with every object, what it should not."""

    FIELDS = (
        "user_data",
        "OS-EXT-SRV-ATTR:user_data",
        "adminPass",
        "private_key",
        "psk",
        "password",
        "value_specs",
        "auth_password",
        "secret",
    )

    def __init__(self, world: World, plant: Planter) -> None:
        self._world = world
        self._planted = {name: plant(f"cloud-{name}") for name in self.FIELDS}
        self.shown = 0

    def request(self, request: Request) -> Response:
        answer = self._world.request(request)
        if isinstance(answer.body, dict):
            for value in answer.body.values():
                for row in value if isinstance(value, list) else [value]:
                    if isinstance(row, dict) and "id" in row:
                        row.update(self._planted)
                        self.shown += 1
        return answer
