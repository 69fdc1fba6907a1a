"""Seconds between the two looks at a simulator that prove an end; see the fixture in `conftest`."""

BRIEF = 0.1
