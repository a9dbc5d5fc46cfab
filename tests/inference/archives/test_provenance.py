"""The code of a result is the import closure of the module that made it: no file more, no file less."""

import shutil

import pytest

from inference.archives import archive, provenance
from inference.archives.provenance import PACKAGES, ROOT, closure, code_sha256
from inference.fleet.work import KINDS

CALIBRATION = ("cases", "samplers", "worlds.effect_recovery")
ROBUSTNESS = ("refits.recoded", "refits.left_out", "recoding", "aid")
MAKERS = (
    *(kind.made_by for kind in KINDS.values()),
    *(f"inference.robustness.{name}" for name in ROBUSTNESS),
    *(f"inference.calibration.{name}" for name in CALIBRATION),
)


def names(*modules):
    return {path.relative_to(provenance.ROOT).as_posix() for path in closure(*modules)}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the four packages that stands for the project."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "*.parquet", "*.nc", "results", "build", "*.csv")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    code_sha256.cache_clear()
    yield tmp_path
    code_sha256.cache_clear()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of a few files, written by the test."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)

    def write(**files):
        for name, text in files.items():
            path = tmp_path.joinpath(*name.split("__")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            for folder in [path.parent, *path.parent.parents]:
                if tmp_path in folder.parents:
                    (folder / "__init__.py").touch()
            path.write_text(text)

    return write


def test_an_archive_is_stale_after_a_change_to_its_closure_and_after_no_other(copied):
    files = {path for package in PACKAGES for path in (copied / package).rglob("*.py")}
    files.add(copied / "data" / "world" / "sources.toml")
    made = {maker: {"made_by": maker, "code_sha256": code_sha256(maker)} for maker in MAKERS}

    def stale(touched, makers):
        """Those of the makers whose archives are stale after a word more in each of the files."""
        contents = {file: file.read_bytes() for file in touched}
        for file, content in contents.items():
            file.write_bytes(content + b"\n# a word\n")
        code_sha256.cache_clear()
        out = {maker for maker in makers if archive.outdated(made[maker])}
        for file, content in contents.items():
            file.write_bytes(content)
        return out

    concerned = {maker: set(closure(maker)) for maker in MAKERS}
    for maker in MAKERS:
        assert stale(files - concerned[maker], [maker]) == set()
    for file in files:
        assert stale([file], makers := {maker for maker in MAKERS if file in concerned[maker]}) == makers, file


def test_what_decides_a_fit_and_what_does_not():
    of_fit, of_scenario = names("inference.fitting.logit"), names("inference.counterfactual.run")
    assert of_fit > {
        "data/build/transition.py", "data/schema.py", "models/claims/walt/ties.py", "models/priors.py",
        "inference/panels.py", "inference/engine/__init__.py", "inference/engine/rows/kernel.py",
        "inference/evidence/sensitivity.py",
    }  # fmt: skip
    assert "inference/counterfactual/table.py" not in of_fit | of_scenario
    assert of_scenario > {"inference/counterfactual/simulation/g_formula.py", "inference/engine/forward.py"}
    for maker in (kind.made_by for kind in KINDS.values()):
        assert not {name for name in names(maker) if name.startswith(("inference/fleet", "reports", "inference/rob"))}
        assert not names(maker) & {"data/command_line.py", "inference/plan.py", "inference/__main__.py"}
    assert "inference/fitting/logit.py" not in names("inference.fitting.capacity") | names("inference.fitting.verdicts")
    assert "data/world/sources.toml" in names("data.world.world")


def test_no_command_is_in_any_closure():
    assert not {name for maker in MAKERS for name in names(maker) if name.endswith("__main__.py")}


def test_imports_in_functions_are_followed_and_those_for_types_are_not(project):
    project(
        data__root="""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data import typed
else:
    import data.otherwise

def later():
    from data.deep import deferred
    with open("x"):
        import models.deeper as m
""",
        data__typed="", data__otherwise="", data__deep__deferred="import json, numpy\nfrom reports import nothing",
        models__deeper="from data import root",
    )  # fmt: skip
    assert names("data.root") == {
        "data/__init__.py", "data/root.py", "data/otherwise.py", "data/deep/__init__.py", "data/deep/deferred.py",
        "models/__init__.py", "models/deeper.py",
    }  # fmt: skip


def test_a_package_counts_with_its_init_and_a_command_never(project):
    project(data__pack__one="from data.pack import __main__", data__never="", data__helper="")
    (provenance.ROOT / "data" / "pack" / "__init__.py").write_text("from data import helper")
    (provenance.ROOT / "data" / "pack" / "__main__.py").write_text("import data.never")
    expected = {"data/__init__.py", "data/pack/__init__.py", "data/pack/one.py", "data/helper.py"}
    assert names("data.pack.one") == expected


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(ModuleNotFoundError, match=r"no module 'inference\.fitting\.logits' in "):
        closure("inference.fitting.logits")


def test_a_panel_of_one_file_has_its_hash_and_one_of_two_a_hash_of_both(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    assert provenance.panel_sha256(one) == provenance.sha256(one)
    assert len({provenance.panel_sha256(*files) for files in ((one,), (two,), (one, two), (two, one))}) == 4
