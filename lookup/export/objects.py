"""Position-independent object code of compiled functions, for any processor of a kind (:data:`library.PROCESSOR`).

numba's code of a function, as it stands after optimisation, is emitted once more, relocatable, with everything but the function
itself made internal, so that two functions never share a copy that could round differently. A function of numba is a plain C
function: ``int32_t f(result *, void **exception, arguments...)``, returning 0 or, of an exception, another number.

numba's choice of a processor belongs to a process, so that :func:`objects_of` runs :func:`main` in another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from gloam.lookup.errors import StoreError
from gloam.lookup.export import functions
from gloam.lookup.interpolation import code_cache, library

TARGET = {"NUMBA_CPU_NAME": library.PROCESSOR, "NUMBA_CPU_FEATURES": ""}  # empty: else those of this machine are added


def _compiled(function: Any, signature: Any) -> Any:
    """The overload of a dispatcher for ``signature``, with its optimised module: code from a cache has none."""
    function.compile(signature.args)
    found = function.overloads[signature.args]
    own = found.fndesc.llvm_func_name
    if any(item.name == own and not item.is_declaration for item in found.library._final_module.functions):
        return found
    fresh = numba.njit(**function.targetoptions)(function.py_func)
    fresh.compile(signature.args)
    return fresh.overloads[signature.args]


def emitted(function: Any, signature: Any) -> bytes:
    """Relocatable object code of a compiled function (an njit dispatcher), which is named :func:`library.symbol` in it."""
    compiled = _compiled(function, signature)
    module = llvm.parse_bitcode(compiled.library._final_module.as_bitcode())
    for item in (*module.functions, *module.global_variables):
        if item.name == compiled.fndesc.llvm_func_name:
            item.linkage = llvm.Linkage.external
            item.name = library.symbol(function, signature)
        elif not item.is_declaration:
            item.linkage = llvm.Linkage.internal
    codegen = compiled.library.codegen
    _, processor, features = codegen.magic_tuple()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=processor, features=features, opt=3, reloc="pic", codemodel="small"
    )
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.add_strip_dead_prototype_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    code: bytes = machine.emit_object(module)
    return code


def _kept(name: str) -> Path | None:
    """Where the object code of the function ``name`` is kept between processes."""
    directory = code_cache.usable()
    return None if directory is None else directory / f"{name[-150:]}-{library.PROCESSOR}.o"


def objects_of(asked: list[functions.Asked]) -> dict[str, bytes]:
    """Object code {symbol: bytes} of the functions that are ``asked`` for, for PROCESSOR.

    Raises
    ------
    StoreError
        When the process that compiles fails.
    """
    with tempfile.TemporaryDirectory(prefix="gloam-objects-") as place:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "gloam.lookup.export.objects", place],
            input=json.dumps(asked),
            env={**os.environ, **TARGET, library.VARIABLE: "off"},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            msg = f"compiling for {library.PROCESSOR} failed: {done.stderr.strip()[-2000:]}"
            raise StoreError(msg)
        return {path.stem: path.read_bytes() for path in sorted(Path(place).glob("*.o"))}


def main(place: str) -> None:
    """Write the object code of the functions that standard input asks for into the directory ``place``."""
    for asked in json.loads(sys.stdin.read()):
        for function, signature in functions.named(*asked):
            name = library.symbol(function, signature)
            kept = _kept(name)
            code = code_cache.read(kept) if kept is not None else None
            if code is None:
                code = emitted(function, signature)
                if kept is not None:
                    code_cache.write(kept, code)
            Path(place, f"{name}.o").write_bytes(code)


if __name__ == "__main__":
    main(sys.argv[1])
