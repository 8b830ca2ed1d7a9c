"""Progress of long work on stderr: a bar on a terminal, structured log lines (key=value) otherwise."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from types import TracebackType

LINE_EVERY = 5.0  # in the first minute, later a twelfth of the time so far, at most ``LINE_LATEST`` [s]
LINE_LATEST = 300.0  # [s]

log = logging.getLogger(__name__)


class Progress:
    """Counts ``total`` steps of work called ``label``."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.start = self.last = time.monotonic()
        self.bar = tqdm(total=total, desc=label, file=sys.stderr) if sys.stderr.isatty() else None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.close()

    def advance(self, steps: int) -> None:
        """Count ``steps`` more."""
        self.done += steps
        if self.bar is not None:
            self.bar.update(steps)
        else:
            self._line(self.done >= self.total)

    def alive(self, note: str) -> None:
        """Say that the work goes on although no step was finished lately."""
        if self.bar is not None:
            self.bar.set_postfix_str(note)
        else:
            self._line(False, note)

    def _line(self, now: bool, note: str = "") -> None:
        passed = time.monotonic()
        pause = min(max(LINE_EVERY, (passed - self.start) / 12.0), LINE_LATEST)
        if not now and passed - self.last < pause:
            return
        self.last = passed
        rate = self.done / max(passed - self.start, 1e-3)
        left = f"{(self.total - self.done) / rate:.0f}s" if self.done else "unknown"
        log.info(
            'time=%s work="%s" done=%d of=%d rate=%.3g/s left=%s%s',
            dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            self.label,
            self.done,
            self.total,
            rate,
            left,
            f' note="{note}"' if note else "",
        )
