"""Open a finished store: check its digests, and lay out any discrete choice of it as one flat array."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gloam.lookup.errors import StoreError, UnknownName
from gloam.lookup.interpolation.rounding import Rounding
from gloam.tables import coordinates, layout
from gloam.tables.numerics.elementary import LANES
from gloam.tables.spec import TableSpec, digest

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

MANIFEST = "manifest.json"
KINDS = {"float32": "<f4", "float64": "<f8", "int16": "<i2"}  # of the coefficients
VERSION = re.compile(r"v[0-9]{1,9}", re.ASCII)  # name of the directory of a finished version
ENTRIES = {  # of a manifest, beside its format
    "name": str,
    "version": int,
    "digest": str,
    "source_digest": str,
    "content_digest": str,
    "inputs": dict,
    "files": dict,
}
CHECKSUM_BYTES = 4  # crc32c behind every chunk


@dataclass(frozen=True)
class Store:
    """A table as it is stored: its description, coefficients and error bounds of all choice labels, and its digests.

    ``scale`` has shape (labels, components): the largest absolute value on the nodes. The error bounds are relative, to the
    value for log tables and to this scale for linear ones. 16-bit coefficients are decoded by ``rounding``.
    """

    spec: TableSpec
    coefficients: Any
    error: Any
    rounding: Rounding | None
    scale: Array
    digest: str
    content_digest: str
    path: Path

    def block(self, choice: int) -> Vector:
        """One flat block (see :mod:`gloam.tables.layout`) for one choice label."""
        stored = self.coefficients[choice]
        decoded = stored.astype(np.float64, copy=False) if self.rounding is None else self.rounding.decode(stored)
        return pack(self.spec, choice, decoded, self.error[choice].astype(np.float64))

    @functools.cached_property
    def blocks(self) -> tuple[Array, ...]:
        """The blocks of all labels."""
        return tuple(self.block(choice) for choice in range(len(self.spec.labels)))


def user_directory() -> Path:
    """The user's data directory, where ``gloam-build`` writes unless told otherwise."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "gloam"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "gloam"


def search_path() -> tuple[Path, ...]:
    """Directories searched for stores: ``GLOAM_STORES``, the user's data, ``gloam/stores`` of other wheels, the packaged stores.

    Raises
    ------
    StoreError
        When ``GLOAM_STORES`` names what is no directory: tables from elsewhere would answer without a word.
    """
    listed = [Path(p) for p in os.environ.get("GLOAM_STORES", "").split(os.pathsep) if p]
    for path in listed:
        if not os.path.isdir(path):  # False also where it must not be seen
            msg = (
                f"GLOAM_STORES names {path}, which is no directory here: correct or unset the variable, or build a table "
                f"there with `gloam-build run NAME --out {path}`"
            )
            raise StoreError(msg)
    return (*listed, user_directory(), *_of_other_wheels(), packaged())


def packaged() -> Path:
    """Directory of the stores that ship with gloam."""
    return Path(str(coordinates.__file__)).parent / "stores"


def _of_other_wheels() -> list[Path]:
    """``gloam/stores`` in all places that packages are installed in; never in the current directory, where a clone may be."""
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it was removed
        here = ""
    found = [
        os.path.join(place, "gloam", "stores") for place in dict.fromkeys(sys.path) if place and os.path.realpath(place) != here
    ]
    return [Path(path) for path in found if os.path.isdir(path)]


def versions(directory: Path) -> list[Path]:
    """Finished versions of one table in ``directory``, oldest first."""
    found = [p for p in directory.glob("v*") if VERSION.fullmatch(p.name) and (p / MANIFEST).is_file()]
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
        if name in _names_in(directory):
            found = versions(directory / name)
            _refuse_incomplete(directory / name)
            if found:
                return found[-1]
    from gloam.tables import names

    if name in names():
        msg = f"table {name!r} is not built here: run `gloam-build run {name}` (searched {_searched()})"
        raise StoreError(msg)
    raise UnknownName("table", name, {*names(), *available()})


def _names_in(directory: Path) -> list[str]:
    """What stands in a directory of stores; nothing where there is none.

    Raises
    ------
    StoreError
        When it is there and cannot be read.
    """
    try:
        return os.listdir(directory)
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) or directory == user_directory():
            return []
        remedy = "make it readable, or take it out of GLOAM_STORES"
        msg = f"the directory of stores {directory} cannot be read ({error.strerror}): {remedy}"
        raise StoreError(msg) from error


def _refuse_incomplete(directory: Path) -> None:
    """Refuse a version that has lost its manifest: it was complete when it got its name, unless it is empty."""
    for path in directory.glob("v*"):
        if VERSION.fullmatch(path.name) and path.is_dir() and not (path / MANIFEST).is_file() and _names_in(path):
            raise _damaged(path, f"{MANIFEST} is missing")


def empty_versions(path: Path) -> tuple[Path, ...]:
    """Empty directories with a newer version's name beside the store at ``path``."""
    newer = (
        other for other in path.parent.glob("v*") if VERSION.fullmatch(other.name) and int(other.name[1:]) > int(path.name[1:])
    )
    return tuple(sorted(other for other in newer if other.is_dir() and not _names_in(other)))


def available() -> tuple[str, ...]:
    """Names of all tables that have a finished store on the search path."""
    return tuple(sorted({name for place in search_path() for name in _names_in(place) if versions(place / name)}))


def _searched() -> str:
    return ", ".join(str(path) for path in search_path())


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(f"store {path}: {why}; rebuild it with `gloam-build run {path.parent.name}` or restore a copy")


def _read(path: Path, key: str) -> bytes:
    try:
        return (path / key).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: NUL in the path
        raise _damaged(path, f"cannot read {key} ({getattr(error, 'strerror', error)})") from error


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the store at ``path``, its format checked."""
    try:
        manifest: dict[str, Any] = json.loads(_read(path, MANIFEST))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"{MANIFEST} is not valid JSON ({error})") from error
    if not isinstance(manifest, dict):
        raise _damaged(path, f"{MANIFEST} is a {type(manifest).__name__}, not an object with the digests")
    stated = manifest.get("format")
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise _damaged(
            path, f"{MANIFEST} gives the format as {json.dumps(stated)}, not as a whole number such as {layout.FORMAT}"
        )
    if stated != layout.FORMAT:
        msg = (
            f"store {path} has format {stated}, this gloam reads format {layout.FORMAT}: "
            "update gloam, or rebuild the table with this version"
        )
        raise StoreError(msg)
    if wrong := [key for key, kind in ENTRIES.items() if not isinstance(manifest.get(key), kind)]:
        raise _damaged(path, f"{MANIFEST} has no usable {' and no usable '.join(wrong)}")
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
    raw = _read(path, key)
    if hashlib.sha256(raw).hexdigest() != manifest["files"].get(key):
        raise _damaged(path, f"{key} does not match the manifest (truncated or altered)")
    return raw


def _chunk(path: Path, manifest: dict[str, Any], array: str, shape: tuple[int, ...], kind: str) -> Any:
    raw = _checked(path, manifest, f"{array}/c/" + "/".join("0" * len(shape)))
    return np.frombuffer(raw[:-CHECKSUM_BYTES], dtype=kind).reshape(shape)


def _coefficients(path: Path, manifest: dict[str, Any], spec: TableSpec) -> tuple[Any, Rounding | None]:
    shape = (len(spec.labels), *(axis.n + 2 for axis in spec.axes), len(spec.components))
    stored = _chunk(path, manifest, "coefficients", shape, KINDS[spec.dtype])
    if spec.dtype != "int16":
        return stored, None
    attributes = json.loads(_checked(path, manifest, "coefficients/zarr.json"))["attributes"]
    return stored, rounding_of(path, "coefficients", attributes)


def open_store(path: Path) -> Store:
    """Open the finished store at ``path``; reads only what a query needs, each byte checked by SHA-256.

    Raises
    ------
    StoreError
        When a file is missing, truncated or altered, its integers cannot be decoded, the store has another format, or its
        metadata do not agree with each other.
    """
    manifest = read_manifest(path)
    raw = _checked(path, manifest, "zarr.json")
    try:
        attributes = json.loads(raw)["attributes"]
        spec = TableSpec.from_json(attributes["spec"])
        _agree(path, manifest, spec, attributes)
        coefficients, rounding = _coefficients(path, manifest, spec)
        regions = (len(spec.labels), *attributes["regions"], len(spec.components))
        bounds = _chunk(path, manifest, "error", regions, "<f4")
        scale = np.array(attributes["scale"], dtype=np.float64).reshape(len(spec.labels), len(spec.components))
        for i in range(len(spec.labels)):
            _head(spec, i, coefficients.shape[1:], bounds.shape[1:])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _damaged(path, f"its description cannot be used ({type(error).__name__}: {error})") from error
    return Store(spec, coefficients, bounds, rounding, scale, manifest["digest"], manifest["content_digest"], path)


def _agree(path: Path, manifest: dict[str, Any], spec: TableSpec, attributes: dict[str, Any]) -> None:
    """Compare what manifest and description both say.

    Raises
    ------
    StoreError
        When they differ.
    """
    if digest(spec, attributes["inputs"]) != manifest["digest"]:
        raise _damaged(path, "the description does not match its digest")
    said = {"name": spec.name, "version": spec.version, **{key: attributes[key] for key in ("inputs", "source_digest")}}
    wrong = [key for key, value in said.items() if manifest[key] != value]
    if wrong:
        raise _damaged(path, f"{MANIFEST} and description name another {' and another '.join(wrong)}")


def open_named(path: Path) -> Store:
    """Open the store that a lookup found at ``path``, as ``NAME/vN``.

    Raises
    ------
    StoreError
        As :func:`open_store`; and when it holds another table or version than its directory says, or, where gloam has a
        recipe of that name, one of another version, or one that takes or gives something else.
    """
    opened = open_store(path)
    spec, name, version = opened.spec, path.parent.name, path.name
    if (spec.name, f"v{spec.version}") != (name, version):
        msg = (
            f"store {path} holds {spec.name} v{spec.version}, not the {name} {version} of its directory: move it to "
            f"{spec.name}/v{spec.version}, or remove it and run `gloam-build run {name}`"
        )
        raise StoreError(msg)
    if path.parent.parent != packaged():
        _compare_recipe(path, spec)
    return opened


def _compare_recipe(path: Path, spec: TableSpec) -> None:
    """Refuse a store that is not of the kind that this gloam's models and searches read; those that ship are tested to be."""
    from gloam import tables

    if spec.name not in tables.names():
        return
    compare(path, spec, tables.recipe(spec.name).TABLE)


def compare(path: Path, spec: TableSpec, wanted: TableSpec) -> None:
    """Refuse a store that takes or gives something else than the ``wanted`` table.

    Raises
    ------
    StoreError
    """
    different = [what for what, ours, theirs in _interface(wanted, spec) if ours != theirs]
    if different:
        told = "; ".join(f"{what} {theirs}, not {ours}" for what, ours, theirs in _interface(wanted, spec) if what in different)
        msg = (
            f"store {path} is not of this gloam's {spec.name}: it has {told}; remove it, or replace it with "
            f"`gloam-build run {spec.name} --out {path.parent.parent}`"
        )
        raise StoreError(msg)


def _interface(wanted: TableSpec, spec: TableSpec) -> list[tuple[str, object, object]]:
    """(what, as wanted, as it is) of all that those rely on who read a table."""
    return [
        (what, value(wanted), value(spec))
        for what, value in (
            ("version", lambda s: s.version),
            ("inputs", lambda s: ", ".join(f"{item.name} [{item.unit}]" for item in s.inputs)),
            ("components", lambda s: ", ".join(s.components)),
            ("labels", lambda s: ", ".join(s.labels) or "none"),
            ("unit", lambda s: s.unit),
        )
    ]


def pack(spec: TableSpec, choice: int, coefficients: Array, error: Array) -> Vector:
    """One flat block (see :mod:`gloam.tables.layout`) for one choice label.

    Parameters
    ----------
    coefficients : float64, shape (n_1 + 2, ..., n_D + 2, components)
    error : float64, shape (regions_1, ..., regions_D, components)
    """
    head = _head(spec, choice, coefficients.shape, error.shape)
    first, second = int(head[layout.ERRORS]), int(head[layout.COEFFICIENTS])
    block = np.zeros(int(head[layout.SIZE]))
    block[:first] = head
    block[first:second] = error.ravel()
    block[second : second + coefficients.size] = coefficients.ravel()
    return block


def _head(spec: TableSpec, choice: int, coefficients: tuple[int, ...], error: tuple[int, ...]) -> Vector:
    """The beginning of a block, with the parameters of the label, by the shapes of its coefficients and error bounds."""
    parameters = spec.parameters[choice]
    starts = np.cumsum((0, layout.HEADER, len(parameters), math.prod(error), math.prod(coefficients)))
    block = np.zeros(starts[2])
    block[layout.SIZE] = starts[-1] + LANES - 1  # the sums read whole vectors
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
        block[record + layout.AXIS_STRIDE] = math.prod(coefficients[i + 1 :])
        block[record + layout.AXIS_REGIONS] = error[i]
        block[record + layout.AXIS_ERROR_STRIDE] = math.prod(error[i + 1 :])
        bound = layout.BOUNDS + 2 * i
        block[bound : bound + 2] = spec.inputs[i].low, spec.inputs[i].high
    block[starts[1] :] = parameters
    return block
