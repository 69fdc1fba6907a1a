data "openstack_networking_network_v2" "public" {
  name = "public"
}

data "openstack_networking_router_v2" "shared" {
  count = var.router == "" ? 0 : 1
  name  = var.router
}

resource "openstack_networking_router_v2" "own" {
  count               = var.router == "" ? 1 : 0
  name                = "${var.job}-router"
  external_network_id = data.openstack_networking_network_v2.public.id
}

resource "openstack_networking_network_v2" "nodes" {
  name = "ci-${var.job}"
}

resource "openstack_networking_subnet_v2" "nodes" {
  name       = "${var.job}-nodes"
  network_id = openstack_networking_network_v2.nodes.id
  cidr       = var.cidr
  ip_version = 4
}

resource "openstack_networking_router_interface_v2" "nodes" {
  router_id = one(concat(openstack_networking_router_v2.own[*].id, data.openstack_networking_router_v2.shared[*].id))
  subnet_id = openstack_networking_subnet_v2.nodes.id
}

module "nodes" {
  source     = "./nodes"
  job        = var.job
  network_id = openstack_networking_network_v2.nodes.id
  subnet_id  = openstack_networking_subnet_v2.nodes.id
  routed     = openstack_networking_router_interface_v2.nodes.id
  masters    = var.masters
  workers    = var.workers
  public_key = var.public_key
}

module "balancer" {
  count     = var.balancer ? 1 : 0
  source    = "./balancer"
  job       = var.job
  subnet_id = openstack_networking_subnet_v2.nodes.id
  backends  = module.nodes.addresses
}
