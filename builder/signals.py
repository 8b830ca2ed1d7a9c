"""Ctrl-C and SIGTERM, which a batch system sends at the time limit: heard once, and never lost."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDING = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """One of the signals that end a command."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Heard:
    """The signal that came, 0 for none: what Python raises inside a callback from C (of LLVM, say) is printed and forgotten."""

    def __init__(self) -> None:
        self.number = 0

    def check(self) -> None:
        """Raise what was heard, if it did not end the work by itself.

        Raises
        ------
        Interrupted
            When a signal came.
        """
        if self.number:
            raise Interrupted(self.number)


@contextmanager
def kept() -> Iterator[None]:
    """Whatever sets handlers of these signals meanwhile, those from before are back afterwards."""
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler and threading.current_thread() is threading.main_thread():
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@contextmanager
def heard() -> Iterator[Heard]:
    """Hear SIGINT and SIGTERM meanwhile: both raise :class:`Interrupted`, unless they were ignored before.

    One that is lost in a callback is not printed either: :meth:`Heard.check` raises it again.
    """
    found = Heard()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return

    def note(number: int, frame: object) -> None:
        found.number = number
        raise Interrupted(number)

    def unraisable(lost: sys.UnraisableHookArgs) -> None:
        if not isinstance(lost.exc_value, Interrupted):
            hook(lost)

    hook, sys.unraisablehook = sys.unraisablehook, unraisable
    before = {number: signal.getsignal(number) for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, note)
    try:
        yield found
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
