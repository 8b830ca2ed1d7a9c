"""A small analytic recipe, its builds, and the command line in a process of its own."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gloam import tables
from gloam.builder.__main__ import main
from gloam.lookup.callables.store import read_manifest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

RECIPE = '''
"""Integral of e^(-k a t^2) t dt over 0..1 = (1 - e^(-k a))/(2 k a), times b and 1/b; k is the choice."""

import math

import numpy as np
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

STEPS = 200
TABLE = TableSpec(
    name="trial", version=1, title="Trial integral",
    inputs=(Input("a", "GeV", 0.1, 10.0, "strength"), Input("b", "1", 0.5, 2.0, "factor")),
    axes=(Axis("ln(a)", math.log(0.1), math.log(10.0), 24), Axis("ln(b)", math.log(0.5), math.log(2.0), 16)),
    coordinates="log", unit="GeV", rtol=1e-4, components=("times", "over"),
    choice=Choice("sign", ("one", "two")),
    parameters=((1.0,), (2.0,)),
)


@njit
def kernel(x, parameters, data, out):
    total = 0.0
    for i in range(STEPS):
        t = (i + 0.5) / STEPS
        total += math.exp(-parameters[0] * x[0] * t * t) * t
    out[0] = total / STEPS * x[1]
    out[1] = total / STEPS / x[1]


def data(label):
    return np.zeros(1)
'''

NAP = (  # microseconds of sleep per node from the environment: a slow kernel that costs no CPU time
    (
        "import math\n",
        "import ctypes\nimport math\nimport os\n",
    ),
    (
        "STEPS = 200\n",
        "STEPS = 200\nNAP = int(os.environ['NAP'])\nusleep = ctypes.CDLL(None).usleep\nusleep.argtypes = [ctypes.c_uint]\n",
    ),
    ("    total = 0.0\n", "    total = 0.0\n    usleep(NAP)\n"),
)

PROGRAM = """
import importlib
import sys

from gloam import tables
from gloam.builder.__main__ import main

tables.names = lambda: ("trial",)
tables.recipe = lambda name: importlib.import_module("{module}")

if __name__ == "__main__":
    sys.exit(main())
"""


@dataclass
class Workshop:
    """Writes variants of the trial recipe and runs ``gloam-build`` on them, here or in a new process."""

    directory: Path
    written: list[str] = field(default_factory=list)

    def recipe(self, name: str, *changes: tuple[str, str]) -> ModuleType:
        """A variant of the trial recipe as module ``name``."""
        text = RECIPE
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (self.directory / f"{name}.py").write_text(text)
        self.written.append(name)
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    def command(self, module: str, *arguments: object) -> list[str]:
        """A command line that runs ``gloam-build`` with ``module`` as the only recipe."""
        program = self.directory / f"program_{module}.py"
        program.write_text(PROGRAM.format(module=module))
        return [sys.executable, "-P", str(program), *map(str, arguments)]

    def environment(self, nap: int = 0) -> dict[str, str]:
        """Environment in which the variants can be imported, and the napping one naps [us] at every node."""
        path = os.pathsep.join(filter(None, (str(self.directory), os.environ.get("PYTHONPATH", ""))))
        return {**os.environ, "PYTHONPATH": path, "NAP": str(nap)}

    def start(self, command: list[str], nap: int = 0) -> subprocess.Popen[str]:
        """Start a command in its own process group, deaf to nothing (a background shell ignores Ctrl-C)."""
        return subprocess.Popen(
            command,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            env=self.environment(nap),
            text=True,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @staticmethod
    def chunk_files(building: Path) -> list[Path]:
        """Files of finished chunks."""
        return sorted(p for p in building.glob("values/c/**/*") if p.is_file() and "partial" not in p.name)

    @staticmethod
    def content_digest(directory: Path, name: str = "trial") -> str:
        """Content digest of the finished store of version 1."""
        return str(read_manifest(directory / name / "v1")["content_digest"])

    @staticmethod
    def closed_form(k: float, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The integral of the trial recipe in closed form, both components, shape (..., 2)."""
        value = (1.0 - np.exp(-k * a)) / (2.0 * k * a)
        return np.stack([value * b, value / b], axis=-1)

    def interrupt(self, command: list[str], building: Path, chunks: int, number: int) -> tuple[int, str]:
        """Send a signal once ``building`` has ``chunks`` chunks: exit status and stderr."""
        process = self.start(command)
        while process.poll() is None and len(self.chunk_files(building)) < chunks:
            time.sleep(0.002)
        assert process.poll() is None, process.communicate()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        return process.wait(), process.communicate()[1]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    """The place where variants of the trial recipe are written."""
    directory = tmp_path_factory.mktemp("workshop")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(directory))
        yield Workshop(directory)


@pytest.fixture
def build(workshop, monkeypatch, capsys):
    """Run ``gloam-build`` in this process on one recipe module: exit status, stdout, stderr."""

    def run(module: ModuleType, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(tables, "names", lambda: ("trial",))
        monkeypatch.setattr(tables, "recipe", lambda name: module)
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="session")
def trial(workshop):
    """The trial recipe."""
    return workshop.recipe("trial_recipe")


@pytest.fixture(scope="session")
def napping(workshop):
    """Name of a variant of the trial recipe with the same values that may sleep at every node."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAP", "0")
        workshop.recipe("napping_recipe", *NAP)
    return "napping_recipe"


@pytest.fixture(scope="session")
def finished(workshop, trial, tmp_path_factory):
    """A finished store of the trial recipe, with its values; tests copy it before they damage it."""
    directory = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "names", lambda: ("trial",))
        patch.setattr(tables, "recipe", lambda name: trial)
        assert main(["run", "trial", "--out", str(directory), "--points", "600", "--workers", "1", "--keep-values"]) == 0
    return directory
