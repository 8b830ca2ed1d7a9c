"""Parameters under the names of other programs, converted where that is asked for and never guessed.

DarkNews 0.4.8 takes amplitudes U and its transition moments are twice the dipole, as here; GAMBIT's Ue1, Um1, Ut1 are squares
already; the coupling of FORESEE's dark photon is eps (arXiv:2105.07077).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gloam.lookup.callables.arguments import numbers
from gloam.lookup.errors import BadParameter, UnknownName
from gloam.lookup.vocabulary import Parameter

FLAVOURS = ("e", "mu", "tau")


def _same(value: float) -> float:
    return value


def _square(value: float) -> float:
    return value * value


def _structure(value: float) -> float:
    return value * value / (4.0 * math.pi)


@dataclass(frozen=True)
class Alias:
    """Our name of a parameter, how its value follows from theirs, this in words, and the unit of theirs."""

    name: str
    convert: Callable[[float], float]
    words: str
    unit: str = "1"


@dataclass(frozen=True)
class Aliases:
    """Names of one program; call it with them to get ours: ``aliases("darknews")(m4=0.1, Umu4=1e-3)``.

    Attributes
    ----------
    program : str
    known : dict of str to Alias
    refused : dict of str to str
        Names that cannot be converted, and why.
    words : dict of str to (str, dict)
        Names whose values are words: our name, and ours for each of theirs in lower case.
    """

    program: str
    known: dict[str, Alias]
    refused: dict[str, str]
    words: dict[str, tuple[str, dict[str, str]]]

    def __call__(self, **given: Any) -> dict[str, Any]:
        """Parameters and options under our names.

        Raises
        ------
        UnknownName
            For a name that the program does not have.
        BadParameter
            For one that cannot be converted, two that mean the same, or a value that is no number or word of its.
        """
        found: dict[str, Any] = {}
        source: dict[str, str] = {}
        for theirs, value in given.items():
            ours, converted = self._one(theirs, value)
            if ours in found:
                msg = f"{self.program}: {source[ours]} and {theirs} both give {ours}: keep one of them"
                raise BadParameter(msg)
            found[ours], source[ours] = converted, theirs
        return found

    def _one(self, theirs: str, value: Any) -> tuple[str, Any]:
        if theirs in self.refused:
            msg = f"{self.program}: {theirs} is not converted: {self.refused[theirs]}"
            raise BadParameter(msg)
        if theirs in self.words:
            ours, choices = self.words[theirs]
            if str(value).lower() not in choices:
                raise UnknownName(f"{theirs} of {self.program}", value, choices)
            return ours, choices[str(value).lower()]
        if theirs not in self.known:
            raise UnknownName(f"parameter of {self.program}", theirs, [*self.known, *self.words])
        alias = self.known[theirs]
        number = numbers(self.program, Parameter(theirs, alias.unit, -math.inf, math.inf, None, alias.words), value)
        converted = alias.convert(number)  # type: ignore[arg-type]
        return alias.name, float(converted) if number.ndim == 0 else converted


_DARKNEWS = Aliases(
    "darknews",
    {
        "m4": Alias("m_N", _same, "mass of N", "GeV"),
        "mzprime": Alias("m_Zp", _same, "mass of the mediator", "GeV"),
        "epsilon": Alias("eps", _same, "kinetic mixing with the photon"),
        "gD": Alias("alpha_D", _structure, "g_D^2/(4 pi)"),
        "alphaD": Alias("alpha_D", _same, "g_D^2/(4 pi)"),
        "UD4": Alias("U2_D", _square, "|U_D4|^2, from the amplitude"),
        **{f"U{flavour}4": Alias(f"U2_{flavour}", _square, f"|U_{flavour}4|^2, from the amplitude") for flavour in FLAVOURS},
        **{f"mu_tr_{flavour}4": Alias(f"mu_tr_{flavour}", _same, "transition moment", "GeV^-1") for flavour in FLAVOURS},
    },
    {
        "chi": "it mixes with hypercharge, eps = chi cos(theta_W) with an angle of that program; give epsilon",
        "epsilon2": "it has lost the sign of eps; give epsilon",
        "alpha_epsilon2": "it has lost the sign of eps, and contains alpha as that program has it; give epsilon",
        "epsilonZ": "mass mixing of the mediator with the Z is in no model here",
    },
    {"HNLtype": ("nature", {"dirac": "dirac", "majorana": "majorana"})},
)
_GAMBIT = Aliases(
    "gambit",
    {
        "M_1": Alias("m_N", _same, "mass of N", "GeV"),
        "Ue1": Alias("U2_e", _same, "|U_e1|^2: GAMBIT's Ue1 is the square already"),
        "Um1": Alias("U2_mu", _same, "|U_mu1|^2: a square already"),
        "Ut1": Alias("U2_tau", _same, "|U_tau1|^2: a square already"),
    },
    {},
    {},
)
_FORESEE = Aliases(
    "foresee-dark-photon",
    {"mass": Alias("m_Ap", _same, "mass of the dark photon", "GeV"), "coupling": Alias("eps", _same, "kinetic mixing")},
    {},
    {},
)
PROGRAMS = {item.program: item for item in (_DARKNEWS, _GAMBIT, _FORESEE)}


def aliases(program: str) -> Aliases:
    """Names of another program: ``rate(**aliases("darknews")(m4=0.1, mzprime=1.25, Umu4=1e-3, UD4=1.0, gD=1.0, epsilon=1e-3))``.

    Parameters
    ----------
    program : "darknews", "gambit" or "foresee-dark-photon"

    Raises
    ------
    UnknownName
    """
    if program not in PROGRAMS:
        raise UnknownName("program with other names", program, PROGRAMS)
    return PROGRAMS[program]
