"""The publications behind tables, models, searches, data and methods: ``data/references.bib``, and those of the user's entries.

A reference is named as in the REFERENCES of an entry: ``arXiv:NUMBER``, a DOI, or a key of the file. A directory of
``GLOAM_ENTRIES`` may hold a ``references.bib`` of its own, with one field a line as in gloam's.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

from gloam.tables import folders

FILE = "references.bib"
_ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*[{\"](.*)[}\"],?\s*$", re.MULTILINE)
_ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303"}
_ACCENTED = re.compile(r"\{\\(['`\"^~])\{?\\?(\w)\}?\}")


@dataclass(frozen=True)
class Reference:
    """One publication: kind of entry, key, and the fields of BibTeX as they stand in the file."""

    kind: str
    key: str
    fields: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything by which it is found: arXiv number, DOI, key, other keys."""
        found = [f"arXiv:{self.fields['eprint']}"] if "eprint" in self.fields else []
        found += [self.fields["doi"]] if "doi" in self.fields else []
        return (*found, self.key, *self.fields.get("ids", "").split())

    @property
    def data(self) -> tuple[str, ...]:
        """Files of ``tables/data`` whose numbers come from it."""
        return tuple(self.fields.get("keywords", "").split())

    @property
    def words(self) -> str:
        """Who, where and what, on one line; empty where nothing of it is known."""
        authors = self.fields.get("author", "").split(" and ")
        who = self.fields.get("collaboration") or ", ".join(map(_in_order, authors[:3])) + (" et al." if len(authors) > 3 else "")
        place = " ".join(self.fields[name] for name in ("journal", "volume") if name in self.fields)
        date = self.fields.get("year", "")
        where = f"{place} ({date}) {self.fields.get('pages', '').replace('--', '-')}".strip() if place else date
        what = _plain(self.fields.get("title", self.fields.get("note", "")).strip("{}"))
        return ": ".join(filter(None, (", ".join(filter(None, (_plain(who), where))), what)))

    def bibtex(self) -> str:
        """The entry; without the field that is ours alone, the names of data files."""
        lines = [f"  {name} = {{{value}}}," for name, value in self.fields.items() if name != "keywords"]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])


def _in_order(author: str) -> str:
    last, _, first = author.partition(", ")
    return "et al." if author == "others" else f"{first} {last}".strip()


def _plain(text: str) -> str:
    """Text without the marks of LaTeX."""
    accented = _ACCENTED.sub(lambda mark: unicodedata.normalize("NFC", mark[2] + _ACCENTS[mark[1]]), text)
    return re.sub(r"\\mathrm|[{}$\\]", "", accented).replace(", et al.", " et al.")


def read(text: str) -> tuple[Reference, ...]:
    """All entries of the text of a file; every field on a line of its own."""
    return tuple(Reference(kind, key, dict(_FIELD.findall(body))) for kind, key, body in _ENTRY.findall(text))


@functools.cache
def known() -> tuple[Reference, ...]:
    """All publications: gloam's, then those of the user's entries."""
    found = read((files("gloam.tables") / "data" / FILE).read_text(encoding="utf-8"))
    for directory in folders.own_directories():
        if (directory / FILE).is_file():
            found += read((directory / FILE).read_text(encoding="utf-8"))
    return found


@functools.cache
def _by_name() -> dict[str, Reference]:
    return {name.lower(): item for item in known() for name in item.names}


def find(reference: str) -> Reference:
    """The publication called ``reference``; one that is not in the files is an entry with what its name tells."""
    found = _by_name().get(reference.lower())
    if found is not None:
        return found
    kind, sign, number = reference.partition(":")
    key = re.sub(r"[^\w.:/+-]", "-", reference)
    if sign and kind == "arXiv":
        return Reference("misc", key, {"eprint": number, "archiveprefix": "arXiv"})
    if re.fullmatch(r"10\.\d+/\S+", reference):
        return Reference("misc", key, {"doi": reference})
    return Reference("misc", key, {"note": reference})


def of_data(file: str) -> tuple[Reference, ...]:
    """The publications that the numbers of a file of ``tables/data`` come from."""
    return tuple(item for item in known() if file in item.data)
