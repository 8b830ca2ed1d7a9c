"""What ``gloam export c`` writes: a library, its header, data, and what C, Fortran, CMake, pkg-config and GAMBIT ask for."""

from __future__ import annotations

import ctypes
import tempfile
from pathlib import Path
from typing import Any

from gloam.lookup.callables.modules import shared
from gloam.lookup.callables.plan import ANSWER_AT, answer_at
from gloam.lookup.callables.rates import rate
from gloam.lookup.errors import StoreError
from gloam.lookup.export import functions, gambit
from gloam.lookup.export.datafile import content
from gloam.lookup.export.linking import linked, source
from gloam.lookup.export.objects import needs_python, object_of
from gloam.lookup.export.writing import written
from gloam.lookup.interpolation import code_cache, library
from gloam.version import installed

EXPORTED = [
    "gloam_open",
    "gloam_close",
    "gloam_value",
    "gloam_error",
    "gloam_value_and_error",
    "gloam_status",
    "gloam_gradient",
    "gloam_batch",
    "gloam_meaning",
    "gloam_explain",
    "gloam_parameters",
    "gloam_bins",
    "gloam_parameter_name",
    "gloam_parameter_unit",
    "gloam_parameter_text",
    "gloam_parameter_range",
    "gloam_bin_name",
    "gloam_search",
    "gloam_model",
    "gloam_unit",
    "gloam_text",
    "gloam_self_test",
    "gloam_digest",
    "gloam_version",
]


def plain(name: str) -> str:
    """A name of gloam as a name of C."""
    return name.replace("-", "_")


def _registry(symbols: list[str], answer: str) -> str:
    """The header ``kernels.h``: which compiled functions there are."""
    declared = "".join(f"extern char {name}[];\n" for name in symbols)
    rows = "".join(f'    {{"{name}", {name}}},\n' for name in symbols)
    version = f"gloam {installed()}, sources {code_cache.own_key()}, {library.PROCESSOR}"
    return (
        f'#define CODE "{code_cache.own_key()}"\n#define VERSION "{version}"\n#define ANSWER {answer}\n'
        f"int32_t {answer}(int64_t *, void **, int64_t, int64_t, int64_t, int64_t);\n{declared}"
        f"static const struct {{\n    const char *name;\n    const char *code;\n}} kernels[] = {{\n{rows}}};\n"
        "enum { KERNEL_COUNT = sizeof kernels / sizeof *kernels };\n"
    )


def library_of(pairs: list[tuple[str, str]], soname: str) -> bytes:
    """Bytes of the C library of these pairs of a search and a model."""
    objects = dict(object_of(*item) for item in functions.of_pairs(pairs))
    for symbol, code in objects.items():
        if needs_python(code):
            msg = f"{symbol.removeprefix('gloam_k_')} needs Python: it assigns an array to a slice of another; write a loop there"
            raise StoreError(msg)
    answer, code = object_of(answer_at, ANSWER_AT)
    texts = {name: source(name) for name in ("gloam.h", "gloam.c", "runtime.c")}
    texts["kernels.h"] = _registry(list(objects), answer)
    return linked({**objects, answer: code}, texts, EXPORTED, soname)


def digest_of(built: bytes) -> Any:
    """The function ``gloam_digest`` of a library."""
    with tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(built)
        file.flush()
        digest = ctypes.CDLL(file.name).gloam_digest
    digest.restype, digest.argtypes = ctypes.c_uint64, [ctypes.c_char_p, ctypes.c_uint64]
    return digest


def _pkg_config(name: str) -> str:
    return (
        f"prefix=${{pcfiledir}}\ndatadir=${{prefix}}\n\nName: {name}\nDescription: Rates of dark-sector searches\n"
        f"Version: {installed()}\nCflags: -I${{prefix}}\nLibs: -L${{prefix}} -Wl,-rpath,${{prefix}} -l{name}\nLibs.private: -lm\n"
    )


def _cmake(name: str) -> str:
    return (
        f"if(NOT TARGET {name}::{name})\n  add_library({name}::{name} SHARED IMPORTED)\n"
        f"  set_target_properties({name}::{name} PROPERTIES\n"
        f'    IMPORTED_LOCATION "${{CMAKE_CURRENT_LIST_DIR}}/lib{name}.so"\n'
        f'    INTERFACE_INCLUDE_DIRECTORIES "${{CMAKE_CURRENT_LIST_DIR}}")\n'
        f'endif()\nset({name}_DATA_DIR "${{CMAKE_CURRENT_LIST_DIR}}")\n'
    )


def _cmake_version() -> str:
    return (
        f'set(PACKAGE_VERSION "{installed()}")\nif(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)\n'
        "  set(PACKAGE_VERSION_COMPATIBLE FALSE)\nelse()\n  set(PACKAGE_VERSION_COMPATIBLE TRUE)\nendif()\n"
    )


def write_package(searches: list[str], model: str, options: dict[str, Any], directory: str) -> list[Path]:
    """Write everything that other languages need for rates of ``searches`` and a ``model`` with these options.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    name = f"gloam_{plain(model)}"
    rates = [rate(search, model, **own) for search, own in zip(searches, shared(searches, model, options), strict=True)]
    built = library_of([(search, model) for search in searches], f"lib{name}.so")
    digest = digest_of(built)
    files: dict[str, bytes | str] = {f"lib{name}.so": built}
    for made in rates:
        files[f"{plain(made.search.name)}.gloam"] = content(made, digest)
        files |= gambit.files(made, name)
    files |= {text: source(text) for text in ("gloam.h", "gloam.f90", "main.c")}
    files |= {f"{name}.pc": _pkg_config(name), f"{name}-config.cmake": _cmake(name)}
    files[f"{name}-config-version.cmake"] = _cmake_version()
    return written(files, Path(directory))
