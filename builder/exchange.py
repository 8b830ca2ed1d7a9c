"""A finished store as one HDF5 file, and back: same arrays, same metadata, same content digest.

The file has a dataset per array of the store (decoded where that holds integers with a scale), with its attributes, its
dimensions as HDF5 dimension scales, a Fletcher-32 checksum per chunk and the SHA-256 of its bytes; and three JSON texts,
``metadata``, ``manifest`` and ``provenance``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import zarr
from gloam import tables
from gloam.builder import accuracy, archive, finalize, lock, source, verify
from gloam.builder.source import Recipe
from gloam.builder.workspace import Workspace
from gloam.lookup.callables.store import read_manifest
from gloam.lookup.errors import StoreError
from gloam.lookup.interpolation.rounding import ATTRIBUTES, SCALE, Rounding
from gloam.tables import layout
from gloam.tables.spec import TableSpec, digest

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = ("metadata", "manifest", "provenance")
HASH = "sha256"
ROUNDED = 1e-3  # of a value that is recovered from rounded coefficients [1]


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
    if file.exists() or not file.parent.is_dir():
        why = "exists: remove it, or choose another file" if file.exists() else "is in no directory that exists: make it first"
        msg = f"{file} {why}"
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
    provenance = archive.read_provenance(path)
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

    Description, values, coefficients, errors and self-test points are taken from the file, and checked against one another
    and the digests; everything else follows from them and is written as a build writes it.

    Raises
    ------
    StoreError
        When the file is damaged, forged or of another format, is being written, or a store of that version with other
        numbers is there.
    """
    if not file.is_file():
        msg = f"{file} is not a file: give one that `gloam-build export` wrote"
        raise StoreError(msg)
    try:
        with h5py.File(file, "r") as source:
            texts = {key: json.loads(_dataset(file, source, key)[()]) for key in TEXTS}
            for key, text in texts.items():
                if not isinstance(text, dict):
                    raise _foreign(source, f"its {key} is a {type(text).__name__}, not an object")
            spec = _description(file, texts["metadata"], texts["manifest"])
            arrays = {name: _read(file, source, name) for name in texts["metadata"]["arrays"]}
            made = _contents(file, spec, texts["metadata"], arrays)
            wrong = _wrong_digest(spec, made, texts["manifest"])
    except StoreError:
        raise
    except OSError as error:
        raise _unreadable(file, error) from error
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        raise _foreign(file, f"{type(error).__name__}: {error}") from error
    if wrong:
        raise _foreign(file, wrong)
    inputs = tuple(sorted(texts["metadata"]["attributes"]["inputs"].items()))
    recipe = Recipe("", spec, inputs, str(texts["manifest"]["source_digest"]))
    moved = {"file": file.name, "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    manifest = finalize.manifest(recipe, made, texts["manifest"]["content_digest"])
    return _write_store(Workspace(recipe, directory / spec.name), made, manifest, {**texts["provenance"], "imported": moved})


def _wrong_digest(spec: TableSpec, made: archive.Contents, manifest: dict[str, Any]) -> str:
    """Which digest of the manifest the numbers do not give; only a file with values can show that its content digest is right."""
    if not isinstance(manifest["content_digest"], str):
        return "its content digest is no text"
    if made.values is not None and archive.content_digest(spec, made.values, made.error) != manifest["content_digest"]:
        return "values and errors do not give the content digest of its manifest"
    stated = manifest.get("answers_digest") if made.values is not None else manifest["answers_digest"]
    if stated is not None and archive.answers_digest(spec, made.coefficients, made.error) != stated:
        return "coefficients and errors do not give the digest of the answers in its manifest"
    return ""


def _write_store(place: Workspace, made: archive.Contents, manifest: dict[str, Any], provenance: dict[str, Any]) -> Path:
    """Write a store whose contents were checked, all of it or nothing."""
    if place.finished.exists():
        return _same(place.finished, manifest)
    fresh = place.finished.with_name(f"{place.finished.name}.importing")
    try:
        with lock.exclusive(place):
            archive.write_store(fresh, place.recipe, made)
            archive.seal(fresh, manifest, provenance)
            fresh.rename(place.finished)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        with suppress(OSError):  # it holds something
            place.root.rmdir()
    return place.finished


def _foreign(file: Path, why: str) -> StoreError:
    return StoreError(f"{file} is not a store exported by gloam, or is damaged ({why}); export it again")


def _unreadable(file: Path, error: OSError) -> StoreError:
    """Why HDF5 cannot open or read the file, in a sentence."""
    text = " ".join(str(error).split())
    if isinstance(error, BlockingIOError):
        return StoreError(f"{file} is open for writing in another process: wait until it is closed")
    if "unable to lock file" in text:
        remedy = "set HDF5_USE_FILE_LOCKING=FALSE, or copy the file elsewhere"
        return StoreError(f"the file system of {file} keeps no file locks: {remedy}")
    if isinstance(error, PermissionError):
        return StoreError(f"{file} cannot be read (permission denied): make it readable, or copy it")
    return _foreign(file, text)


def _dataset(file: Path, source: h5py.File, name: str) -> h5py.Dataset:
    """A dataset whose numbers are in the file itself.

    Raises
    ------
    StoreError
        When it is a link to something, or its numbers are in another file.
    """
    link = source.get(name, getlink=True)
    dataset = source[name] if isinstance(link, h5py.HardLink) else None
    if not isinstance(dataset, h5py.Dataset) or dataset.external or dataset.is_virtual:
        msg = f"{file}: {name} is not a dataset of the file itself (a link, external or virtual); export the store again"
        raise StoreError(msg)
    return dataset


def _read(file: Path, source: h5py.File, name: str) -> Any:
    dataset = _dataset(file, source, name)
    values = np.asarray(dataset[()])
    if _hash(values) != dataset.attrs[HASH]:
        msg = f"{file}: {name} was altered since the export; export the store again"
        raise StoreError(msg)
    return values


def _description(file: Path, about: dict[str, Any], manifest: dict[str, Any]) -> TableSpec:
    """The description, when format, name, version and digest are those of the manifest."""
    if manifest["format"] != layout.FORMAT:
        msg = f"{file} has format {manifest['format']}, this gloam reads format {layout.FORMAT}: update gloam"
        raise StoreError(msg)
    spec = TableSpec.from_json(about["attributes"]["spec"])
    if (spec.name, spec.version) != (manifest["name"], manifest["version"]):
        raise _foreign(file, f"it holds {spec.name} version {spec.version}, its manifest says another")
    if digest(spec, about["attributes"]["inputs"]) != manifest["digest"]:
        raise _foreign(file, "its description does not give the digest of its manifest")
    return spec


def _contents(file: Path, spec: TableSpec, about: dict[str, Any], arrays: dict[str, Any]) -> archive.Contents:
    """The numbers of the file, when they belong to the description and to one another."""
    regions, components = accuracy.region_counts(spec), len(spec.components)
    expected = {
        "values": (spec.shape, spec.node_dtype),
        "coefficients": ((len(spec.labels), *(axis.n + 2 for axis in spec.axes), components), spec.node_dtype),
        "error": ((len(spec.labels), *regions, components), "float32"),
    }
    if "values" not in arrays:
        del expected["values"]
    for name, (shape, kind) in expected.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.dtype(kind):
            raise _foreign(file, f"{name} are {array.dtype} {array.shape}, the description says {kind} {shape}")
        if not np.isfinite(array).all():
            raise _foreign(file, f"{name} are not all finite")
    rounding: dict[str, dict[str, Any]] = {"values": {}, "coefficients": {}}
    for name in rounding.keys() & expected.keys() if spec.dtype == "int16" else ():
        rounding[name] = _checked_rounding(file, name, about["arrays"][name]["attributes"], arrays[name])
    values, coefficients = arrays.get("values"), arrays["coefficients"]
    steps = rounding["values"].get(SCALE, 0.0), rounding["coefficients"].get(SCALE, 0.0)
    if values is not None and (off := finalize.misfit(spec, values, coefficients, steps)):
        raise _foreign(file, f"coefficients miss the values, by {off:.3g} times what rounding explains")
    scale = np.array(about["attributes"]["scale"], dtype=np.float64)
    nodes, close = (values, 1e-6) if values is not None else (archive.recovered(spec, coefficients), ROUNDED)
    derived = finalize.node_scale(Recipe("", spec, (), ""), nodes)
    if scale.shape != derived.shape or not (np.allclose(scale, derived, rtol=close, atol=0.0) or (scale == 1.0).all()):
        raise _foreign(file, "the scale of its errors is not the largest value of each component")
    tests = [_checked_test(file, spec, test) for test in about["attributes"]["self_test"]]
    if not tests:
        raise _foreign(file, "there is no self-test point")
    _compare_tests(file, spec, arrays, scale, tests)
    return archive.Contents(values, coefficients, arrays["error"], scale, tests, rounding)


def _checked_test(file: Path, spec: TableSpec, test: dict[str, Any]) -> dict[str, Any]:
    """A self-test point with a label, inputs in their ranges and a finite number per component."""
    choice, x = test["choice"], [float(value) for value in test["inputs"]]
    values = [float(value) for value in test["values"]]
    inside = len(x) == len(spec.inputs) and all(i.low <= v <= i.high for i, v in zip(spec.inputs, x, strict=True))
    if (
        choice not in range(len(spec.labels))
        or not inside
        or len(values) != len(spec.components)
        or not np.isfinite(values).all()
    ):
        raise _foreign(file, f"a self-test point is none of this table: {test}")
    return {"choice": int(choice), "inputs": x, "values": values}


def _compare_tests(file: Path, spec: TableSpec, arrays: dict[str, Any], scale: Any, tests: list[dict[str, Any]]) -> None:
    """Refuse self-test points at which the spline is off by more than its stated error."""
    recipe = Recipe(source.load(spec.name).module if spec.name in tables.names() else "", spec, (), "")
    blocks = finalize.blocks_of(spec, arrays["coefficients"], arrays["error"])
    for test in tests:
        choice, x, direct = test["choice"], np.array([test["inputs"]]), np.array([test["values"]])
        found = accuracy.interpolated_values(recipe, choice, blocks[choice], x)
        error = accuracy.relative_error(recipe, found, direct, scale[choice])
        if not (error <= accuracy.stored_bounds(blocks[choice], x, direct.shape[1])).all():
            raise _foreign(
                file, f"at the self-test point {test['inputs']} its spline is off by {error.max():.3g}, more than its bound"
            )


def _checked_rounding(file: Path, name: str, attributes: dict[str, Any], numbers: Any) -> dict[str, Any]:
    """What decodes an array; refused where the store would not hold its numbers as they are."""
    try:
        rounding = Rounding.from_attributes(attributes)
        why = "" if np.array_equal(rounding.decode(rounding.encode(numbers)), numbers) else "has another scale than its numbers"
    except ValueError as error:
        why = str(error)
    if why:
        msg = f"{file}: {name} {why}; export the store again"
        raise StoreError(msg)
    return rounding.attributes()


def _same(target: Path, manifest: dict[str, Any]) -> Path:
    have = read_manifest(target)["content_digest"]
    if have != manifest["content_digest"]:
        msg = f"{target} exists with other numbers (content {have[:12]}): import into another directory with --out"
        raise StoreError(msg)
    return target
