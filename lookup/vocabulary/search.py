"""What a search is: ``SEARCH = Search(...)`` of a file in ``lookup/searches``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.lookup.vocabulary.checks import (
    check_callable,
    check_compiled,
    check_name,
    check_names,
    check_options,
    check_ranges,
    check_refusals,
    check_slots,
    check_tables,
    check_text,
    check_uncertainty,
    complete,
    refuse,
)
from gloam.lookup.vocabulary.parameter import Option

if TYPE_CHECKING:
    from gloam.lookup.statistics import Statistic

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

SILENT = 1999  # status of a search whose published data say nothing at this point
PREDICT = ("slots", "options", "blob", "offsets", "out", "error")


@complete
@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """A search: what it reads, the rate that it predicts, and what it excludes.

    Attributes
    ----------
    name, title : str
        The name is that of the file, with dashes.
    reads : tuple of str
        Slots; a model fits if it provides all of them.
    unit : str
        Of the rate.
    bins : tuple of str
    predict : compiled (slots, options, blob, offsets, out, error) -> int
        Fills the rate per bin and the bound of its error; returns 0 or a status.
    references : tuple of str
    tables : tuple of (table, label)
        In the order of ``offsets``.
    constants : tuple of float, or a function that gives it
        Stand first in ``options``; a function is called when a rate is made.
    options : {name: (low, high, default, meaning)}
        Numbers, behind the constants.
    choices : tuple of Option
        Discrete ones; their indices follow the numbers.
    statistic, confidence : str, float
        What a limit means, and its level [1]; empty where there is none, for which ``no_limit`` gives the reason.
    statement : (options) -> (statistic, confidence), optional
        Both where they depend on the options.
    limit : float or tuple of float, optional
        The rate above which a point is excluded, of all bins or of each.
    threshold : compiled (slots, options) -> float, optional
        The same where it depends on the point, for one bin; NaN where nothing was published.
    favoured : compiled (slots, options) -> float, optional
        Lower edge of a band that the data favour.
    sources : (options) -> references, optional
        Those of the options, of a search that holds many published results.
    lowest : (coupling, parameters) -> float, optional
        Value of the coupling below which nothing is excluded.
    no_information : str
        What the status SILENT means.
    refusals : {status: reason}
        Statuses from 1000 on.
    external : (relative size, source), optional
        Uncertainty of the rate that no table knows.
    standard : {slot: value}, optional
        Slots without new physics, 0 where not named, of a search whose rates hold what the Standard Model gives. It excludes
        where 2 ln L falls by more than ``limit`` below its value there.
    likelihood : (options) -> Statistic, optional
        With ``standard``: (options, standard), where the second are the rates without new physics.
    data : str
        The data behind the likelihood, the name of the search if empty: no two searches of the same data are multiplied.
    approximation : str
        What every likelihood must say.
    gradient_step : float, optional
        Relative step [1] of gradients where events are drawn.
    curves : {label: description}
        What ``gloam list curves`` says of the labels of the option ``curve``.

    Raises
    ------
    DoesNotFit
        One sentence that names the field, its value and what is allowed.
    """

    name: str
    title: str
    tables: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...]
    options: Mapping[str, tuple[float, float, float, str]] = field(default_factory=dict)
    choices: tuple[Option, ...] = ()
    constants: tuple[float, ...] | Callable[[], tuple[float, ...]] = ()
    unit: str
    bins: tuple[str, ...]
    limit: float | tuple[float, ...] | None = None
    statistic: str = ""
    confidence: float = math.nan
    no_limit: str = ""
    data: str = ""
    approximation: str = ""
    no_information: str = ""
    refusals: Mapping[int, str] = field(default_factory=dict)
    references: tuple[str, ...]
    external: tuple[float, str] | None = None
    gradient_step: float | None = None
    curves: Mapping[str, object] = field(default_factory=dict)
    predict: Callable[[Vector, Vector, Vector, Offsets, Vector, Vector], int]
    threshold: Callable[[Vector, Vector], float] | None = None
    favoured: Callable[[Vector, Vector], float] | None = None
    likelihood: Callable[..., Statistic] | None = None
    standard: Mapping[str, float] | None = None
    statement: Callable[[dict[str, Any]], tuple[str, float]] | None = None
    sources: Callable[[dict[str, Any]], tuple[str, ...]] | None = None
    lowest: Callable[[str, dict[str, float]], float] | None = None

    def __post_init__(self) -> None:
        owner = check_name("search", self.name)
        check_text(owner, title=self.title, unit=self.unit)
        check_names(owner, "bins", self.bins)
        check_names(owner, "references", self.references)
        check_slots(owner, "reads", self.reads)
        check_tables(owner, self.tables)
        check_ranges(owner, self.options)
        check_options(owner, "choices", self.choices)
        check_names(owner, "names of options and choices", (*self.options, *(item.name for item in self.choices)), least=0)
        check_refusals(owner, self.refusals)
        if self.external is not None:
            check_uncertainty(owner, "external", self.external)
        if self.gradient_step is not None and not 0.0 < self.gradient_step < 1.0:
            refuse(owner, "gradient_step", self.gradient_step, "a relative step between 0 and 1")
        self._check_limit(owner)
        check_compiled(owner, "predict", self.predict, PREDICT)
        for name, function in (("threshold", self.threshold), ("favoured", self.favoured)):
            if function is not None:
                check_compiled(owner, name, function, ("slots", "options"))
        check_callable(owner, "likelihood", self.likelihood, ("options",) if self.standard is None else ("options", "standard"))
        if self.standard is not None:
            check_slots(owner, "standard", tuple(self.standard))
            if self.likelihood is None:
                refuse(owner, "standard", self.standard, "a search with rates of the Standard Model has a likelihood")
        check_callable(owner, "statement", self.statement, ("options",))
        check_callable(owner, "sources", self.sources, ("options",))
        check_callable(owner, "lowest", self.lowest, ("coupling", "parameters"))

    def _check_limit(self, owner: str) -> None:
        """A statistic with its level and a limit or threshold, or the reason why there is none."""
        if not self.statistic:
            if not self.no_limit:
                refuse(owner, "no_limit", self.no_limit, "a search without a statistic says here why it gives no limit")
            return
        if not 0.0 < self.confidence < 1.0:
            refuse(owner, "confidence", self.confidence, "the level of the statistic, between 0 and 1")
        if (self.limit is None) == (self.threshold is None):
            refuse(owner, "limit", self.limit, "a search with a statistic has either a limit or a threshold")
        if self.threshold is not None:
            if len(self.bins) > 1:
                refuse(
                    owner, "threshold", "one number", f"a limit, one number for every bin, where there are {len(self.bins)} bins"
                )
            return
        given = np.atleast_1d(np.asarray(self.limit, dtype=np.float64))
        if given.shape not in ((1,), (len(self.bins),)) or not (given > 0.0).all():
            refuse(owner, "limit", self.limit, f"one positive number, or one for every bin ({len(self.bins)} bins)")

    def numbers(self) -> tuple[float, ...]:
        """The constants."""
        return self.constants() if callable(self.constants) else self.constants

    def statement_of(self, options: dict[str, Any]) -> tuple[str, float]:
        """The statistic in words and its confidence level [1], NaN if unknown; some depend on the options."""
        return (self.statistic, self.confidence) if self.statement is None else self.statement(options)

    def sources_of(self, options: dict[str, Any]) -> tuple[str, ...]:
        """The references of the search with these options."""
        return self.references if self.sources is None else self.sources(options)
