"""What tfclean knows about OpenStack and the Terraform provider, as data: one declaration per kind, nothing else."""
