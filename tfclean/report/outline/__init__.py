"""Documents in, their outlines out: what stands in them, in which order, for every format that tells it with means of its own. Pure.

A new document is one function here and one method in `report`; JUnit, Markdown and HTML then have it.
"""
