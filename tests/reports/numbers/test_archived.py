"""Which posteriors a report is made from, and which it refuses by name."""

import shutil
import sys

import pytest

from data import schema, synthetic
from inference.archives import archive
from models.claims.registry import get
from reports.__main__ import main
from reports.numbers import archived
from tests.fixtures.report_world import FITTED

pytestmark = pytest.mark.slow


@pytest.fixture
def report(reported, monkeypatch, capsys):
    """The command with some options changed: its exit code and what it said of errors; nothing is written."""

    def run(**changes):
        options = {"panel": reported / "panel.parquet", "folder": reported / "posteriors", "hypotheses": FITTED}
        options |= {"out": reported / "elsewhere"} | changes
        monkeypatch.setattr(sys, "argv", ["reports", *(f"--{name}={value}" for name, value in options.items())])
        code = main()
        assert not (reported / "elsewhere").exists()
        return code, capsys.readouterr().err

    return run


def test_the_models_of_this_world_need_no_second_attempt(trees):
    """Which would have longer chains than the first, and cost every run of the tests half a minute."""
    drawn = [archive.group(tree, "posterior").attrs for every in trees.values() for tree in every.values()]
    assert {int(attributes["thin"]) for attributes in drawn} == {1}


def test_posteriors_missing_corrupted_or_failed_are_all_named(report, reported, tmp_path):
    folder = tmp_path / "posteriors"
    shutil.copytree(reported / "posteriors", folder)
    archive.path_of("carter-2.balance", folder).unlink()
    path = archive.path_of("carter-3.bandwagon", folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    archive.path_of("ideo-1.balance", folder).rename(folder / f"ideo-1.balance{archive.FAILED}")
    code, err = report(folder=folder)
    assert code == 2
    assert "carter-2.balance: no posterior" in err
    assert "carter-3.bandwagon.nc is corrupted" in err
    assert "ideo-1.balance: its fit failed the gate" in err
    assert "cond-1" not in err


def test_posteriors_of_another_panel_are_refused(reported, tmp_path):
    other = tmp_path / "other.parquet"
    schema.write(synthetic.panel(2000, seed=6), other)
    with pytest.raises(archive.ArchiveError, match=r"carter-2.bandwagon: fitted on another panel[\s\S]*ideo-1.balance"):
        archived.load(get(FITTED), other, reported / "posteriors")


def test_verdicts_of_other_code_are_refused_and_used_in_a_draft_that_says_so(reported, monkeypatch):
    outdated, arguments = archive.outdated, (get("cond-1"), reported / "panel.parquet", reported / "posteriors")
    of_verdicts = "inference.fitting.verdicts"
    monkeypatch.setattr(
        archive, "outdated", lambda a: "fitted on another code" if a["made_by"] == of_verdicts else outdated(a)
    )
    with pytest.raises(archive.ArchiveError, match=r"cond-1\.bandwagon: its verdicts were fitted on another code"):
        archived.load(*arguments)
    draft: list[str] = []
    assert set(archived.load(*arguments, draft)) == {"cond-1"}
    assert draft[0] == "cond-1.bandwagon: used though its verdicts were fitted on another code"


def test_an_unknown_claim_or_none_with_a_posterior_is_refused_in_a_sentence(report):
    assert report(hypotheses="carter-9")[1].startswith("error: unknown hypothesis 'carter-9'")
    code, err = report(hypotheses="ideo-5 cond-5")
    assert code == 2
    assert "none of these claims has a posterior" in err


def test_claims_with_the_same_model_share_one_archive_read_once(reported, monkeypatch):
    read, once = [], archive.read
    monkeypatch.setattr(archive, "read", lambda name, *how, **which: read.append(name) or once(name, *how, **which))
    trees = archived.load(get("bal-1 bw-1"), reported / "panel.parquet", reported / "posteriors")
    assert read == ["bal-1.bandwagon", "bal-1.balance"]
    assert trees["bw-1"] is trees["bal-1"]
    assert not (reported / "build" / "posterior-bw-1.svg").exists()


def test_a_stale_archive_of_another_model_is_left_out_of_a_draft(reported, monkeypatch):
    monkeypatch.setattr(archive, "code_sha256", lambda _: "0" * 64)
    monkeypatch.setattr(archived, "GROUPS", (*archived.GROUPS, "tomorrow"))
    draft = []
    assert archived.load(get("cond-1"), reported / "panel.parquet", reported / "posteriors", draft) == {}
    assert "and without the group tomorrow" in draft[0]
    assert "another code" in draft[0]


def test_a_stale_archive_without_what_is_printed_is_left_out_of_a_draft(reported, monkeypatch):
    monkeypatch.setattr(archive, "code_sha256", lambda _: "0" * 64)
    read = archive.read

    def older(name, folder, *, rows):
        tree = read(name, folder, rows=rows)
        tree["predictive_checks"] = tree["predictive_checks"].to_dataset().drop_vars("events")
        return tree

    monkeypatch.setattr(archive, "read", older)
    draft = []
    assert archived.load(get("cond-1"), reported / "panel.parquet", reported / "posteriors", draft) == {}
    assert "events" in draft[0].split("without ")[1]
