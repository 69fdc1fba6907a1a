"""A verb that deletes in; its events as they happen, one after the other in the caller's own loop, and its result out.

The verb runs in a thread of its own, so that the caller may take its time over an event: nothing waits for the loop. Leaving the loop is
safe in every way, for it is one interrupt: nothing new is started, what is in flight is awaited, and the journal is whole.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, cast

from tfclean.errors import Interrupted
from tfclean.model import Event, Result

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Interrupt

P = ParamSpec("P")

PATIENCE = 2.0
"""Seconds for which a run is awaited that was told to stop at once."""


class Stopping:
    """An interrupt of a run's own beside that of its caller.

    Args:
        given: the caller's, if there is one.

    Attributes:
        own: 0 go on; 1 start nothing new; 2 do not wait for calls in flight either.
    """

    def __init__(self, given: Interrupt | None) -> None:
        self._given = given
        self.own = 0

    def is_set(self) -> bool:
        """Tell whether the run shall start nothing new."""
        return self.level > 0

    @property
    def level(self) -> int:
        """The stronger of the two."""
        given = self._given
        return max(self.own, int(getattr(given, "level", 1)) if given is not None and given.is_set() else 0)


class Watched(Iterator[Event]):
    """A run that is going on: a context manager, and an iterator over what happens in it.

    The last event is ``finished``; a run that refuses to begin has none, and raises where the first would come. To leave the block before
    the last event, by ``break``, ``return`` or an exception, interrupts the run once and waits for its end; Ctrl-C during that wait
    stops it at once.
    """

    def __init__(self, begin: Callable[[Callable[[Event], None], Stopping], Result], stopping: Stopping) -> None:
        self._begin = begin
        self._stopping = stopping
        self._inbox: SimpleQueue[Event | None] = SimpleQueue()
        # The journal is on disk at any moment: nobody who ends the process has to wait for a call that does not answer.
        self._thread = threading.Thread(target=self._work, name="tfclean", daemon=True)
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._raised = False
        self._over = False

    def _work(self) -> None:
        try:
            self._result = self._begin(self._inbox.put, self._stopping)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
        finally:
            self._inbox.put(None)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __iter__(self) -> Watched:
        return self

    def __next__(self) -> Event:
        """Wait for the next event.

        Raises:
            StopIteration: the run is over.
            TfcleanError: what the verb raises.
        """
        event = None if self._over else self._inbox.get()
        if event is not None:
            return event
        self._over = True
        if self._error is not None and not self._raised:
            self._raised = True
            raise self._error
        raise StopIteration

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._over:
            self.interrupt()
            self._over = True
            self._wait()
        own = self._error
        if own is None or self._raised:
            return
        self._raised = True
        if error is not None:
            error.add_note(f"the run ended by itself with {type(own).__name__}: {own}")
        elif not isinstance(own, Interrupted):  # that is what was asked for
            raise own

    def _wait(self) -> None:
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._stopping.own = 2
            with contextlib.suppress(KeyboardInterrupt):
                self._thread.join(PATIENCE)
            raise

    def interrupt(self) -> None:
        """Start nothing new; what is in flight is awaited, and its events still come."""
        self._stopping.own = max(self._stopping.own, 1)

    def wait(self) -> Result:
        """Let all remaining events pass, and give the result.

        Raises:
            TfcleanError: what the verb raises.
        """
        for _ in self:
            pass
        return self.result

    @property
    def result(self) -> Result:
        """How it ended: known after the last event, and after the block, also where that was left early.

        Raises:
            TfcleanError: what the verb raised.
            RuntimeError: it is still going on.
        """
        if self._result is not None and self._over:
            return self._result
        if self._error is not None and self._over:
            raise self._error
        raise RuntimeError("the run is still going on: its result is known after its last event")


def watching(verb: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Watched:
    """Run a verb that deletes, and give its events to a loop of the caller's.

    For example::

        with tfclean.watching(tfclean.destroy, "job/", cloud="ci", approve=lambda plan: True) as run:
            for event in run:
                print(event.type, event.target)
        print(run.result.exit_code)

    Args:
        verb: `tfclean.destroy`, `tfclean.apply`, `tfclean.resume`, or any function with their ``on_event`` and ``interrupt``.
        *args: as for the verb.
        **options: as for the verb. ``on_plan``, ``approve`` and ``on_event`` are called in the run's own thread, and not in the caller's.
    """
    given: dict[str, object] = dict(options)
    tell = cast("Callable[[Event], None] | None", given.pop("on_event", None))
    stopping = Stopping(cast("Interrupt | None", given.pop("interrupt", None)))

    def begin(put: Callable[[Event], None], stop: Stopping) -> Result:
        def told(event: Event) -> None:
            if tell is not None:
                tell(event)
            put(event)

        return cast("Callable[..., Result]", verb)(*args, **given, on_event=told, interrupt=stop)

    return Watched(begin, stopping)
