"""What GAMBIT loads: a backend of one Python file with absolute imports, its frontend header, and that of the C library."""

from __future__ import annotations

from typing import Any

from gloam.lookup.export.linking import source
from gloam.version import installed

C_FUNCTIONS = (  # name, result, arguments, symbol without its prefix; a handle is a const void*
    ("open_data", "long", "const char*, const void**", "open"),
    ("close_data", "void", "const void*", "close"),
    ("value_and_error", "long", "const void*, const double*, double*, double*", "value_and_error"),
    ("gradient", "long", "const void*, const double*, double*, double*", "gradient"),
    ("explain", "unsigned long", "const void*, long, const double*, char*, unsigned long", "explain"),
)


def _safe(version: str) -> str:
    return version.replace(".", "_")


def _header(name: str, language: str, functions: list[str]) -> str:
    """A frontend header of GAMBIT, ``Backends/include/gambit/Backends/frontends/NAME_VERSION.hpp``."""
    version = installed()
    return (
        f"#define BACKENDNAME {name}\n#define BACKENDLANG {language}\n#define VERSION {version}\n"
        f"#define SAFE_VERSION {_safe(version)}\n\nLOAD_LIBRARY\n\n"
        + "".join(f"{line}\n" for line in functions)
        + '\n#include "gambit/Backends/backend_undefs.hpp"\n'
    )


def _function(name: str, kind: str, arguments: str, symbol: str, capability: str) -> str:
    return f'BE_FUNCTION({name}, {kind}, ({arguments}), "{symbol}", "{capability}")'


def files(made: Any, library: str) -> dict[str, bytes | str]:
    """Files {name: text} for one rate and the C library that holds it.

    The shim answers with gloam in Python, whose ``external`` knows the uncertainty of the inputs that no table has.
    """
    stem = f"gloam_{made.search.name}_{made.model.name}".replace("-", "_")
    search, model = made.search, made.model
    cited = (*search.references, *model.references)
    words = {"@SEARCH@": search.name, "@MODEL@": model.name, "@OPTIONS@": repr(dict(made.options)), "@CITED@": repr(cited)}
    shim = source("gambit_shim.py.txt")
    for mark, text in words.items():
        shim = shim.replace(mark, text)
    python = [
        _function("rate", "PyDict", "PyDict&", "rate", f"{stem}_rate"),
        _function("references", "std::string", "", "references", f"{stem}_references"),
    ]
    calls = [
        _function(name, kind, arguments, f"gloam_{symbol}", f"{library}_{name}") for name, kind, arguments, symbol in C_FUNCTIONS
    ]
    version = installed()
    places = (
        f"{stem}:\n  {version}: ./Backends/installed/{stem}/{version}/{stem}.py\n"
        f"{library}:\n  {version}: ./Backends/installed/{library}/{version}/lib{library}.so\n"
    )
    return {
        f"{stem}.py": shim,
        f"{stem}_{_safe(version)}.hpp": _header(stem, "Python", python),
        f"{library}_{_safe(version)}.hpp": _header(library, "C", calls),
        f"{stem}.backend_locations.yaml": places,
    }
