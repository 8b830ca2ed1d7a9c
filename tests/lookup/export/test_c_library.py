"""The C library: to the bit Python's answers without Python, from C, C++ and Fortran, in threads; and what it refuses."""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gloam.lookup.cli.main import main
from gloam.lookup.interpolation import library

SEARCH, MODEL, OPTIONS = "miniboone-fhc-produced", "dipole", {"nature": "dirac"}
NAME, DATA = "gloam_dipole", "miniboone_fhc_produced.gloam"
POINTS, GRADIENTS, FIRST_ANSWER = 20_000, 40, 5e-3  # [s]
PYTHON = """
import json, sys
import numpy as np
from gloam.lookup import rate
from gloam.lookup.export.datafile import trial_points
search, model, options, points, gradients, out = json.loads(sys.argv[1])
made = rate(search, model, **options)
x = trial_points(made, points)
x[::97] *= 3.0
x[5::997, 1] = np.nan
answers, codes = made._batch(x)
names = [item.name for item in made.parameters]
some = dict(zip(names, x[codes == 0][:gradients].T))
values, errors = made.gradient_and_error(**some)
np.savez(out, x=x, answers=answers, codes=codes, slopes=np.array([values[n] for n in names]).T,
         errors=np.array([errors[n] for n in names]).T)
bad = int(np.flatnonzero(codes)[0])
print(json.dumps(str(made.explain(int(codes[bad]), x[bad]))))
"""
THREADS = """
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "gloam.h"
enum { THREADS = 8 };
static const gloam *rate;
static double *x, *value, *error;
static int64_t points, *status;
static void *work(void *part)
{
    const int64_t p = gloam_parameters(rate), b = gloam_bins(rate), k = (int64_t)(intptr_t)part;
    for (int64_t i = k; i < points; i += THREADS)
        status[i] = gloam_value_and_error(rate, x + i * p, value + i * b, error + i * b);
    return NULL;
}
int main(int count, char **texts)
{
    pthread_t threads[THREADS];
    if (count != 5 || gloam_open(texts[1], &rate) != 0) return 1;
    points = atoll(texts[2]);
    const int64_t p = gloam_parameters(rate), b = gloam_bins(rate);
    x = malloc(8 * (size_t)(points * p)); value = malloc(8 * (size_t)(points * b));
    error = malloc(8 * (size_t)(points * b)); status = malloc(8 * (size_t)points);
    FILE *file = fopen(texts[3], "rb");
    if (fread(x, 8, (size_t)(points * p), file) != (size_t)(points * p)) return 2;
    fclose(file);
    for (intptr_t k = 0; k < THREADS; k++) pthread_create(threads + k, NULL, work, (void *)k);
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    file = fopen(texts[4], "wb");
    fwrite(value, 8, (size_t)(points * b), file); fwrite(error, 8, (size_t)(points * b), file);
    fwrite(status, 8, (size_t)points, file);
    fclose(file);
    gloam_close(rate);
    return 0;
}
"""
FORTRAN = """
program answers
  use, intrinsic :: iso_c_binding
  use gloam
  implicit none
  type(c_ptr) :: rate
  integer(c_int64_t) :: status
  real(c_double) :: x(4), values(1), errors(1), slopes(4), spreads(4)
  character(200) :: path
  call get_command_argument(1, path)
  status = gloam_open(trim(path), rate)
  if (status /= 0) error stop 1
  x = [0.25d0, 0d0, 1d-6, 0d0]
  status = gloam_value_and_error(rate, x, values, errors)
  if (status /= 0) error stop 2
  write (*, '(a,1x,a,1x,a,2(1x,z16.16))') gloam_search(rate), gloam_model(rate), gloam_parameter_name(rate, 1), values, errors
  status = gloam_gradient(rate, x, slopes, spreads)
  write (*, '(4(1x,z16.16))') slopes
  x(1) = 50d0
  status = gloam_value(rate, x, values)
  write (*, '(a)') gloam_explain(rate, status, x)
  call gloam_close(rate)
end program
"""
FRONTEND = """
#include <dlfcn.h>
#include <cstdio>
#define LOAD_LIBRARY
#define BE_FUNCTION(NAME, TYPE, ARGUMENTS, SYMBOL, CAPABILITY) \\
    { TYPE(*NAME) ARGUMENTS = (TYPE(*) ARGUMENTS)dlsym(library, SYMBOL); missing += NAME == 0; count++; }
int main(int, char **texts)
{
    int missing = 0, count = 0;
    void *library = dlopen(texts[1], RTLD_NOW);
    if (library == 0) return 1;
#include "@HEADER@"
    std::printf("%d of %d", missing, count);
    return 0;
}
"""
START = """
#include <stdio.h>
#include <time.h>
#include "gloam.h"
static double now(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
int main(int count, char **texts)
{
    const gloam *rate;
    double x[] = {0.25, 0.0, 1e-6, 0.0}, value;
    if (count != 2 || gloam_open(texts[1], &rate) != 0 || gloam_value(rate, x, &value) != 0) return 1;
    printf("%.9f\\n", now()); /* CPU seconds since exec */
    return 0;
}
"""


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a program prints, without any variable of this process."""
    done = subprocess.run(
        ["env", "-i", "PATH=/usr/bin:/bin", *map(str, command)], capture_output=True, text=True, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command line writes, and beside it what Python answers when it compiles for the same processor."""
    place = tmp_path_factory.mktemp("c")
    assert main(["export", "c", SEARCH, "--model", MODEL, "nature=dirac", "-o", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def by_python(place: Path) -> Any:
    asked = json.dumps([SEARCH, MODEL, OPTIONS, POINTS, GRADIENTS, str(place / "python.npz")])
    for_kind = {"NUMBA_CPU_NAME": library.PROCESSOR, "NUMBA_CPU_FEATURES": "", "GLOAM_KERNELS": "off"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PYTHON, asked], env={**os.environ, **for_kind}, capture_output=True, text=True, check=True
    )
    return {**np.load(place / "python.npz"), "sentence": json.loads(done.stdout)}


@pytest.fixture(scope="module")
def opened(place: Path) -> Any:
    """The library through ctypes, and a handle."""
    found = ctypes.CDLL(str(place / f"lib{NAME}.so"))
    for name in ("open", "value", "error", "status", "gradient", "batch", "value_and_error", "meaning"):
        getattr(found, f"gloam_{name}").restype = ctypes.c_int64
    for name in ("explain", "parameters", "bins"):
        getattr(found, f"gloam_{name}").restype = ctypes.c_size_t
    found.gloam_text.restype = found.gloam_parameter_name.restype = ctypes.c_char_p
    handle = ctypes.c_void_p()
    assert found.gloam_open(str(place / DATA).encode(), ctypes.byref(handle)) == 0
    return found, handle


def at(array: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def compiled(place: Path, name: str, text: str, *command: str) -> Path:
    """A program of this text, linked with the library."""
    path = place / name
    path.write_text(text)
    out = path.with_suffix("")
    run(*command, "-I", place, "-o", out, path, f"-L{place}", f"-l{NAME}", "-lm", "-Wl,-rpath,$ORIGIN", "-pthread", cwd=place)
    return out


def test_eight_threads_of_c_give_pythons_bits(place: Path, by_python: Any) -> None:
    """Expected: Python's rates, error bounds and statuses at 20000 points, some of them refused, run without Python."""
    program = compiled(place, "threads.c", THREADS, *"gcc -std=gnu99 -O2 -Wall -Wextra -Werror".split())
    by_python["x"].tofile(place / "x.bin")
    run(program, place / DATA, str(POINTS), place / "x.bin", place / "out.bin")
    found = np.fromfile(place / "out.bin", dtype=np.int64)
    values, errors, codes = found[:POINTS], found[POINTS : 2 * POINTS], found[2 * POINTS :]
    assert (codes == by_python["codes"]).all()
    good = codes == 0
    assert 0.3 * POINTS < good.sum() < POINTS
    expected = by_python["answers"].view(np.int64)
    assert (values[good] == expected[good, 0]).all()
    assert (errors[good] == expected[good, 1]).all()
    assert np.isnan(values[~good].view(np.float64)).all()


def test_gradients_are_pythons_to_the_bit(opened: Any, by_python: Any) -> None:
    """Expected: the differences of Rate.gradient_and_error, whose order of sums both keep."""
    found, handle = opened
    some = by_python["x"][by_python["codes"] == 0][:GRADIENTS].copy()
    slopes, errors = np.empty_like(some), np.empty_like(some)
    for row, slope, error in zip(some, slopes, errors, strict=True):
        assert found.gloam_gradient(handle, at(row), at(slope), at(error)) == 0
    assert np.array_equal(slopes, by_python["slopes"], equal_nan=True)
    assert np.array_equal(errors, by_python["errors"], equal_nan=True)
    assert np.isfinite(slopes).mean() > 0.9


def test_batches_and_single_functions_agree(opened: Any, by_python: Any) -> None:
    """Expected: the same bits from value, error, status and batch; NULL where something is not wanted."""
    found, handle = opened
    x = by_python["x"][:300].copy()
    value, error, status = np.empty(300), np.empty(300), np.empty(300, dtype=np.int64)
    without = found.gloam_batch(handle, ctypes.c_int64(300), at(x), at(value), at(error), at(status))
    assert without == np.count_nonzero(by_python["codes"][:300])
    one = np.empty(1)
    for i in range(300):
        assert found.gloam_status(handle, at(x[i])) == status[i] == by_python["codes"][i]
        for name, expected in (("value", value), ("error", error)):
            getattr(found, f"gloam_{name}")(handle, at(x[i]), at(one))
            assert np.array_equal(one, expected[i : i + 1], equal_nan=True)
    assert found.gloam_batch(handle, ctypes.c_int64(300), at(x), at(value), None, None) == without


def test_a_status_is_told_in_words_with_the_values_of_the_point(opened: Any, by_python: Any) -> None:
    """Expected: for a parameter out of range Python's own sentence; cut to the room there is, and terminated."""
    found, handle = opened
    bad = int(np.flatnonzero(by_python["codes"])[0])
    x, status = by_python["x"][bad], int(by_python["codes"][bad])
    text = ctypes.create_string_buffer(1000)
    length = found.gloam_explain(handle, ctypes.c_int64(status), at(x), text, ctypes.c_size_t(1000))
    assert text.value.decode() == by_python["sentence"].split("; ")[0]
    assert length == len(text.value)
    assert found.gloam_meaning(handle, ctypes.c_int64(status)) == 1
    assert found.gloam_explain(handle, ctypes.c_int64(status), at(x), text, ctypes.c_size_t(8)) == length
    assert len(text.value) == 7
    found.gloam_explain(None, ctypes.c_int64(-5), None, text, ctypes.c_size_t(1000))
    assert b"damaged" in text.value
    outside = ctypes.c_int64(30_001)  # of the first input of the first table of the search
    found.gloam_explain(handle, outside, at(x), text, ctypes.c_size_t(1000))
    assert re.search(rb"m_N is outside, .*the table covers .* choose another point \(m_N = ", text.value)
    assert found.gloam_meaning(handle, outside) == 3
    told = json.loads(found.gloam_text(handle))
    assert told["options"] == OPTIONS
    assert {table["name"] for table in told["tables"]} >= {"dipole-rates"}


def test_damaged_and_foreign_files_are_refused(place: Path, opened: Any, tmp_path: Path) -> None:
    """Expected: a status and no handle for any flipped bit, shortened file, other kind of file, and another library's file."""
    found, _ = opened
    whole, random = (place / DATA).read_bytes(), np.random.default_rng(8)
    damaged = {
        "cut": whole[:-64],
        "empty": b"",
        "short": whole[:100],
        "text": b"no data of gloam at all" * 99,
        "grown": whole + b"\0",
    }
    for bit in [*random.integers(0, 8 * 280, 60).tolist(), *random.integers(0, 8 * len(whole), 30).tolist()]:
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        damaged[str(bit)] = bytes(changed)
    handle = ctypes.c_void_p()
    for content in damaged.values():
        (tmp_path / "data").write_bytes(content)
        assert -8 < found.gloam_open(str(tmp_path / "data").encode(), ctypes.byref(handle)) < 0
        assert handle.value is None
    assert found.gloam_open(str(tmp_path).encode(), ctypes.byref(handle)) == -1
    assert found.gloam_open(str(tmp_path / "nowhere").encode(), ctypes.byref(handle)) == -1


def test_the_self_test_of_c_and_of_cplusplus_passes(place: Path) -> None:
    """Expected: 20 points, equal to what Python answered; main.c is C++ too once its allocation is cast."""
    program = compiled(
        place, "main.c", (place / "main.c").read_text(), *"gcc -std=c99 -pedantic-errors -Wall -Wextra -Werror".split()
    )
    told = run(program, place / DATA)
    assert told.splitlines()[-1] == "20 of 20 points equal to the bit, 0 wrong"
    text = (place / "main.c").read_text().replace("= malloc", "= (double *)malloc")
    program = compiled(place, "main.cc", text, *"g++ -std=c++11 -Wall -Wextra -Werror".split())
    assert run(program, place / DATA) == told


def test_fortran_gives_the_same_bits(place: Path, opened: Any) -> None:
    """Expected: those of the C functions, and the same sentence."""
    (place / "gloam.o").unlink(missing_ok=True)
    flags = "gfortran -std=f2008 -Wall -Werror".split()
    program = compiled(place, "answers.f90", FORTRAN, *flags, str(place / "gloam.f90"))
    rates, slopes, sentence = run(program, place / DATA).splitlines()
    found, handle = opened
    x, value, error, slope = np.array([0.25, 0.0, 1e-6, 0.0]), np.empty(1), np.empty(1), np.empty(4)
    assert found.gloam_value_and_error(handle, at(x), at(value), at(error)) == 0
    assert rates.split() == [SEARCH, MODEL, "m_N", *(f"{int(item.view(np.int64)[0]):016X}" for item in (value, error))]
    found.gloam_gradient(handle, at(x), at(slope), None)
    assert slopes.split() == [f"{bits:016X}" for bits in slope.view(np.uint64).tolist()]
    assert "m_N = 50 GeV is not allowed" in sentence


def test_the_first_answer_takes_milliseconds(place: Path) -> None:
    """Expected: 5 CPU ms from exec, the digest of all data included; the least of ten runs."""
    program = compiled(place, "start.c", START, *"gcc -std=gnu99 -O2 -Wall -Wextra -Werror".split())
    assert min(float(run(program, place / DATA)) for _ in range(10)) < FIRST_ANSWER


def test_cmake_and_pkg_config_find_it_where_it_was_moved(place: Path, tmp_path: Path) -> None:
    """Expected: a project of three lines, and one command, both in a copy of the directory."""
    moved = tmp_path / "moved here"
    moved.mkdir()
    for path in place.iterdir():
        if path.suffix in (".so", ".gloam", ".h", ".c", ".pc", ".cmake"):
            (moved / path.name).write_bytes(path.read_bytes())
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.16)\nproject(user C)\nfind_package({NAME} 0.1 REQUIRED)\n"
        f'add_executable(user "${{{NAME}_DATA_DIR}}/main.c")\ntarget_link_libraries(user {NAME}::{NAME} m)\n'
    )
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-D{NAME}_DIR={moved}")
    run("cmake", "--build", tmp_path / "build")
    assert "20 of 20" in run(tmp_path / "build" / "user", moved / DATA)
    straight = tmp_path / "straight"
    moved.rename(straight)
    told = run("env", f"PKG_CONFIG_PATH={straight}", "pkg-config", "--cflags", "--libs", NAME).split()
    run("gcc", straight / "main.c", "-o", tmp_path / "second", *told, "-lm")
    assert "20 of 20" in run(tmp_path / "second", straight / DATA)


def test_the_checksums_are_those_of_the_files(place: Path) -> None:
    """Expected: sha256sum agrees."""
    assert "FAILED" not in run("sha256sum", "-c", "SHA256SUMS", cwd=place)


def test_gambit_loads_the_shim_by_its_path_alone(place: Path, tmp_path: Path) -> None:
    """Expected: as GAMBIT does, only the directory of the file is put on sys.path; a dict in and out; Python's own answer."""
    stem = "gloam_miniboone_fhc_produced_dipole"
    script = (
        f"import sys, json\nsys.path.insert(0, {str(place)!r})\nimport {stem} as backend\n"
        "point = {'m_N': 0.25, 'mu_tr_mu': 1e-6}\n"
        "print(json.dumps([backend.rate(point), backend.rate({**point, 'm_N': 50.0}), backend.references()]))\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    found, refused, cited = json.loads(done.stdout)
    from gloam.lookup import rate

    made = rate(SEARCH, MODEL, **OPTIONS)
    value, error = made.value_and_error(m_N=0.25, mu_tr_mu=1e-6)
    assert found["central"] == pytest.approx(value, rel=1e-12)
    assert found["tot_err_down"] == found["tot_err_up"] >= error
    assert found["trust_level"] == 1.0
    assert found["references"] == cited
    assert "arXiv:" in cited
    assert refused["trust_level"] == -1.0
    assert "not allowed" in refused["reason"]
    spec = importlib.util.spec_from_file_location(stem, place / f"{stem}.py")
    assert spec is not None
    assert not re.search(r"^\s*from \.", (place / f"{stem}.py").read_text(), re.MULTILINE)


def test_the_frontend_of_gambit_names_functions_of_the_library(place: Path) -> None:
    """Expected: with macros that look symbols up as GAMBIT's do, the header compiles as C++ and every symbol is found."""
    (place / "gambit" / "Backends").mkdir(parents=True, exist_ok=True)
    (place / "gambit" / "Backends" / "backend_undefs.hpp").write_text("")
    program = compiled(place, "frontend.cc", FRONTEND.replace("@HEADER@", f"{NAME}_0_1_0.hpp"), "g++", "-std=c++11", "-Wall")
    assert run(program, place / f"lib{NAME}.so") == "0 of 5"


def test_the_page_on_c_does_what_it_says(place: Path, opened: Any) -> None:
    """Expected: the program of docs/c.md, built by the command there, prints the rate, and the refusal of the mass."""
    page = (Path(__file__).parents[3] / "docs" / "c.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```c\n(.*?)```", page, re.DOTALL)
    [command] = re.findall(r"^    (gcc .*program\.c.*)$", page, re.MULTILINE)
    (place / "program.c").write_text(program)
    run("sh", "-c", command, cwd=place)
    first, second = run("sh", "-c", "./program", cwd=place).splitlines()
    found, handle = opened
    x, value = np.array([0.25, 0.0, 1e-6, 0.0]), np.empty(1)
    found.gloam_value(handle, at(x), at(value))
    assert first.startswith(f"{value[0]:.10g} +- ")
    assert first.endswith(" per GeV of m_N")
    assert second.startswith("nan: dipole: m_N = 50 GeV is not allowed")
