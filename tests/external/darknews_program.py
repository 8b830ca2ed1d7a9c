"""Ask DarkNews (arXiv:2207.04137) for cross sections, event sums and widths, with every vertex it used.

Run as a program: one JSON request on standard input, one JSON reply on standard output; whatever DarkNews
prints goes to standard error. It needs DarkNews only. Energies, masses and widths are in GeV, Q2 in GeV^2,
cross sections in cm^2 per target nucleus, fluxes in 1/(cm^2 GeV POT).

Keys of every request (square brackets: optional, with the default)

- ``request``: ``total_xsec``, ``event_rate`` or ``total_width``
- ``model``: keywords of DarkNews' three-portal model; those of `STATED` must be given, because their defaults
  are not zero. With a vertex keyword (``d_mu4``, ``dprotonV``, ...) it is DarkNews' generic model, whose
  vertices are zero unless given.
- [``exchange_Z``: true]: false sets the vertices of the Z boson in the process to zero
- [``seeds``: [1, 2]]: the Monte Carlo gives one number per seed
- [``neval``, ``nint``, ``neval_warmup``, ``nint_warmup``]: its settings, default `EVALUATIONS`

``total_xsec``: ``target`` (C12), ``regime`` (coherent, p-el, n-el), ``helicity`` (conserving, flipping),
``energies``; [``projectile``: nu_mu], [``integration``: monte_carlo], [``diagrams``: [total]],
[``form_factor_Q2``: []].
``event_rate``: ``experiment`` (miniboone_fhc), ``decay_product`` (e+e-, mu+mu-, photon);
[``regimes``: [coherent, p-el]], [``helicities``: both], [``projectile``], [``integration``: quadrature],
[``diagrams``: [total]], [``threshold_factor``: 1.05].
``total_width``: ``decay_product``.

Every reply has the version, constants and couplings of DarkNews. A cross section comes per energy with the
range of Q2; an event sum per case (nucleus, regime, helicity), as ``produced`` (heavy neutrinos made) and as
``events`` (the same with the decay sampled too: equal but for noise, as every decay counts).

``integration``: ``monte_carlo`` is DarkNews' own integration, ``quadrature`` the integral of DarkNews' own
differential cross section (times its own flux) on fixed Gauss nodes, free of Monte Carlo noise. They differ
where the lower limit of Q2 does: for m_N/sqrt(s) < 1e-3 (heavy nuclei) DarkNews takes M^2 m_N^4/(s - M^2)^2,
too low by (m_N/E)^2/2, 2 % at m_N/E = 0.2. ``Q2_min`` in a reply is exact, ``Q2_min_sampled`` is DarkNews'.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Request = dict[str, Any]
Floats = NDArray[np.float64]

STATED = ("m4", "HNLtype", "mzprime", "gD", "UD4", "Umu4", "epsilon")
"""Three-portal keywords whose DarkNews default is a choice of physics."""
STATED_GENERIC = ("m4", "HNLtype", "mzprime")
VERTICES = ("Cij", "Vij", "Sij", "Tij", "Chad", "Vhad", "Shad")
COUPLINGS = ("deV", "deA", "deS", "ceV", "ceA")
NUCLEON_COUPLINGS = ("dprotonV", "dneutronV", "cprotonV", "cneutronV", "dprotonS", "dneutronS")
FORM_FACTORS = ("F1_EM", "F2_EM", "F1_NC", "F2_NC", "F3_NC")
WEAK_CONSTANTS = ("s2w", "Gf", "m_W", "m_Z", "gweak", "vev_EW")
CONSTANTS = ("eQED", "alphaQED", "m_e", "m_proton", "m_neutron", "invGeV2_to_cm2", "t_to_GeV")
EVALUATIONS = {
    "total_xsec": {"neval": 20_000, "nint": 10, "neval_warmup": 5_000, "nint_warmup": 10},
    "event_rate": {"neval": 200_000, "nint": 1, "neval_warmup": 5_000, "nint_warmup": 10},
    "total_width": {"neval": 50_000, "nint": 10, "neval_warmup": 5_000, "nint_warmup": 10},
}
"""Scatter between seeds [1]: cross section 1e-5, one ``produced`` 1e-3, one ``events`` 3e-3, width 2e-5."""
MONTE_CARLO = {"request", "model", "exchange_Z", "seeds", "neval", "nint", "neval_warmup", "nint_warmup"}
SCATTERING = MONTE_CARLO | {"projectile", "integration", "diagrams"}
KEYS = {
    "total_xsec": SCATTERING | {"target", "regime", "helicity", "energies", "form_factor_Q2"},
    "event_rate": SCATTERING | {"experiment", "decay_product", "regimes", "helicities", "threshold_factor"},
    "total_width": MONTE_CARLO | {"decay_product"},
}
FLUX_NODES = 4
"""Gauss nodes per segment of the piecewise linear flux [1]."""
Q2_PANELS, Q2_NODES = 40, 16
"""Gauss panels in ln Q2 and nodes per panel [1]."""
THRESHOLD_STEPS = (1e-4, 1e-3, 0.01, 0.03, 0.05, 0.1, 0.2)
"""Extra segment ends above the threshold E_th, as E/E_th - 1, where sigma rises like a square root [1]."""


def darknews(module: str) -> Any:
    """A module of DarkNews, or of the libraries it draws random numbers with."""
    return importlib.import_module(module)


def model(request: Request) -> Any:
    """The DarkNews model of a request; refuses what DarkNews would silently ignore or fill in."""
    launcher = darknews("DarkNews.GenLauncher")
    given: dict[str, Any] = request["model"]
    generic = bool(set(given) & set(launcher.GENERIC_MODEL_ARGS))
    own = launcher.GENERIC_MODEL_ARGS if generic else launcher.THREE_PORTAL_ARGS
    unknown = set(given) - set(launcher.COMMON_MODEL_ARGS) - set(own)
    missing = set(STATED_GENERIC if generic else STATED) - set(given)
    if unknown or missing:
        message = f"model keywords unknown to DarkNews: {sorted(unknown)}; not stated: {sorted(missing)}"
        raise ValueError(message)
    models = darknews("DarkNews.model")
    return (models.GenericHNLModel if generic else models.ThreePortalModel)(**given)


def without_Z(process: Any) -> None:
    """Set both ends of the Z exchange of an upscattering process to zero."""
    process.Cij = process.Cji = process.Chad = 0.0


def vegas_keywords(request: Request) -> dict[str, int]:
    """Monte Carlo settings of a request under the names DarkNews gives them."""
    names = {"neval": "NEVAL", "nint": "NINT", "neval_warmup": "NEVAL_warmup", "nint_warmup": "NINT_warmup"}
    default = EVALUATIONS[request["request"]]
    return {theirs: int(request.get(ours, default[ours])) for ours, theirs in names.items()}


def seeded(request: Request) -> Iterator[int]:
    """The seeds of a request, each after seeding every generator DarkNews draws from.

    DarkNews seeds numpy only, while its integrator draws from gvar unless it is handed a generator.
    """
    for seed in request.get("seeds", [1, 2]):
        darknews("numpy.random").seed(seed)
        darknews("gvar").ranseed(seed)
        yield seed


def description(process: Any) -> dict[str, Any]:
    """Vertices, masses and multiplicity that DarkNews uses in an upscattering process."""
    return {
        "vertices": {name: float(getattr(process, name)) for name in VERTICES},
        "target_mass": float(process.MA),
        "target_Z": int(process.target.Z),
        "target_N": int(process.target.N),
        "multiplicity": int(process.target_multiplicity),
        "threshold": float(process.Ethreshold),
        "m_N": float(process.m_ups),
        "mzprime": float(process.mzprime),
        "mhprime": float(process.mhprime),
    }


def momentum_range(process: Any, energy: Floats) -> tuple[Floats, Floats]:
    """Kinematic limits of Q2 [GeV^2]; the lower one from the product of the roots, without cancellation."""
    mass, heavy = process.MA, process.m_ups
    high = darknews("DarkNews.phase_space").upscattering_Q2max(energy, heavy, mass)
    low = mass**2 * heavy**4 / ((mass**2 + 2.0 * mass * energy) * high)
    return low, high


def momentum_cut(process: Any) -> float:
    """Upper cut on Q2 [GeV^2] that DarkNews applies in total cross sections, and only there."""
    return 2.0**2 if process.scattering_regime == "coherent" else 5.0**2


def panels(edges: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on consecutive intervals, shapes (nodes * intervals,)."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (1.0 + x)).ravel(), (half * w).ravel()


def integrated_xsec(process: Any, energy: Floats, cut: float, diagrams: list[str]) -> Floats:
    """DarkNews' differential cross section integrated over ln Q2 [cm^2], shape of the energy."""
    low, high = momentum_range(process, energy)
    start, length = np.log(low), np.log(np.minimum(high, cut) / low)
    unit, weight = panels(np.linspace(0.0, 1.0, Q2_PANELS + 1), Q2_NODES)
    squared = np.exp(start[:, None] + length[:, None] * unit)
    mass, heavy = process.MA, process.m_ups
    s = np.broadcast_to((mass**2 + 2.0 * mass * energy)[:, None], squared.shape).ravel()
    q2 = squared.ravel()
    mandelstam = [s, -q2, 2.0 * mass**2 + heavy**2 - s + q2]
    slope = darknews("DarkNews.amplitudes").upscattering_dxsec_dQ2(mandelstam, process, diagrams=diagrams)
    integral = (slope.reshape(squared.shape) * squared) @ weight * length
    return np.asarray(integral * process.target_multiplicity, dtype=np.float64)


def form_factors(process: Any, squared: Floats) -> dict[str, list[float]]:
    """Form factors of the target at the given Q2 [GeV^2]."""
    values = {"Q2": squared.tolist()}
    for name in FORM_FACTORS:
        value = getattr(process.target, name)(squared) if hasattr(process.target, name) else 0.0
        values[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), squared.shape).tolist()
    return values


def total_xsec(request: Request) -> dict[str, Any]:
    """Total cross section of one process at the requested energies."""
    theory = model(request)
    literals = darknews("particle.literals")
    process = darknews("DarkNews.processes").UpscatteringProcess(
        nu_projectile=getattr(literals, request.get("projectile", "nu_mu")),
        nu_upscattered=darknews("DarkNews.pdg").neutrino4,
        nuclear_target=darknews("DarkNews.nuclear_tools").NuclearTarget(request["target"]),
        scattering_regime=request["regime"],
        TheoryModel=theory,
        helicity=request["helicity"],
    )
    if not request.get("exchange_Z", True):
        without_Z(process)
    points = [xsec_point(process, float(energy), request) for energy in request["energies"]]
    squared = np.asarray(request.get("form_factor_Q2", []), dtype=np.float64)
    return {
        "couplings": couplings(theory),
        "process": description(process),
        "form_factors": form_factors(process, squared) if squared.size else {},
        "points": points,
    }


def chosen_diagrams(process: Any, request: Request) -> list[str]:
    """Diagrams of a request; refuses those the model lacks, which DarkNews would take as zero."""
    diagrams: list[str] = request.get("diagrams", ["total"])
    unknown = set(diagrams) - {"total", *process.calculable_diagrams}
    if unknown:
        message = f"diagrams {sorted(unknown)} are not in this model, which has {process.calculable_diagrams}"
        raise ValueError(message)
    return diagrams


def xsec_point(process: Any, energy: float, request: Request) -> dict[str, Any]:
    """Cross section at one energy: one number per seed, or one by quadrature."""
    cut, diagrams = momentum_cut(process), chosen_diagrams(process, request)
    if energy <= process.Ethreshold:
        return {"energy": energy, "cross_sections": [0.0]}
    low, high = momentum_range(process, np.array([energy]))
    if request.get("integration", "monte_carlo") == "quadrature":
        values = integrated_xsec(process, np.array([energy]), cut, diagrams).tolist()
    else:
        numbers = vegas_keywords(request)
        values = [float(process.total_xsec(energy, diagrams=diagrams, **numbers)) for _ in seeded(request)]
    sampled = darknews("DarkNews.phase_space").upscattering_Q2min(energy, process.m_ups, process.MA)
    return {
        "energy": energy,
        "Q2_min": float(low[0]),
        "Q2_min_sampled": float(sampled),
        "Q2_max": float(high[0]),
        "Q2_cut": cut,
        "cross_sections": values,
    }


def couplings(theory: Any) -> dict[str, float]:
    """Couplings of electron and nucleons in a model."""
    return {name: float(getattr(theory, name)) for name in COUPLINGS + NUCLEON_COUPLINGS if hasattr(theory, name)}


def cases(request: Request, theory: Any, detector: Any) -> Iterator[Any]:
    """The Monte Carlo cases of an experiment: nucleus, regime, helicity (hydrogen only as p-el)."""
    for target in detector.NUCLEAR_TARGETS:
        for regime in request.get("regimes", ["coherent", "p-el"]):
            absent = (regime == "coherent" and not target.is_nucleus) or (regime == "n-el" and target.N < 1)
            for helicity in [] if absent else request.get("helicities", ["conserving", "flipping"]):
                case = darknews("DarkNews.MC").MC_events(
                    detector,
                    bsm_model=theory,
                    enforce_prompt=True,
                    sparse=3,
                    nuclear_target=target,
                    scattering_regime=regime,
                    nu_projectile=getattr(darknews("particle.literals"), request.get("projectile", "nu_mu")),
                    helicity=helicity,
                    decay_product=request["decay_product"],
                )
                if not request.get("exchange_Z", True):
                    without_Z(case.ups_case)
                yield case


def sampled_events(case: Any, request: Request) -> dict[str, Any]:
    """Events of one case by DarkNews' own sampling: with the decay sampled too, and without."""
    if request.get("threshold_factor", 1.05) != 1.05 or request.get("diagrams", ["total"]) != ["total"]:
        message = "DarkNews samples all diagrams above 1.05 E_th only: ask for integration 'quadrature'"
        raise ValueError(message)
    monte_carlo = darknews("DarkNews.MC")
    for name, number in vegas_keywords(request).items():
        setattr(monte_carlo, name, number)
    events, produced, quoted = [], [], []
    for seed in seeded(request):
        case.rng = np.random.default_rng(seed).random
        frame = case.get_MC_events()
        weights = frame["w_event_rate"].to_numpy(dtype=np.float64)
        events.append(float(weights.sum()))
        produced.append(float(frame["w_flux_avg_xsec"].sum()))
        quoted.append(float(np.sqrt((weights**2).sum())))
    return {"energy_min": float(case.EMIN), "events": events, "produced": produced, "quoted_error": quoted}


def integrated_events(case: Any, request: Request) -> dict[str, Any]:
    """Events of one case: DarkNews' cross section and flux on Gauss nodes between the points of the flux."""
    process, detector = case.ups_case, case.experiment
    flux = detector.neutrino_flux(case.nu_projectile)
    threshold = process.Ethreshold
    low = max(detector.ERANGE[0], float(request.get("threshold_factor", 1.05)) * threshold)
    high = float(detector.ERANGE[1])
    inner = np.concatenate([flux.x, threshold * (1.0 + np.array(THRESHOLD_STEPS))])
    edges = np.unique(np.concatenate([[low, high], inner[(inner > low) & (inner < high)]]))
    energy, weight = panels(edges, FLUX_NODES)
    xsec = integrated_xsec(process, energy, np.inf, chosen_diagrams(process, request))
    exposure = detector.NUMBER_OF_TARGETS[case.nuclear_target.name] * detector.POTS
    total = float((xsec * flux(energy)) @ weight * exposure)
    return {"energy_min": low, "events": [total], "produced": [total]}


def event_rate(request: Request) -> dict[str, Any]:
    """Number of heavy neutrinos made in an experiment, all decaying to one product, case by case."""
    theory = model(request)
    detector = darknews("DarkNews.detector").Detector(request["experiment"])
    sampled = request.get("integration", "quadrature") == "monte_carlo"
    rows = []
    for case in cases(request, theory, detector):
        start = time.perf_counter()
        numbers = sampled_events(case, request) if sampled else integrated_events(case, request)
        name = {
            "target": case.nuclear_target.name,
            "regime": case.scope["scattering_regime"],
            "helicity": case.helicity,
        }
        seconds = {"seconds": time.perf_counter() - start}
        rows.append(name | numbers | seconds | {"process": description(case.ups_case)})
    flux = detector.neutrino_flux(case.nu_projectile)
    return {
        "couplings": couplings(theory),
        "experiment": {
            "POT": float(detector.POTS),
            "energy_range": [float(edge) for edge in detector.ERANGE],
            "number_of_targets": {name: float(n) for name, n in detector.NUMBER_OF_TARGETS.items()},
            "nuclear_masses": {target.name: float(target.mass) for target in detector.NUCLEAR_TARGETS},
            "flux": {"energy": flux.x.tolist(), "flux": flux.y.tolist()},
        },
        "cases": rows,
        "events": np.sum([row["events"] for row in rows], axis=0).tolist(),
        "produced": np.sum([row["produced"] for row in rows], axis=0).tolist(),
    }


def total_width(request: Request) -> dict[str, Any]:
    """Width of N4 to light neutrinos and one visible product [GeV], one number per seed."""
    theory = model(request)
    pdg, processes = darknews("DarkNews.pdg"), darknews("DarkNews.processes")
    product = request["decay_product"]
    if product == "photon":
        decay = processes.FermionSinglePhotonDecay(pdg.neutrino4, pdg.nulight, TheoryModel=theory)
        vertices = {"Tih": float(decay.Tih)}
        widths = [float(decay.total_width())]
    else:
        lepton = {"e+e-": pdg.electron, "mu+mu-": pdg.muon}[product]
        decay = processes.FermionDileptonDecay(pdg.neutrino4, pdg.nulight, lepton, lepton, TheoryModel=theory)
        if not request.get("exchange_Z", True):
            decay.Cih = decay.Cv = decay.Ca = 0.0
        names = ("Cih", "Dih", "Sih", "Tih", "Cv", "Ca", "Dv", "Da", "Ds", "Dp")
        vertices = {name: float(getattr(decay, name)) for name in names}
        numbers = vegas_keywords(request)
        widths = [float(decay.total_width(**numbers)) for _ in seeded(request)]
    return {"couplings": couplings(theory), "vertices": vertices, "widths": widths}


def reply(request: Request) -> dict[str, Any]:
    """The answer to a request, with the version of DarkNews, its constants and the time it took."""
    package = darknews("DarkNews")
    package.configure_loggers(loglevel="ERROR")
    unknown = set(request) - KEYS[request["request"]]
    if unknown:
        message = f"keys {sorted(unknown)} are not part of a {request['request']} request"
        raise ValueError(message)
    if request.get("integration", "quadrature") not in ("quadrature", "monte_carlo"):
        message = f"integration is 'quadrature' or 'monte_carlo', not {request['integration']!r}"
        raise ValueError(message)
    questions = {"total_xsec": total_xsec, "event_rate": event_rate, "total_width": total_width}
    start = time.perf_counter()
    answer = questions[request["request"]](request)
    source = darknews("DarkNews.const")
    return {
        "program": "DarkNews",
        "version": str(package.__version__),
        "constants": {name: float(getattr(source, name)) for name in WEAK_CONSTANTS + CONSTANTS},
        "seconds": time.perf_counter() - start,
    } | answer


def main() -> None:
    """Answer the request on standard input; only the reply reaches standard output."""
    request: Request = json.load(sys.stdin)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        json.dump(reply(request), output)


if __name__ == "__main__":
    main()
