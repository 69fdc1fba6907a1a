"""A command in; the command run, and what is needed to clean up after it kept beside it."""
