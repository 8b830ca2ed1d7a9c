"""The grid of chunks of an unfinished build: which are there, and whether they are whole."""

from __future__ import annotations

import itertools
import os
import shutil
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


def grid(place: Workspace) -> Chunk:
    """Number of chunks along (choice, axis 1, ..., axis D)."""
    array = open_values(place)
    return tuple(-(-n // c) for n, c in zip(array.shape[:-1], array.chunks[:-1], strict=True))


def all_chunks(place: Workspace) -> list[Chunk]:
    """Indices (choice, axis 1, ..., axis D) of all chunks."""
    return list(itertools.product(*map(range, grid(place))))


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


def present(place: Workspace) -> set[Chunk]:
    """Chunks that have a file, from listing the directories."""
    root = f"{place.building}/values/c"
    return {tuple(map(int, folder[len(root) + 1 :].split(os.sep))) for folder, _, files in os.walk(root) if "0" in files}


def survey(place: Workspace, shard: tuple[int, int] = (1, 1)) -> tuple[list[Chunk], dict[Chunk, str]]:
    """Chunks of shard i of n that are missing, and those that are damaged with the reason.

    A shard is every n-th chunk of the grid, starting with the i-th, whatever is there already.
    """
    array, have = open_values(place), present(place)
    missing: list[Chunk] = []
    damaged: dict[Chunk, str] = {}
    for chunk in all_chunks(place)[shard[0] - 1 :: shard[1]]:
        if chunk not in have:
            missing.append(chunk)
        elif why := damage(array, chunk):
            damaged[chunk] = why
    return missing, damaged


def parse_shard(text: str) -> tuple[int, int]:
    """Shard from ``3/16``: the third of sixteen."""
    try:
        number, count = (int(part) for part in text.split("/"))
    except ValueError:
        number = count = 0
    if not 1 <= number <= count:
        msg = f"--shard {text}: give i/n with 1 <= i <= n, for example 3/16"
        raise BadParameter(msg)
    return number, count


def sweep(place: Workspace) -> int:
    """Remove half-written files and layouts that a killed driver left behind; returns how many."""
    files, layouts = list(place.building.rglob("*.partial")), list(place.root.glob(f"{place.building.name}.*.new"))
    for path in files:
        path.unlink(missing_ok=True)
    for path in layouts:
        shutil.rmtree(path)
    return len(files) + len(layouts)


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
