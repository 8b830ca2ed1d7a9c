"""A finished store as one HDF5 file, and back: same arrays, same metadata, same content digest.

The file has a dataset per array of the store (decoded where that holds integers with a scale), with its attributes, its
dimensions as HDF5 dimension scales, a Fletcher-32 checksum per chunk and the SHA-256 of its bytes; and three JSON texts,
``metadata``, ``manifest`` and ``provenance``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import zarr
from gloam.builder import archive, verify
from gloam.lookup.errors import StoreError
from gloam.lookup.rounding import ATTRIBUTES, Rounding
from gloam.lookup.store import read_manifest
from gloam.tables import layout
from gloam.tables.spec import TableSpec, digest

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = ("metadata", "manifest", "provenance")
HASH = "sha256"


def export_store(path: Path, file: Path) -> str:
    """Write the finished store at ``path`` to the HDF5 file ``file``; returns the content digest.

    Raises
    ------
    StoreError
        When the store is damaged, or the file exists.
    """
    if damaged := verify.check_files(path):
        msg = f"{'; '.join(damaged)}: rebuild the table or restore a copy"
        raise StoreError(msg)
    if file.exists():
        msg = f"{file} exists: remove it, or choose another file"
        raise StoreError(msg)
    group, manifest = zarr.open_group(path, mode="r"), read_manifest(path)
    arrays = dict(group.arrays())
    about: dict[str, Any] = {
        "attributes": dict(group.attrs),
        "arrays": {
            name: {"attributes": dict(array.attrs), "dimensions": array.metadata.to_dict()["dimension_names"]}
            for name, array in arrays.items()
        },
    }
    provenance = json.loads((path / archive.PROVENANCE).read_text())
    fresh = file.with_name(f"{file.name}.{uuid.uuid4().hex}.partial")
    try:
        with h5py.File(fresh, "w") as target:
            for key, value in about["attributes"].items():
                if isinstance(value, str) and key != "spec":
                    target.attrs[key] = value
            target.attrs["content_digest"] = manifest["content_digest"]
            for key, text in zip(TEXTS, (about, manifest, provenance), strict=True):
                target.create_dataset(key, data=json.dumps(text), dtype=h5py.string_dtype())
            for name in arrays:
                _write(target, name, archive.read_numbers(path, name), about["arrays"][name]["attributes"])
            _scales(target, {name: about["arrays"][name]["dimensions"] for name in arrays})
        fresh.rename(file)
    finally:
        fresh.unlink(missing_ok=True)
    return str(manifest["content_digest"])


def _write(target: h5py.File, name: str, values: Any, attributes: dict[str, Any]) -> None:
    options = {"compression": "gzip", "shuffle": True, "fletcher32": True} if values.ndim else {}
    dataset = target.create_dataset(name, data=values, **options)
    for key, value in attributes.items():
        if key not in ATTRIBUTES:  # what is written is decoded
            dataset.attrs[key] = value
    dataset.attrs[HASH] = _hash(values)


def _scales(target: h5py.File, dimensions: dict[str, Iterable[str]]) -> None:
    """One-dimensional arrays named as their dimension are its scale."""
    for name, names in dimensions.items():
        if tuple(names) == (name,):
            target[name].make_scale(name)
    for name, names in dimensions.items():
        for i, dimension in enumerate(names):
            target[name].dims[i].label = dimension
            if dimension in dimensions and dimension != name:
                target[name].dims[i].attach_scale(target[dimension])


def _hash(values: Any) -> str:
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return hashlib.sha256(little.tobytes()).hexdigest()


def import_store(file: Path, directory: Path) -> Path:
    """Make the store NAME/vN in ``directory`` from an exported file; returns its path.

    Raises
    ------
    StoreError
        When the file is damaged or of another format, or a store of that version with other numbers is there.
    """
    if not file.is_file():
        msg = f"{file} is not a file: give one that `gloam-build export` wrote"
        raise StoreError(msg)
    try:
        with h5py.File(file, "r") as source:
            about, manifest, provenance = (json.loads(source[key][()]) for key in TEXTS)
            arrays = {name: _read(file, source, name) for name in about["arrays"]}
    except (KeyError, ValueError, OSError) as error:
        if isinstance(error, StoreError):
            raise
        msg = f"{file} is not a store exported by gloam, or is damaged ({error}); export it again"
        raise StoreError(msg) from error
    spec = _check(file, about, manifest, arrays)
    target = directory / spec.name / f"v{spec.version}"
    if target.exists():
        return _same(target, manifest)
    fresh = target.with_name(f"{target.name}.{uuid.uuid4().hex}.importing")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    group = zarr.open_group(fresh, mode="w", zarr_format=3)
    group.attrs.update(about["attributes"])
    for name, values in arrays.items():
        item = about["arrays"][name]
        archive.write_array(group, name, values, tuple(item["dimensions"]), item["attributes"])
    archive.consolidate(fresh)
    moved = {"file": file.name, "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    archive.seal(fresh, manifest, {**provenance, "imported": moved})
    fresh.rename(target)
    return target


def _read(file: Path, source: h5py.File, name: str) -> Any:
    dataset = source[name]
    values = np.asarray(dataset[()])
    if _hash(values) != dataset.attrs[HASH]:
        msg = f"{file}: {name} was altered since the export; export the store again"
        raise StoreError(msg)
    return values


def _check(file: Path, about: dict[str, Any], manifest: dict[str, Any], arrays: dict[str, Any]) -> TableSpec:
    """The description, when format and digests are right."""
    if manifest["format"] != layout.FORMAT:
        msg = f"{file} has format {manifest['format']}, this gloam reads format {layout.FORMAT}: update gloam"
        raise StoreError(msg)
    spec = TableSpec.from_json(about["attributes"]["spec"])
    found = archive.content_digest(spec, arrays["values"], arrays["error"])
    if found != manifest["content_digest"] or digest(spec, about["attributes"]["inputs"]) != manifest["digest"]:
        msg = f"{file}: description and values do not give the digests of its manifest; export the store again"
        raise StoreError(msg)
    if spec.dtype == "int16":
        for name in ("values", "coefficients"):
            _check_rounding(file, name, about["arrays"][name]["attributes"], arrays[name])
    return spec


def _check_rounding(file: Path, name: str, attributes: dict[str, Any], numbers: Any) -> None:
    """Refuse numbers that the store would not hold as they are."""
    try:
        rounding = Rounding.from_attributes(attributes)
        why = "" if np.array_equal(rounding.decode(rounding.encode(numbers)), numbers) else "has another scale than its numbers"
    except ValueError as error:
        why = str(error)
    if why:
        msg = f"{file}: {name} {why}; export the store again"
        raise StoreError(msg)


def _same(target: Path, manifest: dict[str, Any]) -> Path:
    have = read_manifest(target)["content_digest"]
    if have != manifest["content_digest"]:
        msg = f"{target} exists with other numbers (content {have[:12]}): import into another directory with --out"
        raise StoreError(msg)
    return target
