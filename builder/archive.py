"""The files of a finished store: a zarr group that xarray opens, with its digests."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from gloam.builder import accuracy
from gloam.builder.evaluation import physical_inputs
from gloam.lookup.callables.store import MANIFEST, rounding_of
from gloam.lookup.errors import StoreError
from gloam.lookup.interpolation.reference import node_values
from gloam.lookup.interpolation.rounding import FILL, SCALE, Rounding
from zarr.codecs import BloscCodec, Crc32cCodec

if TYPE_CHECKING:
    from pathlib import Path

    from gloam.builder.source import Recipe
    from gloam.tables.spec import TableSpec

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

PROVENANCE = "provenance.json"


@dataclass(frozen=True)
class Contents:
    """The arrays of a finished store as a reader gets them, and the samples that the errors come from.

    ``values`` are None in a store that does not keep them.
    ``rounding`` has the attributes that decode ``values`` and ``coefficients``, empty where these are not rounded.
    """

    values: Any
    coefficients: Any
    error: Any
    scale: Array
    self_test: list[dict[str, Any]]
    rounding: dict[str, dict[str, Any]]


def node_inputs(recipe: Recipe, choice: int) -> Array:
    """Physical inputs of all nodes, shape (n_1, ..., n_D, D)."""
    nodes = [axis.nodes for axis in recipe.spec.axes]
    mesh = np.stack(np.meshgrid(*nodes, indexing="ij"), axis=-1)
    return physical_inputs(recipe, choice, mesh.reshape(-1, len(nodes))).reshape(mesh.shape)


def content_digest(spec: TableSpec, values: Any, error: Any) -> str:
    """SHA-256 of description, coordinates, values (decoded) and error: equal for equal builds, however run."""
    total = hashlib.sha256(spec.to_json().encode())
    for axis in spec.axes:
        total.update(axis.nodes.astype("<f8").tobytes())
    total.update(np.ascontiguousarray(values, dtype=np.dtype(spec.node_dtype).newbyteorder("<")).tobytes())
    total.update(np.ascontiguousarray(error, dtype="<f4").tobytes())
    return total.hexdigest()


def answers_digest(spec: TableSpec, coefficients: Any, error: Any) -> str:
    """SHA-256 of description, coefficients (decoded) and error: all that an answer comes from."""
    total = hashlib.sha256(spec.to_json().encode())
    total.update(np.ascontiguousarray(coefficients, dtype=np.dtype(spec.node_dtype).newbyteorder("<")).tobytes())
    total.update(np.ascontiguousarray(error, dtype="<f4").tobytes())
    return total.hexdigest()


def dimension_name(axis: str) -> str:
    """Name of an axis as dimension and array: letters, digits and underscores."""
    return re.sub(r"\W+", "_", axis).strip("_")


def write_store(path: Path, recipe: Recipe, made: Contents) -> None:
    """Write the zarr group of a finished store, one uncompressed chunk per array, readable by xarray."""
    spec = recipe.spec
    shutil.rmtree(path, ignore_errors=True)
    group = zarr.open_group(path, mode="w", zarr_format=3)
    group.attrs.update(
        {
            "Conventions": "CF-1.11",
            "title": spec.title,
            "unit": spec.unit,
            "spec": spec.to_json(),
            "inputs": dict(recipe.inputs),
            "source_digest": recipe.source_digest,
            "scale": made.scale.tolist(),
            "regions": list(accuracy.region_counts(spec)),
            "references": ", ".join(spec.references),
            "self_test": made.self_test,
        }
    )
    choice = spec.choice.name if spec.choice else "choice"
    box = [dimension_name(axis.name) for axis in spec.axes]
    written = _coordinates(group, recipe, choice, box)
    what = (
        f"{spec.transform} of value over prefactor {spec.prefactor!r}"
        if spec.transform == "log"
        else (f"value over prefactor {spec.prefactor!r}")
    )
    about = {"long_name": f"{spec.title}: {what}", "value_unit": spec.unit, "coordinates": " ".join(written)}
    knots, regions = [f"{n}_knot" for n in box], [f"{n}_region" for n in box]
    if made.values is not None:
        write_array(group, "values", made.values, (choice, *box, "component"), {**about, **made.rounding["values"]})
    write_array(
        group,
        "coefficients",
        made.coefficients,
        (choice, *knots, "component"),
        {"long_name": "not-a-knot cubic B-spline coefficients", **made.rounding["coefficients"]},
    )
    write_array(
        group,
        "error",
        made.error,
        (choice, *regions, "component"),
        {"long_name": "measured interpolation error, relative, times 1.5", "units": "1"},
    )
    consolidate(path)


def consolidate(path: Path) -> None:
    """Gather all metadata in one file."""
    with warnings.catch_warnings():  # outside the Zarr v3 specification, but xarray then reads one file only
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        zarr.consolidate_metadata(path)


def seal(path: Path, manifest: dict[str, Any], provenance: dict[str, Any]) -> None:
    """Write manifest, with the SHA-256 of every file, and provenance; then bring all to the disk."""
    whole = {**manifest, "files": hashes(path)}
    (path / MANIFEST).write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")
    write_provenance(path, provenance)
    sync(path)


def write_provenance(path: Path, provenance: dict[str, Any]) -> None:
    """Write, or write anew, what the manifest does not cover."""
    (path / PROVENANCE).write_text(json.dumps(provenance, indent=1, sort_keys=True) + "\n")


def read_provenance(path: Path) -> dict[str, Any]:
    """What the manifest does not cover.

    Raises
    ------
    StoreError
        When it is missing or damaged.
    """
    try:
        found = json.loads((path / PROVENANCE).read_text())
    except (OSError, ValueError, RecursionError) as error:
        found = str(error)
    if not isinstance(found, dict):
        what = f"{path / PROVENANCE} is missing or damaged ({str(found)[:80]})"
        msg = f"{what}: restore a copy, or write {{}} into it, which loses the origin"
        raise StoreError(msg)
    return found


def write_array(group: zarr.Group, name: str, array: Any, dimensions: tuple[str, ...], about: dict[str, Any]) -> None:
    """Write one array of a finished store as one chunk, checked by crc32c; as integers where ``about`` has a scale."""
    fill = np.nan if array.dtype.kind == "f" else 0
    if SCALE in about:
        array, fill = Rounding.from_attributes(about).encode(array), FILL
    target = group.create_array(
        name,
        shape=array.shape,
        chunks=array.shape,
        dtype=array.dtype,
        fill_value=fill,
        compressors=(BloscCodec(cname="zstd", clevel=9, shuffle="shuffle"), Crc32cCodec()) if name == "values" else Crc32cCodec(),
        dimension_names=dimensions,
        attributes=about,
        config={"write_empty_chunks": True},
    )
    target[...] = array


def read_numbers(path: Path, name: str) -> Any:
    """The numbers in one array of the finished store at ``path``, decoded where it holds 16-bit integers.

    Raises
    ------
    StoreError
        When it holds such integers but not how to decode them.
    """
    array = zarr.open_array(path / name, mode="r")
    stored = np.asarray(array[...])
    return rounding_of(path, name, dict(array.attrs)).decode(stored) if stored.dtype == np.int16 else stored


def keeps_values(path: Path) -> bool:
    """Whether the finished store at ``path`` has the values at the nodes beside the coefficients."""
    return (path / "values").is_dir()


def values_at_nodes(path: Path, spec: TableSpec) -> tuple[Any, float]:
    """Values at all nodes, shape (choices, n_1, ..., n_D, components), and half a step of what they are rounded by.

    Where the store does not keep them they are those of its splines, which differ in the rounding of the coefficients.
    """
    name = "values" if keeps_values(path) else "coefficients"
    step: Any = zarr.open_array(path / name, mode="r").attrs.get(SCALE, 0.0)
    numbers = read_numbers(path, name)
    if name == "coefficients":
        numbers = recovered(spec, numbers)
    return numbers, 0.5 * step


def recovered(spec: TableSpec, coefficients: Any) -> Any:
    """Values of the splines at the nodes, shape (choices, n_1, ..., n_D, components)."""
    return np.stack([node_values(row.astype(np.float64), len(spec.axes)) for row in coefficients])


def _coordinates(group: zarr.Group, recipe: Recipe, choice: str, box: list[str]) -> list[str]:
    """Coordinates: nodes in the box, labels as CF flags, inputs at the nodes over the axes they vary with."""
    spec = recipe.spec
    for name, labels in ((choice, spec.labels), ("component", spec.components)):
        index = np.arange(len(labels), dtype=np.int32)
        about = {
            "flag_values": index.tolist(),
            "flag_meanings": " ".join(x.replace(" ", "_") or "all" for x in labels),
        }
        write_array(group, name, index, (name,), about)
    for axis, name in zip(spec.axes, box, strict=True):
        write_array(
            group,
            name,
            axis.nodes,
            (name,),
            {"units": "1", "long_name": f"box coordinate {axis.name}"},
        )
    names = []
    inputs = np.stack([node_inputs(recipe, c) for c in range(len(spec.labels))])
    for i, item in enumerate(spec.inputs):
        values, dimensions = inputs[..., i], []
        for at, dimension in enumerate((choice, *box)):
            if np.array_equal(values, np.broadcast_to(values.take([0], at), values.shape)):
                values = values.take([0], at)
            else:
                dimensions.append(dimension)
        values = np.ascontiguousarray(values.reshape([n for n in values.shape if n > 1]))
        name = item.name if item.name not in (choice, *box) else f"{item.name}_input"
        write_array(
            group,
            name,
            values,
            tuple(dimensions),
            {"units": item.unit, "long_name": item.description or item.name},
        )
        names.append(name)
    return names


def hashes(path: Path) -> dict[str, str]:
    """SHA-256 of every file of a store except manifest and provenance: {relative path: hash}."""
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.relative_to(path).as_posix() not in (MANIFEST, PROVENANCE))
    return {p.relative_to(path).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def sync(path: Path) -> None:
    """Bring a directory with all it holds to the disk."""
    for item in [*path.rglob("*"), path]:
        descriptor = os.open(item, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
