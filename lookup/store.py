"""Open a finished store: check its digests, and lay it out as one flat array per discrete choice."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gloam.lookup.errors import StoreError, UnknownName
from gloam.lookup.rounding import Rounding
from gloam.tables import coordinates, layout
from gloam.tables.elementary import LANES
from gloam.tables.spec import TableSpec, digest

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MANIFEST = "manifest.json"
KINDS = {"float32": "<f4", "float64": "<f8", "int16": "<i2"}  # of the coefficients
CHECKSUM_BYTES = 4  # crc32c behind every chunk


@dataclass(frozen=True)
class Store:
    """A table in memory: its description, one block per choice label, and its digests.

    ``scale`` has shape (labels, components): the largest absolute value on the nodes. The error bounds of the blocks
    are relative, to the value for log tables and to this scale for linear ones.
    """

    spec: TableSpec
    blocks: tuple[Array, ...]
    scale: Array
    digest: str
    content_digest: str
    path: Path


def user_directory() -> Path:
    """The user's data directory, where ``gloam-build`` writes unless told otherwise."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "gloam"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "gloam"


def search_path() -> tuple[Path, ...]:
    """Directories searched for stores: ``GLOAM_STORES``, the user's data directory, the packaged stores.

    Raises
    ------
    StoreError
        When ``GLOAM_STORES`` names what is no directory: tables from elsewhere would answer without a word.
    """
    listed = [Path(p) for p in os.environ.get("GLOAM_STORES", "").split(os.pathsep) if p]
    for path in listed:
        if not path.is_dir():
            msg = (
                f"GLOAM_STORES names {path}, which is no directory here: correct or unset the variable, or build a table "
                f"there with `gloam-build run NAME --out {path}`"
            )
            raise StoreError(msg)
    packaged = Path(str(coordinates.__file__)).parent / "stores"
    return (*listed, user_directory(), packaged)


def versions(directory: Path) -> list[Path]:
    """Finished versions of one table in ``directory``, oldest first."""
    found = [p for p in directory.glob("v*") if p.name[1:].isdigit() and (p / MANIFEST).is_file()]
    return sorted(found, key=lambda p: int(p.name[1:]))


def find(name: str) -> Path:
    """Directory of the newest finished version of table ``name`` in the first place that has one.

    Raises
    ------
    UnknownName
        When neither a store nor a recipe has that name.
    StoreError
        When the recipe exists but no store has been built; the message gives the command.
    """
    for directory in search_path():
        found = versions(directory / name)
        if found:
            return found[-1]
    from gloam.tables import names

    if name in names():
        msg = f"table {name!r} is not built here: run `gloam-build run {name}` (searched {_searched()})"
        raise StoreError(msg)
    raise UnknownName("table", name, {*names(), *available()})


def available() -> tuple[str, ...]:
    """Names of all tables that have a finished store on the search path."""
    found = {p.name for d in search_path() if d.is_dir() for p in d.iterdir() if p.is_dir() and versions(p)}
    return tuple(sorted(found))


def _searched() -> str:
    return ", ".join(str(path) for path in search_path())


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(f"store {path}: {why}; rebuild it with `gloam-build run {path.parent.name}` or restore a copy")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"cannot read {path.name} ({error.strerror})") from error


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the store at ``path``, its format checked."""
    try:
        manifest: dict[str, Any] = json.loads(_read(path / MANIFEST))
    except ValueError as error:
        raise _damaged(path, f"{MANIFEST} is not valid JSON ({error})") from error
    if manifest.get("format") != layout.FORMAT:
        msg = (
            f"store {path} has format {manifest.get('format')}, this gloam reads format {layout.FORMAT}: "
            "update gloam, or rebuild the table with this version"
        )
        raise StoreError(msg)
    return manifest


def rounding_of(path: Path, array: str, attributes: dict[str, Any]) -> Rounding:
    """How to decode an array of the store at ``path`` that holds 16-bit integers.

    Raises
    ------
    StoreError
        When its attributes have no usable scale or offset.
    """
    try:
        return Rounding.from_attributes(attributes)
    except ValueError as error:
        raise _damaged(path, f"{array} {error}") from error


def _checked(path: Path, manifest: dict[str, Any], key: str) -> bytes:
    raw = _read(path / key)
    if hashlib.sha256(raw).hexdigest() != manifest["files"].get(key):
        raise _damaged(path, f"{key} does not match the manifest (truncated or altered)")
    return raw


def _chunk(path: Path, manifest: dict[str, Any], array: str, shape: tuple[int, ...], kind: str) -> Any:
    raw = _checked(path, manifest, f"{array}/c/" + "/".join("0" * len(shape)))
    return np.frombuffer(raw[:-CHECKSUM_BYTES], dtype=kind).reshape(shape)


def _coefficients(path: Path, manifest: dict[str, Any], spec: TableSpec) -> Any:
    shape = (len(spec.labels), *(axis.n + 2 for axis in spec.axes), len(spec.components))
    stored = _chunk(path, manifest, "coefficients", shape, KINDS[spec.dtype])
    if spec.dtype != "int16":
        return stored
    attributes = json.loads(_checked(path, manifest, "coefficients/zarr.json"))["attributes"]
    return rounding_of(path, "coefficients", attributes).decode(stored)


def open_store(path: Path) -> Store:
    """Open the finished store at ``path``; reads only what a query needs, each byte checked by SHA-256.

    Raises
    ------
    StoreError
        When a file is missing, truncated or altered, its integers cannot be decoded, or the store has another format.
    """
    manifest = read_manifest(path)
    attributes = json.loads(_checked(path, manifest, "zarr.json"))["attributes"]
    spec = TableSpec.from_json(attributes["spec"])
    if digest(spec, attributes["inputs"]) != manifest["digest"]:
        raise _damaged(path, "the description does not match its digest")
    coefficients = _coefficients(path, manifest, spec)
    regions = (len(spec.labels), *attributes["regions"], len(spec.components))
    error = _chunk(path, manifest, "error", regions, "<f4")
    blocks = tuple(
        pack(spec, i, coefficients[i].astype(np.float64, copy=False), error[i].astype(np.float64))
        for i in range(len(spec.labels))
    )
    scale = np.array(attributes["scale"], dtype=np.float64)
    return Store(spec, blocks, scale, manifest["digest"], manifest["content_digest"], path)


def pack(spec: TableSpec, choice: int, coefficients: Array, error: Array) -> Array:
    """One flat block (see :mod:`gloam.tables.layout`) for one choice label.

    Parameters
    ----------
    coefficients : float64, shape (n_1 + 2, ..., n_D + 2, components)
    error : float64, shape (regions_1, ..., regions_D, components)
    """
    parameters = spec.parameters[choice]
    sizes = (layout.HEADER, len(parameters), error.size, coefficients.size)
    starts = np.cumsum((0, *sizes))
    block = np.zeros(starts[-1] + LANES - 1)  # the sums read whole vectors
    block[layout.SIZE] = block.size
    block[layout.DIMENSIONS] = len(spec.axes)
    block[layout.COMPONENTS] = len(spec.components)
    block[layout.COORDINATES] = coordinates.MAPS.index(spec.coordinates)
    block[layout.PREFACTOR] = coordinates.PREFACTORS.index(spec.prefactor)
    block[layout.TRANSFORM] = float(spec.transform == "log")
    block[layout.PARAMETERS], block[layout.ERRORS], block[layout.COEFFICIENTS] = starts[1:4]
    for i, axis in enumerate(spec.axes):
        record = layout.AXES + layout.AXIS_FIELDS * i
        block[record + layout.AXIS_LOW] = axis.low
        block[record + layout.AXIS_INVERSE_STEP] = (axis.n - 1) / (axis.high - axis.low)
        block[record + layout.AXIS_CELLS] = axis.n - 1
        block[record + layout.AXIS_STRIDE] = np.prod(coefficients.shape[i + 1 :])
        block[record + layout.AXIS_REGIONS] = error.shape[i]
        block[record + layout.AXIS_ERROR_STRIDE] = np.prod(error.shape[i + 1 :])
        bound = layout.BOUNDS + 2 * i
        block[bound : bound + 2] = spec.inputs[i].low, spec.inputs[i].high
    block[starts[1] : starts[2]] = parameters
    block[starts[2] : starts[3]] = error.ravel()
    block[starts[3] : starts[4]] = coefficients.ravel()
    return block
