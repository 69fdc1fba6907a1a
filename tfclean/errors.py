"""What can go wrong, named after what the user can do about it.

Every error carries one sentence for the user and the exit code of the command line::

    TfcleanError                     base: catch this to catch everything
    ├── UsageError               2   the call itself is wrong: correct it
    ├── InputError               2   a file or stream cannot be read: give another, or repair it
    ├── NothingToGoOn            2   the evidence holds nothing, or only says that a state was lost
    ├── Refused                  4   a guard, a lock, a stale plan or a missing yes: nothing was deleted
    ├── CloudError               3   the cloud cannot be asked
    │   ├── CredentialsError     3   who we are: check OS_* or clouds.yaml
    │   └── Unreachable          3   where it is: check the network, or wait
    ├── JournalError             2   a journal is not ours, or torn
    └── Interrupted            130   the user asked to stop; the journal says how to go on
"""

from __future__ import annotations


class TfcleanError(Exception):
    """Base of every error that tfclean raises on purpose.

    Args:
        message: one sentence that names the place, what is wrong there and what to do.
    """

    exit_code: int = 1


class UsageError(TfcleanError):
    """The call itself is wrong."""

    exit_code = 2


class InputError(TfcleanError):
    """A file or a stream that was named cannot be read as what it should be."""

    exit_code = 2


class NothingToGoOn(TfcleanError):
    """The evidence holds nothing, or only says that a state was lost: never "all is well"."""

    exit_code = 2


class Refused(TfcleanError):
    """A guard, a held lock, a stale plan or a missing confirmation; nothing was deleted."""

    exit_code = 4


class CloudError(TfcleanError):
    """The cloud cannot be asked, or its inventory is incomplete."""

    exit_code = 3


class CredentialsError(CloudError):
    """The cloud does not know us, or no cloud is configured."""


class Unreachable(CloudError):
    """Nobody answers where the cloud should be."""


class JournalError(TfcleanError):
    """A journal is not ours, or is torn before its last line."""

    exit_code = 2


class Interrupted(TfcleanError):
    """The user asked to stop; the journal says how to go on."""

    exit_code = 130
