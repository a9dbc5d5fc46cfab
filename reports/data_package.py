"""The report as a data package: what is in each file, in columns and units, with its hash, licence and sources.

``datapackage.json`` follows Data Package v1, which Frictionless reads and validates; panels stand beside it, with the
codebook as their schema. A table is taken up where it lies in the folder of the report.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from data.codebook import panels
from data.codebook.variable import Variable
from data.files import hashes
from data.world.sources import sources
from inference import panels as files
from inference.archives.provenance import ROOT
from reports.numbers import claims_table
from reports.numbers.json_schema import FILE as SCHEMA
from reports.numbers.report import Numbers

NAME = "datapackage.json"
PANELS = "panels"  # folder of the panels in that of a report
LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}
KINDS = {"continuous": "number", "group": "string", "category": "string"}  # of others: integer
Resource = dict[str, Any]


def write(numbers: Numbers, alignment: Path, out: Path) -> None:
    """Copy the panels of a report beside it and write the description of its files; the same for the same report."""
    words = f"every printed number; valid under {SCHEMA.relative_to(ROOT)} of the project"
    resources = [_file(out / "numbers.json", description=words)]
    resources += [_table(path) for path in sorted(out.rglob("*.csv"))]
    resources += list(_panels(numbers["provenance"]["panels"], alignment, out))
    for resource in resources:
        resource["path"] = resource["path"].relative_to(out).as_posix()
    package: Resource = {
        "profile": "data-package",
        "name": "bandwagon-report",
        "title": "When do weak states ally with the state that threatens them?",
        "licenses": [LICENCE],
        "resources": resources,
    }
    if numbers["provenance"]["shipped"]:  # of another panel the sources are not known
        package["sources"] = [{"title": source.citation} for source in sources().values()]
    (out / NAME).write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _file(path: Path, **more: object) -> Resource:
    """A file as it is; its name is that of the file, in the letters that a package allows."""
    name = path.name.lower().replace(" ", "-")
    known = {"format": path.suffix.removeprefix("."), "bytes": path.stat().st_size}
    return {"name": name, "path": path, **known, "hash": f"sha256:{hashes.sha256(path)}", **more}


def _table(path: Path) -> Resource:
    """A CSV file with its columns: of the table of claims their headings, of every table their types."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    columns = zip(*rows, strict=True) if rows else ([] for _ in head)
    fields = [
        {"name": name, "type": _type(values), "title": claims_table.COLUMNS.get(name, name)}
        for name, values in zip(head, columns, strict=True)
    ]
    return _file(path, profile="tabular-data-resource", encoding="utf-8", schema={"fields": fields})


def _type(values: Iterable[str]) -> str:
    """The narrowest type that all values of a column have."""
    known = [value for value in values if value]
    for name, read in (("integer", int), ("number", float)):
        try:
            [read(value) for value in known]
        except ValueError:
            continue
        return name if known else "string"
    return "boolean" if known and set(known) <= {"True", "False"} else "string"


def _panels(names: Iterable[str], alignment: Path, out: Path) -> Iterator[Resource]:
    """Copies of the files that panels are made from, each once, those of a known panel with its codebook."""
    (out / PANELS).mkdir(exist_ok=True)
    every = {file: name for name in names for file in files.files_of(name, alignment)}
    for file, name in sorted(every.items()):
        copied = Path(shutil.copyfile(file, out / PANELS / file.name))
        more = {"dictionary": _dictionary(name)} if file == files.path_of(name, alignment) else {}
        yield _file(copied, type="file", **more)


def _dictionary(name: str) -> list[dict[str, object]]:
    """The codebook of a panel as fields of a table schema."""
    return [_field(variable) for variable in panels.panel(name).variables]


def _field(variable: Variable) -> dict[str, object]:
    bounds = {"minimum": variable.low, "maximum": variable.high, "enum": list(variable.levels) or None}
    constraints = {key: value for key, value in bounds.items() if value is not None}
    return {
        "name": variable.name,
        "type": KINDS.get(variable.kind, "integer"),
        "title": variable.label,
        "description": f"{variable.formula} ({variable.unit}; {variable.missing})",
        "source": variable.source,
        "constraints": constraints | {"required": not variable.nullable},
    }
