"""Position-independent object code of compiled functions, for any processor of a kind (:data:`library.PROCESSOR`).

numba's code of a function, as it stands after optimisation, is emitted once more, relocatable, with everything but the function
itself made internal, so that two functions never share a copy that could round differently. A function of numba is a plain C
function: ``int32_t f(result *, void **exception, arguments...)``, returning 0 or, of an exception, another number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from gloam.lookup.interpolation import code_cache, library


def _compiled(function: Any, signature: Any) -> Any:
    """The overload of a dispatcher for ``signature``, with its optimised module: code from a cache has none."""
    function.compile(signature.args)
    found = function.overloads[signature.args]
    own = found.fndesc.llvm_func_name
    if any(item.name == own and not item.is_declaration for item in found.library._final_module.functions):
        return found
    settings = {name: value for name, value in function.targetoptions.items() if name != "nopython"}
    fresh = numba.njit(**settings)(function.py_func)
    fresh.compile(signature.args)
    return fresh.overloads[signature.args]


def emitted(function: Any, signature: Any) -> bytes:
    """Relocatable object code of a compiled function, which is named :func:`library.symbol` in it."""
    compiled = _compiled(function, signature)
    module = llvm.parse_bitcode(compiled.library._final_module.as_bitcode())
    for item in (*module.functions, *module.global_variables):
        if item.name == compiled.fndesc.llvm_func_name:
            item.linkage = llvm.Linkage.external
            item.name = library.symbol(function, signature)
        elif not item.is_declaration:
            item.linkage = llvm.Linkage.internal
    _, processor, features = compiled.library.codegen.magic_tuple()
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


def needs_python(code: bytes) -> bool:
    """Whether object code refers to Python's C interface, as numba's assignment of an array to a slice of another does."""
    return b"\0PyErr_" in code


def object_of(function: Any, signature: Any) -> tuple[str, bytes]:
    """Symbol and object code of a compiled function (an njit dispatcher) of gloam for ``signature``.

    In a process whose numba compiles for PROCESSOR (:mod:`gloam.lookup.export.process`).
    """
    name = library.symbol(function, signature)
    kept = _kept(name)
    code = code_cache.read(kept) if kept is not None else None
    if code is None:
        code = emitted(function, signature)
        if kept is not None:
            code_cache.write(kept, code)
    return name, code
