terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}

variable "job" {}
variable "network_id" {}
variable "subnet_id" {}
variable "routed" {}
variable "masters" {}
variable "workers" {}
variable "public_key" {}

locals {
  groups = {
    cluster = "every node"
    master  = "control plane"
    worker  = "workers"
  }
  masters = toset([for i in range(var.masters) : format("master-%d", i + 1)])
  workers = toset([for i in range(var.workers) : format("worker-%d", i + 1)])
}

data "openstack_images_image_v2" "node" {
  name        = "cirros"
  most_recent = true
}

resource "openstack_compute_keypair_v2" "nodes" {
  name       = "kubernetes-${var.job}"
  public_key = var.public_key
}

resource "openstack_networking_secgroup_v2" "group" {
  for_each             = local.groups
  name                 = "${var.job}-${each.key}"
  description          = "${var.job} - ${each.value}"
  delete_default_rules = true
}

resource "openstack_networking_secgroup_rule_v2" "within" {
  direction         = "ingress"
  ethertype         = "IPv4"
  remote_group_id   = openstack_networking_secgroup_v2.group["cluster"].id
  security_group_id = openstack_networking_secgroup_v2.group["cluster"].id
}

resource "openstack_networking_secgroup_rule_v2" "out" {
  for_each          = openstack_networking_secgroup_v2.group
  direction         = "egress"
  ethertype         = "IPv4"
  security_group_id = each.value.id
}

resource "openstack_networking_secgroup_rule_v2" "worker_to_master" {
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 6443
  port_range_max    = 6443
  remote_group_id   = openstack_networking_secgroup_v2.group["worker"].id
  security_group_id = openstack_networking_secgroup_v2.group["master"].id
}

resource "openstack_networking_secgroup_rule_v2" "master_to_worker" {
  count             = 2
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 10250 + count.index
  port_range_max    = 10250 + count.index
  remote_group_id   = openstack_networking_secgroup_v2.group["master"].id
  security_group_id = openstack_networking_secgroup_v2.group["worker"].id
}

resource "openstack_compute_servergroup_v2" "masters" {
  name     = "masters"
  policies = ["soft-anti-affinity"]
}

resource "openstack_networking_port_v2" "master" {
  for_each   = local.masters
  name       = "${var.job}-${each.key}"
  network_id = var.network_id
  security_group_ids = [
    openstack_networking_secgroup_v2.group["cluster"].id,
    openstack_networking_secgroup_v2.group["master"].id,
  ]
  fixed_ip {
    subnet_id = var.subnet_id
  }
}

resource "openstack_compute_instance_v2" "master" {
  for_each    = openstack_networking_port_v2.master
  name        = each.value.name
  image_id    = data.openstack_images_image_v2.node.id
  flavor_name = "m1.tiny"
  key_pair    = openstack_compute_keypair_v2.nodes.name
  metadata = {
    role = "control-plane"
  }
  network {
    port = each.value.id
  }
  scheduler_hints {
    group = openstack_compute_servergroup_v2.masters.id
  }
}

# Neither a name nor a tag tells whose it is.
resource "openstack_networking_floatingip_v2" "master" {
  for_each   = local.masters
  pool       = "public"
  depends_on = [var.routed]
}

resource "openstack_networking_floatingip_associate_v2" "master" {
  for_each    = openstack_networking_port_v2.master
  floating_ip = openstack_networking_floatingip_v2.master[each.key].address
  port_id     = each.value.id
}

# Nova makes the port and the disk, and names neither.
resource "openstack_compute_instance_v2" "worker" {
  for_each        = local.workers
  name            = "${var.job}-${each.key}"
  image_id        = data.openstack_images_image_v2.node.id
  flavor_name     = "m1.tiny"
  key_pair        = openstack_compute_keypair_v2.nodes.name
  security_groups = [openstack_networking_secgroup_v2.group["worker"].name]
  network {
    uuid = var.network_id
  }
  block_device {
    uuid                  = data.openstack_images_image_v2.node.id
    source_type           = "image"
    destination_type      = "local"
    boot_index            = 0
    delete_on_termination = true
  }
  block_device {
    source_type           = "blank"
    destination_type      = "volume"
    volume_size           = 1
    boot_index            = -1
    delete_on_termination = true
  }
  depends_on = [var.subnet_id]
}

resource "openstack_blockstorage_volume_v3" "data" {
  for_each = local.workers
  name     = "${var.job}-data-${each.key}"
  size     = 1
}

resource "openstack_compute_volume_attach_v2" "data" {
  for_each    = openstack_blockstorage_volume_v3.data
  instance_id = openstack_compute_instance_v2.worker[each.key].id
  volume_id   = each.value.id
}

output "addresses" {
  value = [for server in openstack_compute_instance_v2.master : server.access_ip_v4]
}
