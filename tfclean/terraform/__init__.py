"""Paths and bytes in, a `Footprint` out: one module for each kind of trace that a run leaves."""
