terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}

variable "job" {}
variable "subnet_id" {}
variable "backends" {}

resource "openstack_lb_loadbalancer_v2" "api" {
  name          = "${var.job}-api"
  vip_subnet_id = var.subnet_id
}

resource "openstack_lb_listener_v2" "api" {
  name            = "api-listener"
  protocol        = "TCP"
  protocol_port   = 6443
  loadbalancer_id = openstack_lb_loadbalancer_v2.api.id
}

resource "openstack_lb_pool_v2" "api" {
  name        = "api-pool"
  protocol    = "TCP"
  lb_method   = "ROUND_ROBIN"
  listener_id = openstack_lb_listener_v2.api.id
}

resource "openstack_lb_member_v2" "api" {
  count         = length(var.backends)
  pool_id       = openstack_lb_pool_v2.api.id
  address       = var.backends[count.index]
  subnet_id     = var.subnet_id
  protocol_port = 6443
}

resource "openstack_lb_monitor_v2" "api" {
  pool_id     = openstack_lb_pool_v2.api.id
  type        = "TCP"
  delay       = 10
  timeout     = 5
  max_retries = 3
}
