"""Imports go one way, files stay readable, and nothing ties the project to a machine, a host or a raw file."""

import ast
import hashlib
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from data.world.sources import sources

ROOT = Path(__file__).parents[1]
ORDER = ("data", "models", "inference", "reports")  # each imports only what stands before it, and itself
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LONGEST, FOLDER_LIMIT = 350, 12
CROWDED = {"data/measures"}  # one file for each measure
# Each of these treats one thing in two rooms or more.
RECURRING = {
    "alignment": "the panel, and the causal graph of it",
    "aid": "how it is measured, and its effect under other codings",
    "capacity": "how it is measured, modelled and fitted",
    "case_2015": "what the sources say of it, what the models expected, and both together for readers",
    "chain": "the causal graphs of the counterfactual, and the draws of its links",
    "checks": "the gates of a fit, and figures of them",
    "foretold": "years to come as numbers, and a figure of them",
    "graph": "the causal graph, and a figure of it",
    "grid": "points at which all is known: states by years, and drivers by region and era",
    "independences": "what the causal graph implies, and whether the panel agrees",
    "logit": "the model, and its fit",
    "multinomial": "the model, and its draws under another coding",
    "page": "pages of the report, and the one of the explorer",
    "panels": "the codebook of the panels, and reading one for a fit",
    "posterior": "the density that is sampled, and figures of its draws",
    "programme": "aid programmes simulated, and put into sentences",
    "registry": "the one list of measures, and the one list of claims",
    "verdicts": "computed, archived and drawn",
}
SKIPPED = {".git", ".venv", ".cache", "__pycache__", ".pytest_cache", ".ruff_cache", "build", "posteriors"}


def tracked():
    """Files of the repository: what git knows, or, without git, what is neither cache nor product."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    every = (path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts))
    return [path for path in every if path.is_file()]


FILES = tracked()
SOURCES = sorted(path for package in ORDER for path in (ROOT / package).rglob("*.py"))
TEXT = [path for path in FILES if path.suffix not in {".parquet", ".png", ".nc", ".ico", ".woff2"}]


class RuntimeOnly(ast.NodeTransformer):
    """Leaves out what only type checkers read."""

    def visit_If(self, node):
        return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else self.generic_visit(node)


def imports(path, *, types=True):
    """All modules that a file imports, wherever in it; with or without those for ``types`` only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree if types else RuntimeOnly().visit(tree)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield from {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    allowed = ORDER[: ORDER.index(path.relative_to(ROOT).parts[0]) + 1]
    ours = {module.split(".")[0] for module in imports(path)} & {*ORDER, "tests", "benchmarks"}
    assert ours <= set(allowed)


def test_the_direction_would_be_noticed():
    assert {"data", "models", "inference"} <= {m.split(".")[0] for path in SOURCES for m in imports(path)}
    assert len(SOURCES) > 30


def module(path):
    """The dotted name of a source file; of a package's own file, that of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_modules_import_each_other_not_even_inside_functions():
    ours = {module(path): path for path in SOURCES}
    arrows = [(name, to) for name, path in ours.items() for to in set(imports(path, types=False)) & ours.keys()]
    parts = nx.strongly_connected_components(nx.DiGraph(arrows))
    assert not [part for part in parts if len(part) > 1]


def test_no_folder_holds_more_files_than_can_be_taken_in_at_a_glance():
    crowds = Counter(path.parent.relative_to(ROOT) for path in SOURCES if path.stem != "__init__")
    assert {str(folder) for folder, count in crowds.items() if count > FOLDER_LIMIT} <= CROWDED


def test_a_file_name_recurs_only_where_another_room_treats_the_same_thing():
    count = Counter(path.stem for path in SOURCES if path.stem not in {"__init__", "__main__"})
    assert {stem for stem, times in count.items() if times > 1} == set(RECURRING)


def test_only_the_models_write_a_pymc_model():
    writers = {path.relative_to(ROOT) for path in SOURCES if "pm.Model(" in path.read_text(encoding="utf-8")}
    assert {path.parts[0] for path in writers} == {"models"}


def test_every_package_is_listed_and_says_what_it_is():
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in SOURCES}
    assert packages == set(PROJECT["tool"]["setuptools"]["packages"])
    for package in packages:
        assert ast.get_docstring(ast.parse((ROOT.joinpath(*package.split(".")) / "__init__.py").read_text())), package


@pytest.mark.parametrize("package", ["data", "inference", "reports"])
def test_help_answers_without_heavy_imports(package):
    code = f"import runpy, sys; sys.argv = ['x', '--help']\ntry: runpy.run_module({package!r}, run_name='__main__')\n"
    code += "except SystemExit as e: print(e.code, {'pandas', 'numpy', 'pymc', 'arviz', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 set()"


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_file_is_too_long_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|root|work|farm|Users)/[\w.]"),
    "a package registry": re.compile(r"pypi\.org|pythonhosted\.org|--(?:extra-)?index-" + r"url|https?://\S+/simple/"),
    "a format that runs code when read": re.compile(r"\bpick" + r"le\b(?=\.load|\.dump)|import pick" + r"le|read_pick"
                                                    r"le|allow_pick" + r"le=True|job" + r"lib\.load"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what):
    found = [path for path in TEXT if FORBIDDEN[what].search(path.read_text(encoding="utf-8"))]
    assert not found, f"{what} in {[str(path.relative_to(ROOT)) for path in found]}"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "see /home/" + "me/data"),
        ("a package registry", "--index-" + "url https://example.org/sim" + "ple/"),
        ("a format that runs code when read", "import pick" + "le"),
    ],
)
def test_what_is_forbidden_would_be_found(what, text):
    assert FORBIDDEN[what].search(text)


def test_no_raw_file_and_no_copy_of_one_is_tracked():
    published = {source.sha256 for source in sources().values()}
    for path in FILES:
        assert path.suffix.lower() not in {".rda", ".rds", ".dta", ".rdata"}, path
        assert hashlib.sha256(path.read_bytes()).hexdigest() not in published, path
