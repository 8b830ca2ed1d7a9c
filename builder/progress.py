"""Progress of long work on stderr: a bar on a terminal, log lines otherwise."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from types import TracebackType

LINE_EVERY = 5.0  # [s]

log = logging.getLogger(__name__)


class Progress:
    """Counts ``total`` steps of work called ``label``."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.start = self.last = time.monotonic()
        self.bar = tqdm(total=total, desc=label, file=sys.stderr) if sys.stderr.isatty() else None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def advance(self, steps: int) -> None:
        """Count ``steps`` more."""
        self.done += steps
        if self.bar is not None:
            self.bar.update(steps)
            return
        now = time.monotonic()
        if now - self.last >= LINE_EVERY or self.done >= self.total:
            self.last = now
            left = (now - self.start) / max(self.done, 1) * (self.total - self.done)
            log.info("%s: %d of %d, %.0f s left", self.label, self.done, self.total, left)
