"""The one error of the lab."""


class LabError(Exception):
    """Something in the lab failed; the message names the service and, where there is one, its log."""
