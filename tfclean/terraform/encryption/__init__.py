"""States and plans that OpenTofu encrypted in, the same in clear out, if the key is at hand.

`setup` reads how the run was set up to encrypt, from ``TF_ENCRYPTION`` and from the ``encryption`` blocks of the configuration; `envelope`
opens what was encrypted that way. Keys and passphrases stay inside these files.
"""

from __future__ import annotations

from tfclean.terraform.encryption.envelope import Locked, opened
from tfclean.terraform.encryption.setup import Setup

__all__ = ["Locked", "Setup", "opened"]
