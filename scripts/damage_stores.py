#!/usr/bin/env python3
"""Damage copies of stores at random and ask them: only the right number, or one of gloam's errors in a sentence, may come back.

Each round takes one file of one store (numbers or metadata) and flips bits, cuts, empties, pads, overwrites, replaces or deletes
it; then the table is loaded by name, asked for values, errors and gradients at points of every label, described, and asked
once more. Exit status 0 when every answer equals that of the undamaged store to the bit or was refused, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gloam.lookup.cli import catalogue
from gloam.lookup.callables import store, table
from gloam.lookup.errors import GloamError, OutOfRange

POINTS = 3  # of every label
LONGEST_FLIP = 8  # bits at once
MANY = 600  # characters of the longest sentence
Answers = list[bytes]
Generator = np.random.Generator


def flip(raw: bytes, draw: Generator) -> bytes:
    """Up to eight bits inverted."""
    bits = np.frombuffer(raw, dtype=np.uint8).copy()
    for _ in range(int(draw.integers(1, LONGEST_FLIP + 1))):
        bits[draw.integers(bits.size)] ^= 1 << int(draw.integers(8))
    return bits.tobytes()


def truncate(raw: bytes, draw: Generator) -> bytes:
    """The beginning alone."""
    return raw[: int(draw.integers(len(raw)))]


def empty(raw: bytes, draw: Generator) -> bytes:
    """Nothing."""
    return b""


def zero(raw: bytes, draw: Generator) -> bytes:
    """A stretch of zeros, as after a lost block of the disk."""
    start = int(draw.integers(len(raw)))
    length = int(draw.integers(1, len(raw) - start + 1))
    return raw[:start] + bytes(length) + raw[start + length :]


def append(raw: bytes, draw: Generator) -> bytes:
    """Something behind the end."""
    return raw + draw.bytes(int(draw.integers(1, 64)))


def noise(raw: bytes, draw: Generator) -> bytes:
    """As many other bytes."""
    return draw.bytes(len(raw))


def shape(raw: bytes, draw: Generator) -> bytes:
    """JSON with one entry dropped or of another kind; other files have a bit flipped."""
    try:
        whole = json.loads(raw)
    except ValueError:
        return flip(raw, draw)
    item = whole
    while isinstance(item, dict) and item:
        key = sorted(item)[int(draw.integers(len(item)))]
        if isinstance(item[key], dict) and item[key] and draw.random() < 0.6:
            item = item[key]
            continue
        if draw.random() < 0.5:
            del item[key]
        else:
            item[key] = [None, [], {}, True, -1, 1e300, "\x00", [[1], 2], {"files": 3}][int(draw.integers(9))]
        break
    if draw.random() < 0.1:
        whole = [None, [], 3, "text", [whole]][int(draw.integers(5))]
    return json.dumps(whole).encode()


WAYS: tuple[Callable[[bytes, Generator], bytes], ...] = (flip, flip, truncate, truncate, empty, zero, append, noise, shape)
REMOVALS = ("deleted", "deleted", "made a directory", "deleted with its directory")


def damage(whole: Path, copy: Path, draw: Generator) -> str:
    """Make ``copy`` a damaged copy of the store ``whole``, of links to what is not damaged; what was done to which file."""
    names = sorted(str(path.relative_to(whole)) for path in whole.rglob("*") if path.is_file())
    name = names[int(draw.integers(len(names)))]
    way = int(draw.integers(len(WAYS) + len(REMOVALS)))
    done = WAYS[way].__name__ if way < len(WAYS) else REMOVALS[way - len(WAYS)]
    for other in names:
        if other == name or (done == REMOVALS[-1] and Path(other).parent == Path(name).parent):
            continue
        (copy / other).parent.mkdir(parents=True, exist_ok=True)
        (copy / other).symlink_to(whole / other)
    copy.mkdir(parents=True, exist_ok=True)
    if way < len(WAYS):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(WAYS[way]((whole / name).read_bytes(), draw))
    elif done == "made a directory":
        (copy / name).mkdir(parents=True)
    return f"{name} {done}"


def answers(name: str) -> Answers:
    """Values, errors and gradients of table ``name`` at points of every label, as bytes."""
    table._opened.cache_clear()
    opened = table.load(name)
    draw, found = np.random.default_rng(1), []
    for label in opened.spec.labels:
        choice = {opened.spec.choice.name: label} if opened.spec.choice else {}
        point = {item.name: draw.uniform(item.low, item.high, POINTS) for item in opened.spec.inputs}
        value, error = opened.value_and_error(**point, **choice, outside="nan")
        found += [np.asarray(value).tobytes(), np.asarray(error).tobytes()]
        found += [np.asarray(slope).tobytes() for slope in opened.gradient(**point, **choice, outside="nan").values()]
    return found


def outcome(name: str, right: Answers) -> str:
    """ "right", "refused", or what is wrong with the answer or the refusal."""
    try:
        found = answers(name)
        catalogue.description(name)
    except OutOfRange as error:
        return f"WRONG REFUSAL {error}"
    except GloamError as error:
        text = str(error)
        bad = "\n" in text or len(text) > MANY or "gloam-build" not in text
        return f"BAD SENTENCE {text}" if bad else "refused"
    except Exception:
        return "RAW " + traceback.format_exc(limit=-3)
    return "right" if found == right else "WRONG NUMBER"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="which to damage (default: all that are at hand)")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    names = options.tables or list(store.available())
    whole = {name: store.find(name) for name in names}
    right = {name: answers(name) for name in names}
    counts: Counter[str] = Counter()
    for number in range(options.rounds):
        draw = np.random.default_rng((options.seed, number))
        name = names[int(draw.integers(len(names)))]
        with tempfile.TemporaryDirectory() as folder:
            done = damage(whole[name], Path(folder) / name / whole[name].name, draw)
            os.environ["GLOAM_STORES"] = folder
            result = outcome(name, right[name])
        counts[result if result in ("right", "refused") else "failed"] += 1
        if result not in ("right", "refused"):
            sys.stdout.write(f"round {number}: {name}, {done}: {result}\n")
    sys.stdout.write(f"{options.rounds} damaged stores: " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) + "\n")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
