"""Workspaces of pyhf (HistFactory JSON) from the bins of a search at a point."""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.callables.likelihoods import Likelihood
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.statistics import PoissonScale


def pyhf_workspace(likelihood: Likelihood, **parameters: float) -> dict[str, Any]:
    """HistFactory workspace with a channel per search, the signal at one point of the model, its strength ``mu`` as parameter.

    Errors of the background per bin become `staterror`, a common one and the error of the signal `normsys` of exp(+-size). A
    Gaussian bin is exported by its counts: HistFactory then takes its statistics as Poisson, which agrees for many events.

    Raises
    ------
    DoesNotFit
        When a search has no counts (a published curve, a measured value).
    BadParameter, OutOfRange, NoInformation
        As for the rates.
    """
    of_model = {item.name for item in likelihood.model.parameters}
    point: dict[str, Any] = {name: value for name, value in parameters.items() if name in of_model}
    channels, observations = [], []
    for name, rate, (statistic, _), relative in zip(
        likelihood.searches, likelihood.rates, likelihood.statistics, likelihood._relative, strict=True
    ):
        counts = statistic.counts()
        if counts is None:
            msg = f"{name} has no counts to export: {type(statistic).__name__} ({statistic.approximation or 'a measured value'})"
            raise DoesNotFit(msg)
        observed, background, error = counts
        values = np.atleast_1d(rate.value_and_error(**point)[0])
        signal = [{"name": "mu", "type": "normfactor", "data": None}]
        if relative > 0.0:
            signal.append(_common(f"{name}_signal", relative))
        known = []
        if isinstance(statistic, PoissonScale) and statistic.relative > 0.0:
            known.append(_common(f"{name}_background", statistic.relative))
        if error.any():
            known.append({"name": f"{name}_background_error", "type": "staterror", "data": error.tolist()})
        samples = [{"name": "signal", "data": values.tolist(), "modifiers": signal}]
        samples.append({"name": "background", "data": background.tolist(), "modifiers": known})
        channels.append({"name": name, "samples": samples})
        observations.append({"name": name, "data": observed.tolist()})
    start = {"name": "mu", "inits": [1.0], "bounds": [[0.0, 1e6]]}
    measurement = {"name": "gloam", "config": {"poi": "mu", "parameters": [start]}}
    return {"channels": channels, "observations": observations, "measurements": [measurement], "version": "1.0.0"}


def _common(name: str, size: float) -> dict[str, Any]:
    """A modifier that scales all bins together."""
    spread = {"hi": float(np.exp(size)), "lo": float(np.exp(-size))}
    return {"name": name, "type": "normsys", "data": spread}
