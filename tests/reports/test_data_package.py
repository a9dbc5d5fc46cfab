"""The data package describes every table and panel of a report as it lies there."""

import hashlib
import json

import pytest

from data import schema
from data.codebook.panels import PANELS
from reports import data_package
from reports.numbers import claims_table


@pytest.fixture(scope="module")
def packaged(simulated, tmp_path_factory):
    """A folder with the tables of a report, and its package."""
    root = tmp_path_factory.mktemp("package")
    out = root / "build"
    (out / "figures").mkdir(parents=True)
    schema.write(simulated, root / "mine.parquet")
    known = {"id": "carter-3", "rows": 12, "mean": 0.25, "bayes_factor_is_bound": False, "agreeing": "not run"}
    table = [
        {name: known.get(name) for name in claims_table.COLUMNS},
        dict.fromkeys(claims_table.COLUMNS) | {"id": "ideo-5"},
    ]
    (out / "claims.csv").write_text(claims_table.to_csv(table))
    (out / "figures" / "curve.csv").write_text("x,y\n0.5,1\n1,2\n")
    (out / "numbers.json").write_text("{}")
    numbers = {"provenance": {"panels": {"alignment": "abc"}, "shipped": False}}
    data_package.write(numbers, root / "mine.parquet", out)
    return out


@pytest.fixture(scope="module")
def package(packaged):
    return json.loads((packaged / data_package.NAME).read_text())


def test_every_file_is_described_by_its_size_and_hash(packaged, package):
    described = {resource["path"]: resource for resource in package["resources"]}
    there = {path.relative_to(packaged).as_posix() for path in packaged.rglob("*") if path.is_file()}
    assert set(described) == there - {data_package.NAME}
    for path, resource in described.items():
        content = (packaged / path).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    assert package["licenses"] and "sources" not in package  # of a panel whose sources nobody has told


def test_columns_have_the_narrowest_type_of_their_values(package):
    tables = {resource["name"]: resource for resource in package["resources"] if "schema" in resource}
    types = {field["name"]: field["type"] for field in tables["claims.csv"]["schema"]["fields"]}
    expected = {
        "id": "string",
        "rows": "integer",
        "mean": "number",
        "bayes_factor_is_bound": "boolean",
        "agreeing": "string",
    }
    assert {name: types[name] for name in expected} == expected
    assert list(types) == list(claims_table.COLUMNS)
    assert [field["type"] for field in tables["curve.csv"]["schema"]["fields"]] == ["number", "integer"]


def test_a_panel_stands_beside_with_its_codebook(packaged, package, simulated):
    (panel,) = [resource for resource in package["resources"] if resource["path"].startswith("panels/")]
    assert len(schema.read(packaged / panel["path"])) == len(simulated)
    assert [field["name"] for field in panel["dictionary"]] == list(PANELS["alignment"].columns)
    threat = next(field for field in panel["dictionary"] if field["name"] == "threat")
    assert threat["constraints"] == {"minimum": 0, "required": True} and threat["title"]
