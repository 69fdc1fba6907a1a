"""Tests of the simulator's world: each test's name is a rule of a real service."""
