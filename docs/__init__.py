"""The documentation: pages written by hand, and `reference`, which writes the others from the code when the site is built."""
