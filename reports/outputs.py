"""What a report consists of: the writers of its files, and the words that lead to each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inference.fitting.case_2015 import NAME
from inference.panels import PANEL
from reports import data_package, page
from reports.appendix import inspecting
from reports.brief import brief
from reports.explorer import page as explorer
from reports.numbers import claims_table
from reports.numbers.report import Numbers
from reports.readings.readings import CASE, CHANGES, DECISIONS

if TYPE_CHECKING:
    from reports.explorer.explored import Model


@dataclass(frozen=True)
class Material:
    """What the outputs are made from: all of numbers.json, models of the explorer, the folder to write, the panel."""

    numbers: Numbers
    models: list[Model]
    out: Path
    panel: Path = PANEL


def _write(material: Material, name: str, text: str) -> None:
    (material.out / name).write_text(text, encoding="utf-8")


def _numbers(material: Material) -> None:
    _write(material, "numbers.json", json.dumps(material.numbers, indent=1, allow_nan=False))


def _tables(material: Material) -> None:
    table, draft = material.numbers["claims"], bool(material.numbers["draft"])
    _write(material, "claims.csv", claims_table.to_csv(table, draft=draft))
    _write(material, "claims.tex", claims_table.to_tex(table, draft=draft))


def _appendix(material: Material) -> None:
    _write(material, "appendix.html", page.render("appendix.html.j2", material.numbers))


def _brief(material: Material) -> None:
    draft = "; ".join(material.numbers["draft"])
    brief.write(material.numbers, material.out, draft=f"Draft, not to be cited: {draft}" if draft else "")


def _explorer(material: Material) -> None:
    explorer.write(material.numbers, material.models, material.out)


def _inspect(material: Material) -> None:
    _write(material, "inspect.html", page.render("inspect.html.j2", material.numbers, steps=inspecting.STEPS))


def _decisions(material: Material) -> None:
    if material.numbers["decisions"]:
        _write(material, DECISIONS, page.render("decisions.html.j2", material.numbers))


def _case(material: Material) -> None:
    if material.numbers["case"]:
        _write(material, CASE, page.render("case-2015.html.j2", material.numbers, case_file=f"{NAME}.nc"))


def _changes(material: Material) -> None:
    if material.numbers["changes"]:
        _write(material, CHANGES, page.render("changes.html.j2", material.numbers))


def _package(material: Material) -> None:
    data_package.write(material.numbers, material.panel, material.out)


def _index(material: Material) -> None:
    written = {name: words for name, words in LINKS.items() if (material.out / name).is_file()}
    _write(material, "index.html", page.render("index.html.j2", material.numbers, links=written))


# Output -> what writes it. The package describes what the others wrote, and the index, which is last, links to it.
WRITERS: dict[str, Callable[[Material], None]] = {
    "numbers": _numbers,
    "tables": _tables,
    "appendix": _appendix,
    "inspect": _inspect,
    "decisions": _decisions,
    "case": _case,
    "changes": _changes,
    "brief": _brief,
    "explorer": _explorer,
    "package": _package,
    "index": _index,
}
# File -> what a reader finds in it, in the order of the index.
LINKS = {
    "brief.html": "Policy brief: the judgement, how sure it is, and what would change it",
    "brief.pdf": "The same brief to print",
    "explorer.html": "Explorer: choose a claim, a region, an era and a situation, and see the probability",
    "appendix.html": "Appendix: every claim with its estimand, graph, sample, posterior, checks and rivals",
    DECISIONS: "Decisions: what is counted as an alignment, by class, era and region, and ten of them looked up",
    CASE: "The case of 2015: what sources say of Russia, Syria, Iran and Iraq, and what the models expected",
    CHANGES: "Changes: what the first version said of every claim, what each revision made of it, and why",
    "inspect.html": "Inspect a posterior in ArviZ: the archives, for methodologists",
    "claims.csv": "Table of all claims, every column, for a spreadsheet or a program",
    "claims.tex": "Table of all claims for LaTeX, with booktabs rules",
    "numbers.json": "Every number of this report, with its interval, Monte Carlo error and posterior",
    data_package.NAME: "Data package: numbers, tables and panels with their columns, hashes, licence and sources",
}


def write(material: Material) -> None:
    """Write every output."""
    for writer in WRITERS.values():
        writer(material)
