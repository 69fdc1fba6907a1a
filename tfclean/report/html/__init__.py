"""Outlines in, one HTML file out that needs no network: read without scripts, filtered with them."""
