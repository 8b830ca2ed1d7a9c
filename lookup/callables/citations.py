"""References of what is named, and of what was used in this process, in words and as BibTeX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gloam.lookup import usage
from gloam.lookup.callables import store
from gloam.tables import references
from gloam.tables.references import Reference
from gloam.version import installed

GLOAM = "gloam"


@dataclass(frozen=True)
class Citations:
    """What to cite.

    Attributes
    ----------
    used : dict
        {"kind name": references} of tables, quantities, models, searches and methods, and {"data FILE": references} of the
        published numbers that the tables were built from.
    """

    used: dict[str, tuple[str, ...]]

    @property
    def references(self) -> tuple[str, ...]:
        """All of them once, in the order met: arXiv numbers, DOIs and keys."""
        return tuple(dict.fromkeys(name for names in self.used.values() for name in names))

    def bibtex(self) -> str:
        """Entries of all references, and of gloam itself."""
        return bibtex(self.references)

    def __str__(self) -> str:
        return "\n".join([*map(line, self.references), f"gloam {installed()}, this program"])


def citations() -> Citations:
    """What was used in this process, and what it rests on: ``print(lookup.citations().bibtex())``.

    Tables count from when they are opened, with the published numbers they were built from; models and searches from when they
    are bound, with the references of their options; methods of limits from when a limit is made with them. Processes that this
    one starts have their own.

    Returns
    -------
    Citations
    """
    used = {f"{kind} {name}": tuple(found) for (kind, name), found in usage.USED.items()}
    files = {file for path in usage.STORES.values() for file in store.read_manifest(path)["inputs"]}
    for file in sorted(files):
        used[f"data {file}"] = tuple(item.names[0] for item in references.of_data(file))
    return Citations(used)


def link(reference: str) -> str:
    """Where a publication is to be found; empty where nobody knows."""
    fields = references.find(reference).fields
    if "eprint" in fields:
        return f"https://arxiv.org/abs/{fields['eprint']}"
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else ""


def line(reference: str) -> str:
    """One line: the link, and who, where and what if known."""
    return "  ".join(filter(None, (link(reference), references.find(reference).words)))


def everything() -> tuple[str, ...]:
    """Keys of all publications that gloam and the user's entries know."""
    return tuple(item.key for item in references.known())


def bibtex(names: Iterable[str]) -> str:
    """Entries of all references once, and of gloam itself."""
    found: dict[str, Reference] = {}
    for name in names:
        item = references.find(name)
        found.setdefault(item.key, item)
    title = "{gloam: precomputed tables of dark-sector physics}"
    fields = {"title": title, "author": "{the gloam developers}", "note": f"version {installed()}"}
    return "\n\n".join(item.bibtex() for item in (*found.values(), Reference("misc", GLOAM, fields))) + "\n"
