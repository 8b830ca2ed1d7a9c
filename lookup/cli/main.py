"""The command ``gloam``: list, show, experiment, cite, doctor, warm, query, rate, limit, likelihood, profile, plot and export.

Data on stdout, logs on stderr; exit status 0 done, 1 a check or some rows failed, 2 bad usage.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gloam.lookup.cli.answers import INTERVAL_COLUMNS, value_columns
from gloam.lookup.cli.documents import provenance
from gloam.lookup.cli.experiments import add_verb
from gloam.lookup.cli.exports import add_export
from gloam.lookup.cli.likelihoods import add_verbs
from gloam.lookup.cli.planes import add_plot
from gloam.lookup.cli.points import number, pairs
from gloam.lookup.cli.replies import (
    DONE,
    FAILED,
    INTERRUPTED,
    USAGE,
    answer,
    came_from,
    complain,
    plain,
    references_of,
)
from gloam.lookup.errors import BadParameter, DoesNotFit, GloamError, StoreError, UnknownName
from gloam.tables.folders import BadEntries
from gloam.version import VersionOption


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    if sys.stdout is None:
        return complain("standard output is closed: open it, to a file or to /dev/null", FAILED)
    top = parser()
    options, rest = top.parse_known_args(arguments)  # k=v arguments may stand before and after flags
    if any(text.startswith("-") or "=" not in text for text in rest) or (rest and not hasattr(options, "inputs")):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if rest:
            options.inputs = [*options.inputs, *rest]
        if getattr(options, "experiment", None) is not None:
            _bind_experiment(options)
        status: int = options.action(options)
        sys.stdout.flush()
    except StoreError as error:
        return complain(error, FAILED)
    except (GloamError, BadEntries) as error:
        return complain(error, USAGE)
    except BrokenPipeError:
        _discard_output()
        return DONE
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)
    except OSError as error:
        if error.filename is not None:
            return complain(f"cannot use {error.filename}: {error.strerror}; choose another path", FAILED)
        _discard_output()
        return complain(f"cannot write the answer: {error.strerror or error}; send standard output elsewhere", FAILED)
    return status


def _bind_experiment(options: argparse.Namespace) -> None:
    """Put the experiment of the user into the names of the searches that take one."""
    from gloam.lookup.callables.members import named, templates

    if hasattr(options, "name"):
        options.name = named(options.name, options.experiment)
    else:
        known = templates()
        options.inputs = [named(text, options.experiment) if text in known else text for text in options.inputs]


def _discard_output() -> None:
    """Let what is left for standard output go nowhere, so that Python does not fail with it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def parser() -> argparse.ArgumentParser:
    """The argument parser of ``gloam``."""
    top = argparse.ArgumentParser(prog="gloam", description="Rates and limits of dark-sector models from tables.")
    top.add_argument("--version", action=VersionOption)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    item = _verb(verbs, "list", "what there is, and which model fits which search", _list)
    item.add_argument("kind", nargs="?", choices=("tables", "searches", "models", "curves"))
    _verb(verbs, "show", "describe a table, quantity, model or search", _show).add_argument("name")
    item = _verb(verbs, "cite", "references of tables, models and searches", _cite)
    item.add_argument("names", nargs="*", metavar="TABLE|MODEL|SEARCH")
    item.add_argument("--bibtex", action="store_true", help="as BibTeX, with gloam's own entry; without names everything known")
    item = _verb(verbs, "doctor", "check the installation and the stores, and time a first answer", _doctor)
    item.add_argument("--cold", action="store_true", help="time it also without compiled code on disk")
    item = _verb(verbs, "warm", "compile ahead what searches and models run, and keep it; without names everything", _warm)
    item.add_argument("names", nargs="*", metavar="SEARCH MODEL")
    item.add_argument("--library", action="store_true", help="one library for every x86-64-v3 machine (needs a C compiler)")
    item.add_argument("--into", metavar="DIR", help="where to write the library, not into the cache")
    item = _verb(verbs, "query", "value of a table or composed quantity, or all quantities of a model", _query)
    item.add_argument("name")
    _benchmark(item)
    _points(item)
    for verb, text, action in (("rate", "rate of a search", _rate), ("limit", "limit on a coupling", _limit)):
        item = _verb(verbs, verb, text, action)
        item.add_argument("name", metavar="SEARCH")
        _binding(item)
        _points(item)
        if verb == "limit":
            item.add_argument("--coupling", help="parameter to be limited")
            item.add_argument("--scan", metavar="LOW:HIGH", help="scan these values of the coupling only")
            item.add_argument("--confidence", type=float, help="level of the exclusion, with --method")
            item.add_argument("--method", help="cls or delta-chi2: exclude by the statistic of the search")
            item.add_argument("--expected", action="store_true", help="also what was expected, with --method")
            item.add_argument("--negative", action="store_true", help="scan its negative values (eps of dark-neutrino)")
    add_verbs(verbs, _verb, _binding, _points)
    add_plot(verbs, _verb, _binding)
    add_export(verbs, _verb)
    add_verb(verbs, _verb)
    return top


def _verb(verbs: Any, name: str, text: str, action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    item: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    item.set_defaults(action=action)
    return item


def _binding(item: argparse.ArgumentParser) -> None:
    item.add_argument("--model", required=True)
    item.add_argument("--experiment", metavar="FILE.toml", help="an experiment of your own (docs/experiments.md)")
    _benchmark(item)
    item.add_argument("--option", action="append", default=[], metavar="K=V", help="option of the search")


def _benchmark(item: argparse.ArgumentParser) -> None:
    item.add_argument("--benchmark", metavar="NAME", help="point of `gloam show MODEL`; k=v replace its values")


def _points(item: argparse.ArgumentParser, metavar: str = "k=v") -> None:
    item.add_argument("inputs", nargs="*", metavar=metavar)
    item.add_argument("--points", metavar="FILE.csv", help="one point per row, header = names, - is stdin; answers are CSV too")
    item.add_argument("--keep", action="store_true", help="repeat the columns of --points before the answers")
    item.add_argument("--json", action="store_true", help="print JSON")
    item.add_argument("--cite", action="store_true", help="print the references too")


def _query(options: argparse.Namespace) -> int:
    from gloam.lookup.callables.modules import names as known
    from gloam.lookup.callables.table import Table, load

    if options.name in known("models"):
        return _query_model(options)
    if options.name in known("searches"):
        msg = f"{options.name} is a search, which answers for a model: `gloam rate {options.name} --model MODEL k=v ...`"
        raise DoesNotFit(msg)
    try:
        table = load(options.name)
    except UnknownName as error:
        raise UnknownName("table, quantity or model", options.name, [*error.known, *known("models")]) from error
    stored = isinstance(table, Table)
    unit = table.spec.unit if stored else table.unit
    names = list(table.spec.components) if stored else ["value"]

    def ask(point: dict[str, Any]) -> dict[str, Any]:
        value, error = table.value_and_error(**point)
        result = {"value": plain(value), "error": plain(error), "unit": unit, "options": {}}
        result.update({} if stored else table.external(**point))
        result["provenance"] = provenance([table] if stored else table.tables, point, {}, table=options.name)
        return {**result, "bins": names} if len(names) > 1 else result

    return answer(options, ask, value_columns(names))


def _query_model(options: argparse.Namespace) -> int:
    from gloam.lookup.callables.bound_model import model
    from gloam.lookup.callables.modules import model_named
    from gloam.lookup.vocabulary import Kind

    options.option, options.model = [], options.name
    slots = model_named(options.name).described()
    bound = _Bound(options, lambda chosen: model(options.name, **chosen))

    def ask(point: dict[str, Any]) -> dict[str, Any]:
        made, parameters = bound(point)
        values = made(**parameters)
        absent = {name for name in values if math.isnan(values.get(slots[name].state, 0.0))}  # of states that the model lacks
        values = {name: value for name, value in values.items() if name not in absent}
        relative = {name for name in values if slots[name].kind is Kind.RELATIVE_ERROR}
        units = {name: "(relative)" if name in relative else slots[name].unit for name in values}
        external = {name: size for name, size in made.external(**parameters).items() if name in values}
        came = provenance(made.tables, made.completed(parameters), made.options, model=options.name)
        return {"quantities": values, "units": units, "options": made.options, "external": external, "provenance": came}

    uncertain = [name for name, slot in slots.items() if slot.kind in (Kind.WIDTH, Kind.LENGTH, Kind.FRACTION)]
    return answer(options, ask, [*slots, *(f"external {name}" for name in uncertain)])


def _split(inputs: dict[str, Any], options: list[str], model: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(options, parameters): discrete options of the model may stand among the parameters."""
    from gloam.lookup.callables.modules import model_named

    discrete = {option.name for option in model_named(model).options}
    chosen = {name: value for name, value in inputs.items() if name in discrete}
    return {**chosen, **pairs(options)}, {name: value for name, value in inputs.items() if name not in discrete}


class _Bound:
    """Callables per set of discrete options, so that a column of ``--points`` may hold ``nature``."""

    def __init__(self, options: argparse.Namespace, make: Callable[[dict[str, Any]], Any]) -> None:
        self._options, self._make = options, make
        self._made: dict[str, Any] = {}

    def __call__(self, point: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        chosen, parameters = _split(point, self._options.option, self._options.model)
        key = json.dumps(chosen, sort_keys=True)
        if key not in self._made:
            self._made[key] = self._make(chosen)
        return self._made[key], parameters


def _rate(options: argparse.Namespace) -> int:
    from gloam.lookup.callables.modules import search_named
    from gloam.lookup.callables.rates import rate

    bound = _Bound(options, lambda chosen: rate(options.name, options.model, **chosen))

    def ask(point: dict[str, Any]) -> dict[str, Any]:
        made, parameters = bound(point)
        value, error = made.value_and_error(**parameters)
        return {
            "value": plain(value),
            "error": plain(error),
            **({"bins": list(made.bins)} if len(made.bins) > 1 else {}),
            "unit": made.unit,
            "options": made.options,
            **made.external(**parameters),
            "provenance": came_from(made, parameters),
        }

    return answer(options, ask, value_columns(search_named(options.name).bins))


def _limit(options: argparse.Namespace) -> int:
    from gloam.lookup.callables.limits import limit

    def make(chosen: dict[str, Any]) -> Any:
        scan = None if options.scan is None else _span(options.scan, "--scan", "LOW:HIGH")
        asked = {name: getattr(options, name) for name in ("negative", "confidence", "method", "expected")}
        return limit(options.name, options.model, options.coupling, scan=scan, **asked, **chosen)

    bound = _Bound(options, make)

    def ask(point: dict[str, Any]) -> dict[str, Any]:
        made, parameters = bound(point)
        found = made(**parameters)
        result = {
            "coupling": found.coupling,
            "unit": found.unit,
            "intervals": found.intervals,
            "errors": found.errors,
            "significant": found.significant,
            "gaps_significant": found.gaps_significant,
            "scanned": found.scanned,
            "gaps": [asdict(gap) for gap in found.gaps],
            "statistic": found.statistic,
            "confidence": found.confidence if found.confidence == found.confidence else None,
            "closest": None,
            **({"expected": found.expected} if options.expected else {}),
            **made.external(found, **parameters),
            "options": made.rate.options,
            **({"drivers": made.drivers(found, **parameters)} if len(made.rate.bins) > 1 else {}),
            "provenance": came_from(made.rate, parameters),
        }
        if not found.intervals:
            value, ratio, error = made.closest(**parameters)
            known = made.rate.external(**parameters, **{found.coupling: value}) if ratio > 0.0 else {}
            result["closest"] = {"value": value, "ratio": ratio, "error": error, "external": known.get("external", 0.0)}
            result["external_source"] = known.get("external_source", "")
        return result

    return answer(options, ask, INTERVAL_COLUMNS)


def _span(text: str, what: str, form: str) -> tuple[float, float]:
    """The two numbers of LOW:HIGH."""
    low, _, high = text.partition(":")
    ends = number(low), number(high)
    if not all(isinstance(end, float) for end in ends):
        msg = f"{what} is not of the form {form}" if text in what else f"{what} {text!r} is not of the form {form}"
        raise BadParameter(msg)
    return ends


def _list(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.catalogue import listing

    sys.stdout.write(listing(options.kind) + "\n")
    return DONE


def _show(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.catalogue import description

    sys.stdout.write(description(options.name) + "\n")
    return DONE


def _cite(options: argparse.Namespace) -> int:
    from gloam.lookup.callables.citations import bibtex, everything
    from gloam.lookup.cli.catalogue import references

    if options.bibtex:
        sys.stdout.write(bibtex(references(options.names) if options.names else everything()))
        return DONE
    if not options.names:
        msg = "name tables, models or searches: gloam cite NAME... (gloam list), or gloam cite --bibtex for all references"
        raise BadParameter(msg)
    sys.stdout.write("\n".join(references_of(options.names)) + "\n")
    return DONE


def _warm(options: argparse.Namespace) -> int:
    from gloam.lookup.callables import warming
    from gloam.lookup.interpolation import code_cache

    if len(options.names) % 2:
        msg = f"name searches and models in pairs, SEARCH MODEL SEARCH MODEL ...: got {' '.join(options.names)}"
        raise BadParameter(msg)
    chosen = list(zip(options.names[::2], options.names[1::2], strict=True))
    if options.library:
        return _warm_library(chosen, options.into)
    if options.into is not None:
        msg = "--into says where --library is written: give both"
        raise BadParameter(msg)
    if code_cache.usable() is None:
        return FAILED
    for search, model in chosen or warming.pairs():
        begin = time.perf_counter()
        warming.warm(search, model)
        sys.stdout.write(f"{search} {model}: {time.perf_counter() - begin:.1f} s\n")
        sys.stdout.flush()
    if not chosen:
        begin = time.perf_counter()
        warming.warm_tables()
        sys.stdout.write(f"tables and quantities: {time.perf_counter() - begin:.1f} s\n")
    return FAILED if code_cache.failed() else DONE


def _warm_library(chosen: list[tuple[str, str]], into: str | None) -> int:
    from gloam.lookup.export.process import in_process

    begin = time.perf_counter()
    [path] = in_process("library", pairs=chosen, directory=into)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {time.perf_counter() - begin:.1f} s\n")
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.catalogue import columns
    from gloam.lookup.cli.doctor import diagnosis

    found, healthy = diagnosis(options.cold)
    sys.stdout.write(columns("gloam doctor", found) + "\n")
    return DONE if healthy else FAILED


if __name__ == "__main__":
    sys.exit(main())
