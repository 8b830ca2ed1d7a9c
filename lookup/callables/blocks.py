"""Coefficients of a table in memory: one read-only array per discrete choice, read when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from gloam.lookup.callables import store
from gloam.lookup.errors import StoreError, UnknownName
from gloam.tables import layout

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


def _absolute_errors(opened: store.Store, choice: int) -> Vector:
    """Block of one choice, read-only; its error bounds are absolute for a linear table (those of a log table stay relative)."""
    block = opened.block(choice)
    if opened.spec.transform == "linear":
        first, last = int(block[layout.ERRORS]), int(block[layout.COEFFICIENTS])
        bounds = block[first:last].reshape(-1, len(opened.spec.components))
        bounds *= opened.scale[choice]
    block.flags.writeable = False
    return block


class Blocks:
    """The blocks of one store, by the label of the discrete choice ("" where there is none)."""

    def __init__(self, opened: store.Store) -> None:
        self._spec, self._path = opened.spec, opened.path
        self._digests = opened.digest, opened.content_digest
        self._blocks: dict[str, Vector] = {}
        self._unread: store.Store | None = opened  # until the first block is asked for

    @property
    def held(self) -> tuple[str, ...]:
        """The labels that are in memory."""
        return tuple(self._blocks)

    def _known(self, label: Any) -> str:
        if not isinstance(label, str) or label not in self._spec.labels:
            kind = self._spec.choice.name if self._spec.choice else "choice"
            raise UnknownName(kind, label, self._spec.labels)
        return label

    def hold(self, labels: Iterable[str]) -> None:
        """Have the blocks of labels in memory; the store is read at most once.

        Raises
        ------
        UnknownName
        StoreError
            When the store is damaged or another than it was when the table was opened.
        """
        missing = [label for label in labels if self._known(label) not in self._blocks]
        if not missing:
            return
        opened, self._unread = self._unread, None
        if opened is None:
            opened = store.open_store(self._path)
            if (opened.digest, opened.content_digest) != self._digests:
                msg = f"store {self._path} was replaced since it was opened: start Python again to use the new one"
                raise StoreError(msg)
        for label in missing:
            self._blocks.setdefault(label, _absolute_errors(opened, self._spec.labels.index(label)))

    def of(self, label: str) -> Vector:
        """The flat array of one label (see :mod:`gloam.tables.layout`), read-only."""
        if self._known(label) not in self._blocks:
            self.hold([label])
        return self._blocks[label]

    @functools.cached_property
    def whole(self) -> Vector:
        """All labels in one array, read-only; it is the block itself where there is one label."""
        self.hold(self._spec.labels)
        blocks = [self._blocks[label] for label in self._spec.labels]
        if len(blocks) == 1:
            return blocks[0]
        whole: Vector = np.concatenate(blocks)
        whole.flags.writeable = False
        return whole

    def offset(self, label: str) -> int:
        """Start of the block of ``label`` in :attr:`whole`."""
        before = self._spec.labels[: self._spec.labels.index(self._known(label))]
        self.hold(self._spec.labels)
        return sum(self._blocks[other].size for other in before)


class ByLabel(dict[str, Any]):
    """What is made for a label when it is first asked for; KeyError for what is none."""

    def __init__(self, labels: tuple[str, ...], make: Callable[[str], Any]) -> None:
        self._labels, self._make = labels, make

    def __missing__(self, label: str) -> Any:
        if label not in self._labels:
            raise KeyError(label)
        found = self[label] = self._make(label)
        return found
