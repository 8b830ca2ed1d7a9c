"""A model by itself: masses, widths, decay lengths and branching ratios at any point, without a search."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np
from gloam.lookup import usage, vocabulary
from gloam.lookup.callables.arguments import named_inputs
from gloam.lookup.callables.modules import model_named
from gloam.lookup.callables.plan import model_slots
from gloam.lookup.callables.rates import Rate
from gloam.lookup.callables.statuses import Status, statuses_of
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import SLOT, SLOTS, Kind, Search
from numpy.typing import ArrayLike

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

ERRORS = (Kind.ERROR, Kind.RELATIVE_ERROR)  # slots that have no uncertainty of their own


@entry
def _predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    out[0], error[0] = 0.0, 0.0
    return 0


def _decays_of(model: vocabulary.Model) -> Search:
    """A search that reads the decay lengths of ``model`` and counts nothing."""
    return Search(
        name="model-by-itself",
        title="a model by itself",
        reads=tuple(name for name in model.provides if SLOT[name].kind is Kind.LENGTH),
        unit="1",
        bins=("nothing",),
        no_limit="a model by itself has no rate",
        references=model.references,
        predict=_predict,
    )


@named_inputs
class Model(Rate):
    """A model with its tables; make it with :func:`model`."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        found = model_named(name)
        self._open(_decays_of(found), found, options)

    def _note_use(self) -> None:
        usage.note("model", self.model.name, self.model.references)

    def __reduce__(self) -> tuple[Any, ...]:
        return Model, (self.model.name, self.options)

    def __repr__(self) -> str:
        return f"<Model {self.model.name}({', '.join(self._names)}) {self.options}>"

    def __call__(self, *unnamed: Any, **parameters: Any) -> dict[str, float]:
        """Physical quantities {slot: value} at one point, in the units of `lookup/vocabulary.py`, and what the model derives.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange
        """
        if unnamed:
            self._refuse_unnamed(unnamed)
        values = self.slots(**parameters)
        names = [slot.name for slot in self.model.derived]
        if self.model.derive is not None:
            out = np.empty(len(names))
            self.model.derive(np.array([values.get(name, math.nan) for name in SLOTS]), out)
            values |= zip(names, out.tolist(), strict=True)
        return values

    def _batch(self, x: Any) -> NoReturn:
        raise DoesNotFit(f"{self.model.name}: a model alone has no rate: call it for its quantities, or use lookup.rate")

    def scalar(self, *values: float) -> NoReturn:
        """A model alone has no rate: DoesNotFit."""
        self._batch(values)

    def value_and_status(self, **parameters: ArrayLike) -> tuple[dict[str, Any], Any]:
        """Quantities {slot: value}, NaN where there are none, and the ``Status`` of every point.

        Floats and a Status for scalars; arrays broadcast, with an integer array of statuses.
        """
        shape, x = self.points(parameters)
        table, codes = np.full((len(x), len(SLOTS)), math.nan), np.zeros(len(x), dtype=np.int64)
        for row, point in enumerate(x):
            codes[row] = model_slots(*self.data, point, table[row])
        table[codes != 0] = math.nan
        columns = {name: table[:, SLOTS.index(name)].reshape(shape) for name in self.model.provides}
        statuses = statuses_of(codes, self.unphysical)
        if shape:
            return columns, statuses.reshape(shape)
        return {name: float(column) for name, column in columns.items()}, Status(int(statuses[0]))

    def external(self, **parameters: float) -> dict[str, Any]:
        """Relative uncertainty {quantity: size} from the data behind the widths, R(s): the larger change when they are scaled.

        Quantities that do not change are left out.
        """
        x, changes = (
            self.point(parameters),
            dict.fromkeys((n for n in self.model.provides if SLOT[n].kind not in (Kind.ERROR, Kind.RELATIVE_ERROR)), 0.0),
        )
        for k in range(len(self._uncertain)):
            rows = np.full((3, len(SLOTS)), math.nan)
            for row, factor in zip(rows, self._factors(k), strict=True):
                status = model_slots(*self._with(k, factor), x, row)
                if status != 0:
                    raise self.explain(status, x)
            for name in changes:
                now, up, down = rows[:, SLOTS.index(name)].tolist()
                if 0.0 < abs(now) < math.inf:
                    changes[name] = math.hypot(changes[name], max(abs(up / now - 1.0), abs(down / now - 1.0)))
        return {name: size for name, size in changes.items() if size > 0.0}


def model(name: str, **options: Any) -> Model:
    """Bind a model to its tables: ``model("idm")(m_Ap=1.25, r=0.33, ...)["c_tau_2"]``.

    Parameters
    ----------
    name : str
        As listed by ``gloam list models``.
    **options
        The model's discrete options.

    Raises
    ------
    UnknownName, BadParameter, StoreError
    """
    return Model(name, options)
