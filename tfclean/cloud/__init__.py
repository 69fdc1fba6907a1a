"""The only user of openstacksdk: connection, inventory, and one request per declared call.

`connect` gives a `Cloud`; `CloudPort` is what other rooms know of it, and `tfclean.cloud.document` keeps an inventory in a file.
"""

from tfclean.cloud.connection import Cloud, connect
from tfclean.cloud.protocol import Answer, CloudPort, Look

__all__ = ["Answer", "Cloud", "CloudPort", "Look", "connect"]
