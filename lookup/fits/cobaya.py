"""A likelihood of cobaya: ``gloam.lookup.fits.cobaya.Gloam`` in a YAML file or a dictionary.

    likelihood:
      gloam.lookup.fits.cobaya.Gloam:
        searches: [na64-semivisible, g-2]
        model: idm
        fixed: {r: 0.33, Delta: 0.4, alpha_D: 0.1}

The other parameters are sampled, with the priors of the file. ``options`` are those of ``lookup.likelihood``. ln L is -inf
where a search has no answer: cobaya would pass NaN on in silence.
"""

from __future__ import annotations

from typing import Any

from cobaya.likelihood import Likelihood as CobayaLikelihood
from gloam.lookup.callables.likelihoods import Likelihood, likelihood
from gloam.lookup.errors import BadParameter


class Gloam(CobayaLikelihood):
    """ln L of several searches of one model."""

    searches: list[str] | None = None
    model: str | None = None
    fixed: dict[str, float] | None = None
    options: dict[str, Any] | None = None
    _bound: Likelihood

    def initialize(self) -> None:
        """Bind the searches.

        Raises
        ------
        BadParameter
            When searches or model are missing.
        """
        if not self.searches or not self.model:
            msg = "gloam in cobaya needs `searches` (a list) and `model`"
            raise BadParameter(msg)
        self._bound = likelihood(self.searches, self.model, **(self.options or {}))

    def get_requirements(self) -> dict[str, Any]:
        """The parameters that are neither fixed nor have a default."""
        given = self.fixed or {}
        return {item.name: None for item in self._bound.parameters if item.name not in given and item.default is None}

    def get_can_support_params(self) -> list[str]:
        """All parameters that are not fixed."""
        return [item.name for item in self._bound.parameters if item.name not in (self.fixed or {})]

    def logp(self, **values: Any) -> float:
        """ln L, -inf where a search has no answer."""
        names = {item.name for item in self._bound.parameters}
        given = {name: value for name, value in values.items() if name in names}
        return float(self._bound(**(self.fixed or {}), **given, outside="-inf"))
