"""What a campaign plans, and that its tables hold what every run kept."""

import pytest

from data import schema
from inference import panels
from inference.archives import sealed
from inference.fleet.fleet import Task
from inference.plain import plain
from inference.robustness import campaign, sealed_tables, tasks
from inference.robustness.__main__ import PARTS
from inference.robustness.campaign import Asked, Campaign
from inference.robustness.refits import left_out
from inference.robustness.refits.refit import Refit, Slope
from inference.robustness.specifications import Specification
from models.claims.registry import REGISTRY

CLAIMS = ("carter-2", "carter-3")


@pytest.fixture
def small(simulated, tmp_path):
    """A simulated panel in a folder of its own."""
    schema.write(simulated, tmp_path / "alignment.parquet")
    return tmp_path / "alignment.parquet"


def keep(where, task, stamp):
    """Put down a refit of a task as the fleet does."""
    claim, outcome, group, level = (task.arguments[name] for name in ("hypothesis", "outcome", "group", "level"))
    slopes = {term: Slope(0.3, 0.1, 0.99) for term in REGISTRY[claim].equation(outcome).exposures}
    record = {"stamp": stamp, "arguments": task.arguments, "seconds": 0.1}
    result = plain(Refit(90, 8, slopes, group=group, level=level))
    (where.folder / "tasks").mkdir(exist_ok=True)
    sealed.write(where.folder / "tasks" / f"{task.key}.json", record | {"result": result})


def test_tables_hold_the_refits_of_every_run_and_none_of_another_stamp(small, tmp_path):
    where = Campaign(small, tmp_path, tmp_path)
    stamp = where._stamp(left_out.__name__)
    for name in CLAIMS:
        todo = [t for t in tasks.left_outs([REGISTRY[name]], small) if t.arguments["group"] == "era"]
        for task in todo:
            keep(where, task, stamp)
    (stale, *_) = tasks.left_outs([REGISTRY["carter-4"]], small)
    keep(where, stale, "another")
    where._write_refits()
    table = sealed_tables.read(tmp_path / "left_out.csv")
    assert table is not None
    assert set(table["hypothesis"]) == set(CLAIMS)
    assert set(table["group"]) == {"era"}


def test_the_main_part_has_every_single_change_and_treaties_and_aggressors(tmp_path):
    where = Campaign(panels.PANEL, tmp_path, tmp_path)
    plan = where.plan(Asked((REGISTRY["carter-3"],), "main"))
    texts = {task.arguments["specification"] for task in plan.recodings}
    assert texts == {
        str(s.concerning(outcome)) for s in campaign.single("alignment") for outcome in ("bandwagon", "balance")
    }
    assert {task.arguments["group"] for task in plan.left_outs} == {"treaty", "aggressor"}
    assert plan.simulations == []  # no links in that folder
    assert all(map(campaign.needs_no_build, plan.only(campaign.needs_no_build).every))


def test_another_panel_has_no_codings_that_are_built_from_the_raw_files(small, tmp_path):
    plan = Campaign(small, tmp_path, tmp_path).plan(Asked((REGISTRY["carter-3"],)))
    assert plan.recodings == []
    assert plan.left_outs


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"kind": "aid", "specification": "registered"}, None),
        ({"kind": "aid", "specification": "window=5"}, "window=5"),
        ({"kind": "recoded", "hypothesis": "carter-3", "specification": "bandwagon=soft"}, "registered"),
        ({"kind": "left_out", "hypothesis": "carter-3", "group": "era", "level": "x"}, None),
    ],
)
def test_what_a_task_reads_is_built_from_the_raw_files_or_not(arguments, expected):
    risk = tasks.risk_of(Task("x", arguments))
    assert risk == (None if expected is None else Specification.parse(expected, "alignment"))


def test_raw_files_are_at_hand_when_all_of_them_are_there(raw_folder, tmp_path):
    assert campaign.at_hand(raw_folder)
    for source in raw_folder.iterdir():
        (tmp_path / source.name).symlink_to(source)
    assert campaign.at_hand(tmp_path)
    (tmp_path / "statelist2024.csv").unlink()
    assert not campaign.at_hand(tmp_path)


def test_the_command_offers_every_part():
    assert set(PARTS) | {campaign.ALL} == set(campaign.PARTS)
