"""Archives of every kind, as they are written, hold what ``inference.archives.contents`` says."""

import pytest
import xarray as xr

from data import schema, synthetic
from data.build import transition
from inference.archives import archive, contents
from inference.archives.provenance import provenance
from inference.counterfactual import run
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import population
from inference.evidence import verdicts as evidence
from inference.fitting import capacity, logit, stacking, verdicts
from inference.sampling.settings import Session, Settings
from models import capacity as capacity_model
from models.claims.links import CAPACITY
from models.claims.registry import OUTCOMES, REGISTRY, archive_of
from tests.fixtures import chain_truth
from tests.fixtures.small_system import SMALL

pytestmark = pytest.mark.slow


def deviations(kind, path):
    with xr.open_datatree(path, engine="netcdf4") as tree:
        return list(contents.deviations(kind, tree))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("contents")
    schema.write(synthetic.panel(2000, seed=1, system=SMALL), root / "alignment.parquet")
    return Session(root / "alignment.parquet", Settings(chains=2, draws=1500, seed=1), root / "posteriors")


@pytest.fixture(scope="module")
def fit(session):
    """The fit of both outcomes of a claim whose model is shared by another."""
    return logit.fit_registered("bal-3", session)


def test_a_logit_with_and_without_its_verdicts(fit, session):
    paths = [archive.path_of(f"bal-3.{outcome}", session.folder) for outcome in OUTCOMES]
    assert (fit.name, fit.path, fit.failed) == ("bal-3", paths[0], ())
    assert all(deviations(contents.LOGIT, path) == [] for path in paths)
    few = [archive.path_of(f"bal-3.{outcome}.thinned", session.folder) for outcome in OUTCOMES]
    assert all(deviations(contents.THINNED, path) == [] for path in few)
    assert not verdicts.up_to_date(REGISTRY["bal-3"], session.folder)
    before = {outcome: archive.read(f"bal-3.{outcome}", session.folder) for outcome in OUTCOMES}
    result = verdicts.judge("bal-3", session)
    assert (result.name, result.failed) == ("bal-3.verdicts", ())
    assert verdicts.up_to_date(REGISTRY["bal-3"], session.folder)
    trees = {outcome: archive.read(f"bal-3.{outcome}", session.folder) for outcome in OUTCOMES}
    for outcome, path in zip(OUTCOMES, paths, strict=True):
        assert deviations(contents.LOGIT, path) == []
        assert "verdicts" in trees[outcome].children
        assert trees[outcome].drop_nodes("verdicts").identical(before[outcome])
    claims = verdicts.claims_of("bal-3")
    assert {claim.id for claim in claims} >= {"bal-3", "bw-3"}
    assert all(archive_of(claim) == "bal-3" for claim in claims)
    for claim in claims:
        assert evidence.read(claim, trees) == evidence.compare(claim, trees)


@pytest.mark.usefixtures("fit")
def test_verdicts_of_other_code_or_posteriors_are_made_anew(session, monkeypatch):
    claim = REGISTRY["bal-3"]
    verdicts.judge(claim.id, session)
    with monkeypatch.context() as patched:
        patched.setattr(verdicts, "code_sha256", lambda _: "0" * 64)
        assert not verdicts.up_to_date(claim, session.folder)
    with monkeypatch.context() as patched:
        patched.setattr(archive, "key_of", lambda *_: "another")
        assert not verdicts.up_to_date(claim, session.folder)
    assert verdicts.up_to_date(claim, session.folder)


def test_a_contest(session, monkeypatch):
    monkeypatch.setattr(stacking, "RIVALS", ("bal-1", "cond-1"))
    assert deviations(contents.CONTEST, stacking.fit_contest("balance", session).path) == []


@pytest.fixture(scope="module")
def world():
    return chain_truth.world()


@pytest.mark.slow
@pytest.mark.campaign  # its density takes half a minute to compile
def test_a_capacity_link(world, session, monkeypatch):
    monkeypatch.setattr(capacity, "CARE", ((0.8, 1),))
    monkeypatch.setattr(capacity, "TUNE", 100)
    terms = CAPACITY.equation(CAPACITY.outcomes[0]).terms
    whole = capacity_model.design(transition.derived("capacity", world.state), terms, CAPACITY.id)
    design = capacity.replace_rows(whole, slice(None, None, 5))
    origin = provenance("inference.fitting.capacity", session.panel)
    result = capacity.fit(CAPACITY, design, Settings(2, 20), origin, session.folder)
    assert deviations(contents.CAPACITY, result.path) == []


@pytest.mark.parametrize("who", [{"rule": "all"}, {"state": 402, "lead": 0, "horizon": 10}])
def test_a_scenario(world, session, who):
    truth = chain_truth.known(world)
    scenario = Scenario("small", "a small world", 1992, size=1.0, dollars=5.0, **who)
    tree = run.simulated(scenario, truth, population.assemble(scenario, truth, world.alignment, world.state), seed=1)
    tree.attrs |= provenance("inference.counterfactual.run", session.panel).attributes
    path = archive.write(tree, run.name_of(scenario), passed=True, folder=session.folder)
    assert deviations(contents.SCENARIO, path) == []


def test_what_deviates_is_named():
    tree = xr.DataTree.from_dict({"contest": xr.Dataset({"elpd": (("rival", "chain"), [[1.0]])}), "more": xr.Dataset()})
    tree.attrs = {name: "" for name in contents.CONTEST.attributes if name != "rows"} | {"words": ""}
    expected = ["unknown group more", "no attribute rows", "unknown attribute words", "contest: unknown dim chain"]
    assert list(contents.deviations(contents.CONTEST, tree)) == expected
    assert next(contents.deviations(contents.CONTEST, xr.DataTree())) == "no group contest"
