"""Clean an OpenStack project of what a Terraform or OpenTofu run left behind."""

__version__ = "0.1.0"
