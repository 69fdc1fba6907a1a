"""The only user of openstacksdk: connection, inventory, and one request per declared call.

`connect` gives a `Cloud`, and `tfclean.cloud.document` keeps an inventory in a file.
"""

from tfclean.cloud.connection import Cloud, connect

__all__ = ["Cloud", "connect"]
