"""Footprint and inventory, joined in one graph and judged. Pure: same input, same output, no clock, no network."""
