"""The brief as sections."""

import ast
from pathlib import Path

import pytest

from reports.brief import document
from reports.brief.printed import Place
from tests.fixtures import brief_world as world

ROOT = Path(__file__).parents[3]


def test_a_report_without_carter_has_a_brief_too():
    numbers = world.collected(
        [world.entry("bal-6")], duress_removed=None,
        brief={"contrasts": {}, "contest": None, "baseline": None, "years": None, "duress_removed": None},
    )  # fmt: skip
    written = document.sections(Place(numbers))
    assert [part["id"] for part in written] == [part["id"] for part in document.sections(Place(world.collected()))]


@pytest.mark.parametrize("name", ["sentences", "programme", "caveats", "document"])
def test_no_number_stands_in_the_words(name):
    tree = ast.parse((ROOT / "reports" / "brief" / f"{name}.py").read_text())
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
    docstrings = {ast.get_docstring(node, clean=False) for node in documented}
    words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    told = [word for word in words if " " in word and word not in docstrings]
    assert len(told) > 10
    assert not [word for word in told if any(letter.isdigit() for letter in word)]
