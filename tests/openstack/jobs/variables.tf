variable "job" {
  description = "Stands in the names of what this run makes."
  type        = string
}

variable "router" {
  description = "Name of a router that jobs share; without it, the job makes one."
  type        = string
  default     = ""
}

variable "cidr" {
  type    = string
  default = "10.7.0.0/24"
}

variable "masters" {
  type    = number
  default = 1
}

variable "workers" {
  type    = number
  default = 1
}

variable "balancer" {
  type    = bool
  default = true
}

variable "public_key" {
  type    = string
  default = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFDuYq0sHbYFqcBf5r9X5o8uVtPB0vLDa1c8H0o3Kx7e ci"
}
