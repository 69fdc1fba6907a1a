"""Tests against a real OpenStack control plane."""
