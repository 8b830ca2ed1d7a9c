"""The grid of chunks of an unfinished build: which are there, and whether they are whole."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder.workspace import Chunk, Workspace, open_values
from gloam.lookup.errors import BadParameter

if TYPE_CHECKING:
    from pathlib import Path

    import zarr
    from gloam.builder.source import Recipe


def chunk_shape(place: Workspace) -> Chunk:
    """Grid points along every axis in a chunk of the unfinished build."""
    return tuple(open_values(place).chunks[1:-1])


def all_chunks(place: Workspace) -> list[Chunk]:
    """Indices (choice, axis 1, ..., axis D) of all chunks."""
    array = open_values(place)
    shape, chunk = array.shape[:-1], array.chunks[:-1]
    return list(itertools.product(*(range(-(-n // c)) for n, c in zip(shape, chunk, strict=True))))


def chunk_file(place: Workspace, chunk: Chunk) -> Path:
    """The file of one chunk."""
    return place.building.joinpath("values", "c", *map(str, chunk), "0")


def damage(array: zarr.Array[Any], chunk: Chunk) -> str:
    """Why the chunk on disk cannot be used, or an empty string."""
    try:
        block = np.asarray(array.get_block_selection((*chunk, 0)))
    except (ValueError, RuntimeError, TypeError, OSError) as error:
        return str(error) or type(error).__name__
    return "" if np.isfinite(block).all() else "holds values that are not finite"


def survey(place: Workspace) -> tuple[list[Chunk], dict[Chunk, str]]:
    """Chunks that are missing, and chunks that are damaged with the reason."""
    array, missing, damaged = open_values(place), [], {}
    for chunk in all_chunks(place):
        if not chunk_file(place, chunk).is_file():
            missing.append(chunk)
        elif why := damage(array, chunk):
            damaged[chunk] = why
    return missing, damaged


def sweep(place: Workspace) -> int:
    """Remove half-written files that a killed driver left behind; returns how many."""
    stray = list(place.building.rglob("*.partial"))
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def parse_chunk(text: str, recipe: Recipe) -> Chunk:
    """Chunk shape from ``16,16``: grid points along every axis."""
    axes = recipe.spec.axes
    names = ",".join(axis.name for axis in axes)
    try:
        shape = tuple(int(part) for part in text.split(","))
    except ValueError:
        shape = ()
    if len(shape) != len(axes) or min(shape) < 1:
        msg = f"--chunk {text}: give {len(axes)} whole numbers of at least 1, one per axis ({names})"
        raise BadParameter(msg)
    return tuple(min(c, axis.n) for c, axis in zip(shape, axes, strict=True))
