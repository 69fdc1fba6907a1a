"""Directories of configuration: which objects they would make, with which names, and what of it is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.configuration import configuration
from tests.configuration import given as given_to
from tests.exhaustive import examples
from tests.recorded import FIXTURES
from tfclean.model import Claim, GapKind, Pattern, Tense, Variable
from tfclean.terraform import plan_json, variables
from tfclean.terraform.config import reader
from tfclean.terraform.reading import Reading

SCENARIOS = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
KEYPAIR = 'resource "openstack_compute_keypair_v2" "k" {\n  name = %s\n}\n'


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def read(
    root: Path, files: dict[str, str], environ: dict[str, str] | None = None, *options: tuple[str, str], seen: tuple[str, ...] = ()
) -> Reading:
    tree(root, files)
    told = {**variables.from_environment(environ or {}), **variables.from_directory(root), **variables.from_options(options)}
    return reader.read(root, variables=told, environ=environ, seen=lambda: seen)


def planned(reading: Reading) -> dict[str, Claim]:
    return {claim.address: claim for claim in reading.claims if claim.tense is Tense.PLANNED}


def name(root: Path, expression: str, more: str = "", environ: dict[str, str] | None = None, *options: tuple[str, str]) -> object:
    claims = planned(read(root, {"main.tf": KEYPAIR % expression + more}, environ, *options))
    return claims["openstack_compute_keypair_v2.k"].attributes.get("name")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_configuration_of_a_recorded_run_expects_exactly_what_its_plan_did(scenario: str, tmp_path: Path) -> None:
    reading = reader.read(configuration(scenario, tmp_path), variables=given_to(scenario))
    plan = plan_json.read((FIXTURES / scenario / "plan.json").read_bytes(), "plan.json")
    wanted = {c.address: c for c in plan.claims if c.tense is Tense.PLANNED and c.type.startswith("openstack_")}
    found = planned(reading)
    assert found.keys() == wanted.keys()
    for address, claim in found.items():
        for attribute, value in claim.attributes.items():
            if not (isinstance(value, list) and value and isinstance(value[0], dict)):
                assert value == wanted[address].attributes[attribute], (address, attribute)
        assert wanted[address].unknown <= claim.unknown | (wanted[address].unknown - claim.attributes.keys())
    assert not reading.gaps


CLUSTER = {
    "cluster.tf": """
module "network" {
  source       = "./modules/network"
  cluster_name = var.cluster_name
  use_neutron  = var.use_neutron
  router_id    = var.router_id
}
module "compute" {
  source           = "./modules/compute"
  cluster_name     = var.cluster_name
  masters          = var.masters
  nodes            = var.nodes
  network_id       = module.network.network_id
  subnet_id        = module.network.subnet_id
  router_id        = module.network.router_id
  allowed          = var.allowed
  extra_sec_groups = var.extra_sec_groups
  depends_on       = [module.network.subnet_id]
}
variable "cluster_name" { default = "example" }
variable "use_neutron" { default = 1 }
variable "masters" { default = 2 }
variable "nodes" { default = {} }
variable "router_id" { default = null }
variable "extra_sec_groups" { default = false }
variable "allowed" {
  type    = list(any)
  default = []
}
""",
    "modules/network/main.tf": """
variable "cluster_name" {}
variable "use_neutron" {}
variable "router_id" {}
locals { routers = openstack_networking_router_v2.k8s[*].id }
resource "openstack_networking_router_v2" "k8s" {
  name  = "${var.cluster_name}-router"
  count = var.use_neutron == 1 && var.router_id == null ? 1 : 0
}
resource "openstack_networking_network_v2" "k8s" {
  name  = "ci-${var.cluster_name}"
  count = var.use_neutron
}
resource "openstack_networking_subnet_v2" "k8s" {
  name       = "${var.cluster_name}-internal-network"
  count      = var.use_neutron
  network_id = openstack_networking_network_v2.k8s[count.index].id
}
resource "openstack_networking_router_interface_v2" "k8s" {
  count     = var.use_neutron
  router_id = "%{if openstack_networking_router_v2.k8s != []}${local.routers[count.index]}%{else}${var.router_id}%{endif}"
  subnet_id = openstack_networking_subnet_v2.k8s[count.index].id
}
output "network_id" { value = element(concat(openstack_networking_network_v2.k8s.*.id, [""]), 0) }
output "subnet_id" { value = element(concat(openstack_networking_subnet_v2.k8s.*.id, [""]), 0) }
output "router_id" {
  value = "%{if var.use_neutron == 1} ${var.router_id == null ? element(concat(local.routers, [""]), 0) : var.router_id} %{else} %{endif}"
}
""",
    "modules/compute/main.tf": """
variable "cluster_name" {}
variable "masters" {}
variable "nodes" {}
variable "network_id" {}
variable "subnet_id" {}
variable "router_id" {}
variable "allowed" {}
variable "extra_sec_groups" {}
locals {
  extra    = var.extra_sec_groups ? openstack_networking_secgroup_v2.extra[0].id : ""
  groups   = distinct(compact([openstack_networking_secgroup_v2.k8s.id, local.extra]))
  settings = { for name, node in var.nodes : name => { volume = lookup(node, "volume", 10), etcd = node.etcd } if node.enabled }
}
resource "openstack_networking_secgroup_v2" "k8s" {
  name        = "${var.cluster_name}-k8s"
  description = "${var.cluster_name} - Kubernetes"
}
resource "openstack_networking_secgroup_v2" "extra" {
  count = "%{if var.extra_sec_groups}1%{else}0%{endif}"
  name  = "${var.cluster_name}-extra"
}
resource "openstack_networking_secgroup_rule_v2" "allowed" {
  count             = length(var.allowed)
  protocol          = lookup(var.allowed[count.index], "protocol", "tcp")
  port_range_min    = lookup(var.allowed[count.index], "port_range_min")
  security_group_id = openstack_networking_secgroup_v2.k8s.id
}
resource "openstack_networking_port_v2" "master" {
  count              = var.masters
  name               = "${var.cluster_name}-k8s-master-${count.index + 1}"
  network_id         = var.network_id
  security_group_ids = local.groups
  dynamic "fixed_ip" {
    for_each = var.subnet_id == "" ? [] : [true]
    content {
      subnet_id = var.subnet_id
    }
  }
}
resource "openstack_compute_instance_v2" "master" {
  count = var.masters
  name  = "${var.cluster_name}-k8s-master-${count.index + 1}"
  network {
    port = openstack_networking_port_v2.master[count.index].id
  }
  metadata = { depends_on = var.router_id }
}
resource "openstack_compute_instance_v2" "node" {
  for_each = local.settings
  name     = "${var.cluster_name}-k8s-${each.key}"
  metadata = { groups = "%{if each.value.etcd}etcd,%{endif}kube_node" }
  dynamic "block_device" {
    for_each = each.value.volume > 0 ? [each.value.volume] : []
    content {
      source_type = "image"
      volume_size = block_device.value
    }
  }
}
""",
}
ENVIRONMENT = {
    "TF_VAR_cluster_name": "4711",
    "TF_VAR_masters": "1",
    "TF_VAR_router_id": "ab95917c-41fb-4881-b507-3a6dfe9403df",
    "TF_VAR_allowed": '[{ "protocol" = "udp", "port_range_min" = 53 }, { "port_range_min" = 80 }]',
}
NODES = """nodes = {
  a = { etcd = true, enabled = true }
  b = { etcd = false, enabled = true, volume = 0 }
  c = { etcd = true, enabled = false }
}
"""


def test_a_cluster_in_the_style_of_kubespray_has_its_exact_names_and_numbers(tmp_path: Path) -> None:
    reading = read(tmp_path, {**CLUSTER, "terraform.tfvars": NODES}, ENVIRONMENT)
    claims = planned(reading)
    compute = "module.compute.openstack_compute_instance_v2"
    assert {address: claim.attributes.get("name") for address, claim in claims.items()} == {
        "module.network.openstack_networking_network_v2.k8s[0]": "ci-4711",
        "module.network.openstack_networking_subnet_v2.k8s[0]": "4711-internal-network",
        "module.network.openstack_networking_router_interface_v2.k8s[0]": None,
        "module.compute.openstack_networking_secgroup_v2.k8s": "4711-k8s",
        "module.compute.openstack_networking_secgroup_rule_v2.allowed[0]": None,
        "module.compute.openstack_networking_secgroup_rule_v2.allowed[1]": None,
        "module.compute.openstack_networking_port_v2.master[0]": "4711-k8s-master-1",
        f"{compute}.master[0]": "4711-k8s-master-1",
        f'{compute}.node["a"]': "4711-k8s-a",
        f'{compute}.node["b"]': "4711-k8s-b",
    }
    assert [claims[f"module.compute.openstack_networking_secgroup_rule_v2.allowed[{n}]"].attributes["protocol"] for n in (0, 1)] == [
        "udp",
        "tcp",
    ]
    assert (
        claims["module.network.openstack_networking_router_interface_v2.k8s[0]"].attributes["router_id"] == ENVIRONMENT["TF_VAR_router_id"]
    )
    assert claims[f'{compute}.node["a"]'].attributes["metadata"] == {"groups": "etcd,kube_node"}
    assert claims[f'{compute}.node["a"]'].attributes["block_device"] == [{"source_type": "image", "volume_size": 10}]
    assert claims[f'{compute}.node["b"]'].attributes["block_device"] == []
    assert not reading.gaps


def test_what_an_attribute_refers_to_is_told_across_modules_locals_and_blocks(tmp_path: Path) -> None:
    claims = planned(read(tmp_path, {**CLUSTER, "x.auto.tfvars": "extra_sec_groups = true\n"}))
    port = claims["module.compute.openstack_networking_port_v2.master[1]"]
    assert port.refers == (
        ("network_id", "module.network.openstack_networking_network_v2.k8s[0]"),
        ("security_group_ids", "module.compute.openstack_networking_secgroup_v2.k8s"),
        ("security_group_ids", "module.compute.openstack_networking_secgroup_v2.extra[0]"),
        ("fixed_ip.0.subnet_id", "module.network.openstack_networking_subnet_v2.k8s[0]"),
    )
    server = claims["module.compute.openstack_compute_instance_v2.master[1]"]
    assert ("network.0.port", "module.compute.openstack_networking_port_v2.master[1]") in server.refers
    assert ("metadata.depends_on", "module.network.openstack_networking_router_v2.k8s[0]") in server.refers
    assert "metadata" in server.unknown
    assert "module.compute.openstack_networking_port_v2.master" in server.dependencies


def test_a_name_with_an_unknown_part_is_a_pattern(tmp_path: Path) -> None:
    assert name(tmp_path, '"ci-${random_id.x.hex}-key"', 'resource "random_id" "x" {\n  byte_length = 2\n}\n') == Pattern(
        ("ci-", None, "-key")
    )


def test_a_name_of_which_nothing_is_known_is_absent(tmp_path: Path) -> None:
    assert name(tmp_path, "data.http.x.body", 'data "http" "x" {}\n') is None


def test_what_depends_on_itself_is_unknown(tmp_path: Path) -> None:
    more = 'locals {\n  a = "x${local.b}"\n  b = local.a\n  c = local.c\n}\n'
    assert name(tmp_path, '"n-${local.c}-${local.a}"', more) == Pattern(("n-", None, "-x", None))


@pytest.mark.parametrize(
    ("declared", "text", "shown"),
    [
        ("type = string", "007", "007"),
        ("type = number", "007", "7"),
        ("type = bool", "true", "true"),
        ("", "[1]", "[1]"),
        ("type = list(string)", "[1, true]", "1,true"),
        ("type = set(string)", '["b", "a", "b"]', "a,b"),
        ("type = any", '["x"]', "x"),
        ("type = tuple([string, number])", '["a", "2"]', "a,2"),
        ("type = list(number)", "nonsense", None),
    ],
)
def test_text_of_the_environment_becomes_the_type_of_the_variable(tmp_path: Path, declared: str, text: str, shown: str | None) -> None:
    expression = 'can(join(",", var.v)) ? join(",", var.v) : "${var.v}"'
    assert name(tmp_path, expression, f'variable "v" {{\n  {declared}\n}}\n', {"TF_VAR_v": text}) == shown


def test_optional_attributes_have_their_defaults_at_every_depth(tmp_path: Path) -> None:
    more = """variable "v" {
  type = map(object({
    size  = optional(number, 5)
    tag   = optional(string)
    inner = optional(object({ a = optional(string, "deep") }), {})
    name  = string
  }))
}
"""
    expression = '"${var.v.x.size}-${var.v.x.tag == null}-${var.v.x.inner.a}-${var.v.x.name}"'
    assert name(tmp_path, expression, more, {"TF_VAR_v": '{ x = { name = "n", more = 1 } }'}) == "5-true-deep-n"


def test_later_sources_of_a_variable_are_stronger(tmp_path: Path) -> None:
    more = 'variable "v" {\n  default = "default"\n}\n'
    told = [name(tmp_path, "var.v", more), name(tmp_path, "var.v", more, {"TF_VAR_v": "environment"})]
    for file in ("terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json"):
        text = json.dumps({"v": file}) if file.endswith("json") else f'v = "{file}"\n'
        (tmp_path / file).write_text(text)
        told.append(name(tmp_path, "var.v", more, {"TF_VAR_v": "environment"}))
    (tmp_path / "given.tfvars").write_text('v = "given"\n')
    told.append(name(tmp_path, "var.v", more, {}, ("var-file", str(tmp_path / "given.tfvars"))))
    told.append(name(tmp_path, "var.v", more, {}, ("var-file", str(tmp_path / "given.tfvars")), ("var", "v=option")))
    assert told == [
        "default", "environment", "terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "given", "option",
    ]  # fmt: skip


def test_values_of_a_file_keep_their_types_where_the_variable_has_none(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('v = { a = ["x", true] }\n')
    assert name(tmp_path, '"${var.v.a[0]}-${var.v.a[1] ? 1 : 2}"', 'variable "v" {}\n') == "x-1"


def test_a_variable_without_a_value_is_unknown(tmp_path: Path) -> None:
    assert name(tmp_path, '"a-${var.v}"', 'variable "v" {}\n') == Pattern(("a-", None))


def test_null_is_replaced_by_the_default_only_where_a_variable_is_not_nullable(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  v = null\n  w = null\n}\n',
        "m/main.tf": KEYPAIR % '"${var.v == null}-${var.w}"'
        + 'variable "v" {\n  default = 1\n}\nvariable "w" {\n  default = 2\n  nullable = false\n}\n',
    }
    assert planned(read(tmp_path, files))["module.m.openstack_compute_keypair_v2.k"].attributes["name"] == "true-2"


def test_what_is_sensitive_never_enters_a_claim(tmp_path: Path) -> None:
    more = """variable "v" {
  sensitive = true
}
variable "db_password" {}
variable "conf" {}
locals {
  api_key = "planted-local"
}
resource "openstack_compute_instance_v2" "s" {
  name       = "s-${var.v}"
  admin_pass = "planted-pass"
  user_data  = "planted-data"
  metadata   = { a = local.api_key, b = var.db_password }
  tags       = [var.conf.password, sensitive("planted-call")]
  description = "x ${openstack_compute_instance_v2.s.admin_pass}"
}
"""
    environ = {"TF_VAR_v": "planted-v", "TF_VAR_db_password": "planted-db", "TF_VAR_conf": '{"password": "planted-conf"}'}
    reading = read(tmp_path, {"main.tf": KEYPAIR % "var.v" + more}, environ)
    assert "planted" not in repr(reading)
    assert planned(reading)["openstack_compute_instance_v2.s"].attributes["name"] == Pattern(("s-", None))
    assert planned(reading)["openstack_compute_instance_v2.s"].sensitive >= {"admin_pass", "user_data"}


def test_an_unknown_number_is_a_gap_and_its_instances_are_those_that_others_show(tmp_path: Path) -> None:
    text = """resource "openstack_networking_port_v2" "p" {
  count = length(data.x.y.ids)
  name  = "p-${count.index}"
}
resource "openstack_networking_port_v2" "q" {
  for_each = data.x.y.names
  name     = "q-${each.key}-${each.value}"
}
data "x" "y" {}
"""
    seen = ("openstack_networking_port_v2.p[3]", 'openstack_networking_port_v2.q["k"]', "openstack_networking_port_v2.p", "nonsense[")
    reading = read(tmp_path, {"main.tf": text}, seen=seen)
    assert {a: str(c.attributes["name"]) for a, c in planned(reading).items()} == {
        "openstack_networking_port_v2.p[3]": "p-3",
        'openstack_networking_port_v2.q["k"]': "q-k-*",
    }
    assert [(gap.kind, gap.subject) for gap in reading.gaps] == [
        (GapKind.NOT_COUNTED, "openstack_networking_port_v2.p"),
        (GapKind.NOT_COUNTED, "openstack_networking_port_v2.q"),
    ]
    assert "line 1" in reading.gaps[0].reason


def test_modules_are_counted_and_an_uncounted_one_is_a_gap(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n  for_each = { x = 1, y = 2 }\n  n = each.value\n}\n'
        'module "b" {\n  source = "./m"\n  count = data.x.y.n\n  n = 1\n}\ndata "x" "y" {}\n'
        + KEYPAIR
        % '"${module.a["y"].name}-${join(",", keys(module.a))}"',
        "m/main.tf": KEYPAIR % '"n${var.n}"' + 'variable "n" {}\noutput "name" {\n  value = openstack_compute_keypair_v2.k.name\n}\n',
    }
    reading = read(tmp_path, files)
    assert {a: c.attributes["name"] for a, c in planned(reading).items()} == {
        "openstack_compute_keypair_v2.k": "n2-x,y",
        'module.a["x"].openstack_compute_keypair_v2.k': "n1",
        'module.a["y"].openstack_compute_keypair_v2.k': "n2",
    }
    assert [gap.subject for gap in reading.gaps] == ["module.b"]


def test_the_owners_wishes_are_seen(tmp_path: Path) -> None:
    text = """resource "openstack_networking_network_v2" "n" {
  name = "kept"
  lifecycle {
    prevent_destroy = true
  }
}
resource "openstack_networking_network_v2" "there" {
  for_each = toset(["a"])
  name = each.key
}
import {
  for_each = { a = "0e669d01-7a94-4208-ac79-b1beb13e4772" }
  to = openstack_networking_network_v2.there[each.key]
  id = each.value
}
removed {
  from = module.old.openstack_networking_network_v2.gone
  lifecycle {
    destroy = false
  }
}
removed {
  from = openstack_networking_network_v2.destroyed
}
"""
    claims = {(c.address, c.tense): c for c in read(tmp_path, {"main.tf": text}).claims}
    assert claims.keys() == {
        ("openstack_networking_network_v2.n", Tense.PLANNED),
        ('openstack_networking_network_v2.there["a"]', Tense.IMPORTED),
        ("module.old.openstack_networking_network_v2.gone", Tense.FORGOTTEN),
    }
    assert "prevent_destroy" in (claims["openstack_networking_network_v2.n", Tense.PLANNED].keep or "")
    assert claims['openstack_networking_network_v2.there["a"]', Tense.IMPORTED].id == "0e669d01-7a94-4208-ac79-b1beb13e4772"


def test_json_syntax_says_the_same(tmp_path: Path) -> None:
    document = {
        "variable": {"v": {"type": "list(string)", "default": ["${no template}"]}},
        "locals": {"a": "${length(var.v)}"},
        "resource": {
            "openstack_networking_port_v2": {
                "p": {
                    "count": 2,
                    "name": "p-${count.index}-${local.a}-${var.v[0]}",
                    "lifecycle": {"prevent_destroy": True},
                    "dynamic": {"fixed_ip": {"for_each": [1, 2], "content": {"ip_address": "10.0.0.${fixed_ip.value}"}}},
                    "//": "a remark",
                }
            }
        },
    }
    claims = planned(read(tmp_path, {"main.tf.json": json.dumps(document)}))
    assert [claim.attributes for claim in claims.values()] == [
        {"name": f"p-{n}-1-${{no template}}", "fixed_ip": [{"ip_address": "10.0.0.1"}, {"ip_address": "10.0.0.2"}]} for n in (0, 1)
    ]
    assert all(claim.keep for claim in claims.values())


def test_overrides_replace_attribute_by_attribute_and_tofu_files_their_namesakes(tmp_path: Path) -> None:
    files = {
        "main.tf": KEYPAIR % '"a"' + 'variable "v" {\n  default = 1\n}\n',
        "x_override.tf": KEYPAIR % '"b${var.v}"',
        "override.tf": 'variable "v" {\n  default = 2\n}\n',
        "other.tf": 'resource "openstack_compute_keypair_v2" "t" {\n  name = "terraform"\n}\n',
        "other.tofu": 'resource "openstack_compute_keypair_v2" "t" {\n  name = "tofu"\n}\n',
    }
    assert {a.split(".")[1]: c.attributes["name"] for a, c in planned(read(tmp_path, files)).items()} == {"k": "b2", "t": "tofu"}


def test_modules_from_elsewhere_are_found_where_init_put_them(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "git::https://example.org/x"\n}\nmodule "b" {\n  source = "example/x/y"\n}\n',
        ".terraform/modules/modules.json": json.dumps(
            {"Modules": [{"Key": "", "Dir": "."}, {"Key": "a", "Dir": ".terraform/modules/a/sub"}]}
        ),
        ".terraform/modules/a/sub/main.tf": KEYPAIR % '"${path.module}"',
    }
    reading = read(tmp_path, files)
    assert [c.attributes["name"] for c in reading.claims] == [".terraform/modules/a/sub"]
    assert len(reading.gaps) == 1
    assert "module.b is not on this machine" in reading.gaps[0].reason


def test_the_workspace_is_the_selected_one(tmp_path: Path) -> None:
    assert name(tmp_path, "terraform.workspace") == "default"
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "environment").write_text("blue")
    assert name(tmp_path, "terraform.workspace") == "blue"
    assert name(tmp_path, "terraform.workspace", "", {"TF_WORKSPACE": "red"}) == "red"


def test_files_outside_of_the_configuration_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("planted")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "linked").symlink_to(tmp_path, target_is_directory=True)
    (root / "key.pub").write_text("ssh-ed25519 AAAA\n")
    for path in ("../secret", str(tmp_path / "secret"), "link", "linked/secret", "~/x", "\\u0000"):
        assert name(root, f'file("{path}")') is None
    assert name(root, 'chomp(file("${path.module}/key.pub"))') == "ssh-ed25519 AAAA"


def test_a_module_behind_a_link_to_the_outside_is_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, {"outside/main.tf": KEYPAIR % '"planted"', "root/main.tf": 'module "m" {\n  source = "./m"\n}\n'})
    (tmp_path / "root" / "m").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert not reader.read(tmp_path / "root").claims


def test_what_is_no_hcl_is_a_gap_with_file_and_line_and_the_rest_is_read(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.tf": KEYPAIR % '"a"', "bad.tf": 'x = 1\nresource "a" {\n  = 3\n}\n', "worse.tf.json": "{"})
    assert [c.attributes["name"] for c in reading.claims] == ["a"]
    assert [(gap.kind, Path(gap.subject).name) for gap in reading.gaps] == [
        (GapKind.UNREADABLE, "bad.tf"),
        (GapKind.UNREADABLE, "worse.tf.json"),
    ]
    assert reading.gaps[0].reason.startswith(f"{tmp_path / 'bad.tf'}: line 3: ")


@pytest.mark.parametrize(
    "text",
    [
        'module "m" {\n  source = "./"\n}\n',
        "".join(f"locals {{\n  l{n} = [local.l{n - 1}, local.l{n - 1}, local.l{n - 1}]\n}}\n" for n in range(1, 60))
        + KEYPAIR % "local.l59[0]",
        "".join(f'locals {{\n  l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"\n}}\n' for n in range(1, 60))
        + 'locals {\n  l0 = "ha"\n}\n'
        + KEYPAIR % "local.l59",
        KEYPAIR.replace("{\n", "{\n  count = 100000000\n") % '"x"',
        KEYPAIR.replace("{\n", "{\n  for_each = toset([for x in range(9999) : tostring(x)])\n") % '"x"',
        "".join(f'resource "openstack_compute_keypair_v2" "k{n}" {{\n  count = 5000\n  name = "x"\n}}\n' for n in range(9)),
    ],
)
def test_configuration_that_grows_without_end_ends_as_a_gap_or_as_unknown(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, {"main.tf": text})
    assert len(reading.claims) <= 20_000
    assert reading.gaps or len(reading.claims) == 1


SOURCES = sorted(CLUSTER.items())


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(SOURCES) - 1),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 12), st.text('${}%"[]()=.:,?\n ax1', max_size=6)), min_size=1, max_size=4),
)
def test_a_damaged_file_never_raises(tmp_path: Path, which: int, damages: list[tuple[int, int, str]]) -> None:
    file, text = SOURCES[which]
    for at, length, instead in damages:
        text = text[:at] + instead + text[at + length :]
    reading = read(tmp_path, {**CLUSTER, file: text}, ENVIRONMENT)
    assert all(claim.tense is Tense.PLANNED for claim in reading.claims)
    assert all(gap.reason.endswith(".") for gap in reading.gaps)


WORDS = "resource openstack_compute_keypair_v2 k name count for_each variable locals module source dynamic import to".split()  # noqa: SIM905
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHAPES)
def test_json_of_any_shape_never_raises(tmp_path: Path, document: object) -> None:
    reading = read(tmp_path, {"main.tf.json": json.dumps(document)})
    assert all(gap.reason.endswith(".") for gap in reading.gaps)


def test_variables_of_traces_count_when_a_configuration_is_read_beside_them(tmp_path: Path) -> None:
    tree(tmp_path, {"main.tf": KEYPAIR % '"${var.a}-${var.b}"' + 'variable "a" {}\nvariable "b" {}\n'})
    plan = Reading(
        reader.Source(reader.SourceKind.PLAN_JSON, "p"), variables={"a": Variable("7", True, "p"), "b": Variable("8", True, "p")}
    )
    (reading,) = reader.beside([plan], {tmp_path: ""}, {}, {"b": Variable("9", True, "--var")}, {})
    assert reading.claims[0].attributes["name"] == "7-9"


def test_dynamic_blocks_have_the_iterator_that_they_name_and_nest(tmp_path: Path) -> None:
    text = """resource "openstack_networking_port_v2" "p" {
  dynamic "outer" {
    for_each = { a = [1, 2] }
    iterator = each_outer
    content {
      key = each_outer.key
      dynamic "inner" {
        for_each = each_outer.value
        content {
          n = inner.value + inner.key
        }
      }
    }
  }
  dynamic "unknown" {
    for_each = data.x.y.z
    content {}
  }
  plain {
    a = openstack_networking_port_v2.p.mac_address
    b = 1
  }
}
data "x" "y" {}
"""
    claim = planned(read(tmp_path, {"main.tf": text}))["openstack_networking_port_v2.p"]
    assert claim.attributes == {"outer": [{"key": "a", "inner": [{"n": 1}, {"n": 3}]}], "plain": [{"b": 1}]}
    assert claim.unknown == {"unknown", "plain"}


@pytest.mark.parametrize(("enabled", "number"), [("true", 1), ("false", 0), ("data.x.y.z", 0)])
def test_what_opentofu_has_not_enabled_is_not_there(tmp_path: Path, enabled: str, number: int) -> None:
    text = KEYPAIR.replace("}\n", "  lifecycle {\n    enabled = %s\n  }\n}\n") % ('"x"', enabled)
    reading = read(tmp_path, {"main.tf": text + 'data "x" "y" {}\n'})
    assert len(planned(reading)) == number
    assert bool(reading.gaps) == (enabled == "data.x.y.z")


def test_a_list_of_modules_that_is_none_is_a_gap(tmp_path: Path) -> None:
    reading = read(tmp_path, {"main.tf": KEYPAIR % '"a"', ".terraform/modules/modules.json": '{"Modules": [1]}'})
    assert len(reading.claims) == 1
    assert "terraform init" in reading.gaps[0].reason


def test_a_file_that_is_too_large_is_a_gap(tmp_path: Path) -> None:
    reading = read(tmp_path, {"big.tf": "#" * (5 * 1024 * 1024), "main.tf": KEYPAIR % '"a"'})
    assert [Path(gap.subject).name for gap in reading.gaps] == ["big.tf"]
    assert len(reading.claims) == 1


def test_an_import_to_what_is_not_known_claims_nothing(tmp_path: Path) -> None:
    text = 'import {\n  to = %s\n  id = "x"\n}\n'
    for to in ("openstack_networking_port_v2.p[data.x.y]", "local.x", "1", 'module.m["a"]', "openstack_networking_port_v2.p.q.r"):
        assert not read(tmp_path, {"main.tf": text % to}).claims
    document = {"import": {"to": 'module.m["a"].openstack_networking_port_v2.p', "id": "x"}}
    (tmp_path / "main.tf").unlink()
    (claim,) = read(tmp_path, {"main.tf.json": json.dumps(document)}).claims
    assert (claim.address, claim.id, claim.tense) == ('module.m["a"].openstack_networking_port_v2.p', "x", Tense.IMPORTED)
