"""The report as data: what it refuses, what it says, what its figures draw."""

import csv
import json
import re
import shutil

import numpy as np
import pytest

from data import schema, synthetic
from data.codebook.panels import label
from data.groups import ERAS, REGIONS
from inference.archives import archive
from inference.evidence.verdicts import SUPPORTED, quadrants, slope
from inference.robustness import specifications
from models.claims.registry import OUTCOMES, REGISTRY, get
from reports import gallery, page, style
from reports.figures import checks, posterior, predicted, robustness, verdicts
from reports.numbers import claims, posteriors, refits
from tests.fixtures.report_world import ASKED, FITTED, start

CURVES = {"proximity": "carter-2", "duress": "carter-3"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(reported):
    return reported


@pytest.fixture(scope="module")
def trees(world):
    return posteriors.load(get(ASKED), world / "panel.parquet", world / "posteriors")


@pytest.fixture(scope="module")
def numbers(world):
    return json.loads((world / "build" / "numbers.json").read_text())


@pytest.fixture(scope="module")
def tables(world):
    return refits.read(world / "refits")


@pytest.fixture(autouse=True)
def _styled():
    import matplotlib.pyplot as plt

    with style.applied():
        yield
    plt.close("all")


def report(world, **changes):
    options = {"panel": world / "panel.parquet", "folder": world / "posteriors", "out": world / "elsewhere"}
    options |= {"hypotheses": FITTED} | changes
    process = start("-m", "reports", *(f"--{name}={value}" for name, value in options.items()))
    _, err = process.communicate(timeout=100)
    assert not (world / "elsewhere").exists()
    return process.returncode, err


def test_posteriors_missing_corrupted_or_failed_are_all_named(world, tmp_path):
    folder = tmp_path / "posteriors"
    shutil.copytree(world / "posteriors", folder)
    archive.path_of("carter-2.balance", folder).unlink()
    path = archive.path_of("carter-3.bandwagon", folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    archive.path_of("ideo-1.balance", folder).rename(folder / f"ideo-1.balance{archive.FAILED}")
    code, err = report(world, folder=folder)
    assert code == 2
    assert "carter-2.balance: no posterior" in err
    assert "carter-3.bandwagon.nc is corrupted" in err
    assert "ideo-1.balance: its fit failed the gate" in err
    assert "cond-1" not in err


def test_posteriors_of_another_panel_are_refused(world, tmp_path):
    other = tmp_path / "other.parquet"
    schema.write(synthetic.panel(2000, seed=6), other)
    with pytest.raises(archive.ArchiveError, match=r"carter-2.bandwagon: fitted on another panel[\s\S]*ideo-1.balance"):
        posteriors.load(get(FITTED), other, world / "posteriors")


def test_an_unknown_claim_or_none_with_a_posterior_is_refused_in_a_sentence(world):
    assert report(world, hypotheses="carter-9")[1].startswith("error: unknown hypothesis 'carter-9'")
    code, err = report(world, hypotheses="ideo-5 cond-5")
    assert code == 2
    assert "none of these claims has a posterior" in err


def test_the_same_posteriors_give_the_same_bytes(world):
    first, second = ({p.name: p.read_bytes() for p in (world / name).iterdir()} for name in ("build", "again"))
    assert first == second


def test_claims_without_a_posterior_are_named_with_the_reason(world, numbers):
    reasons = {entry["id"]: entry["absent"] for entry in numbers["hypotheses"] if entry["absent"]}
    assert reasons == {
        "ideo-5": "Not tested: perceptions are not measured by any public data set.",
        "cond-5": "Left out: there is no joining.parquet beside panel.parquet.",
    }
    said, html = (world / "said.txt").read_text(), (world / "build" / "appendix.html").read_text()
    assert all(reason in said and reason in html for reason in reasons.values())


def test_claims_with_the_same_model_share_one_archive_read_once(world, monkeypatch):
    read, once = [], archive.read
    monkeypatch.setattr(archive, "read", lambda name, *how, **which: read.append(name) or once(name, *how, **which))
    trees = posteriors.load(get("carter-2 bal-3"), world / "panel.parquet", world / "posteriors")
    assert read == ["carter-2.bandwagon", "carter-2.balance"]
    assert trees["bal-3"] is trees["carter-2"]
    assert not (world / "build" / "posterior-bal-3.svg").exists()


def test_numbers_come_from_the_archives(world, numbers, trees):
    for entry in numbers["hypotheses"]:
        for row in entry["estimands"] if entry["id"] in trees else []:
            assert row["low"] < row["mean"] < row["high"]
            assert row["mcse"] > 0
            if row["outcome"] in OUTCOMES:
                term = row["estimand"].split("[")[1].split("]")[0]
                draws = slope(trees[entry["id"]][row["outcome"]], term)
                assert row["mean"] == pytest.approx(float(draws.mean()))
                assert row["elpd_diff"] == pytest.approx(trees[entry["id"]][row["outcome"]].attrs["elpd_diff"])
        for outcome, fit in entry["fits"].items():
            name = f"{entry['archive']}.{outcome}"
            assert fit["fit_key"] == archive.read(name, world / "posteriors").attrs["fit_key"]
            assert all(check["passed"] for check in fit["gate"])


def test_the_table_has_one_row_per_estimand_and_the_numbers_of_the_claims(numbers):
    table, expected = numbers["claims"], []
    for entry in numbers["hypotheses"]:
        expected += [(entry["id"], which["estimand"]) for which in entry["estimands"]] or [(entry["id"], None)]
    assert [(row["id"], row["estimand"]) for row in table] == expected
    row = next(row for row in table if row["estimand"] == "b_bw[duress] > 0")
    own = next(e for e in numbers["hypotheses"] if e["id"] == "carter-3")["estimands"][0]
    assert {name: row[name] for name in ("p_sign", "rd", "bayes_factor", "verdict")}.items() <= own.items()
    assert row["remark"].startswith(claims.NOT_IDENTIFIED)
    assert row["agreeing"] == "of another panel"  # 7 rows were planted


def test_refits_stand_beside_the_claim_they_are_of(numbers):
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    mine = entries["carter-2"]["estimands"][0]
    codings = len(specifications.specifications("alignment"))
    assert mine["codings"] == {"share": pytest.approx((codings - 1) / codings), "codings": codings}
    if mine["verdict"] in {"supported", "leaning for"}:
        assert mine["turned"] == {"coding": ["weak: small"], "left out": ["1939-1945"]}
    assert entries["ideo-1"]["estimands"][0]["codings"] is None
    assert "specification-carter-3" not in numbers["figures"]
    assert {"specification-carter-2", "left_out-carter-2"} <= set(numbers["figures"])


def test_the_csv_runs_no_formula_and_keeps_its_numbers(world, numbers):
    with (world / "build" / "claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(numbers["claims"])
    for row, expected in zip(rows, numbers["claims"], strict=True):
        for column, value in expected.items():
            if isinstance(value, float):
                assert float(row[column]) == value
    assert rows[-1]["claim"].startswith("'=1+1 &")
    line = dict.fromkeys(claims.COLUMNS) | {"claim": "@x", "remark": "-1", "mean": -1.5, "verdict": "+a", "id": "\t="}
    cells = next(csv.reader([claims.to_csv([line]).splitlines()[-1]]))
    assert [cell for cell in cells if cell] == ["'\t=", "'@x", "'-1", "-1.5", "'+a"]


def test_the_tex_table_is_escaped(world, numbers):
    assert claims.escaped(r"50 % & a_b $x {y} #1 ~ ^ \z <") == (
        r"50 \% \& a\_b \$x \{y\} \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}z \textless{}"
    )
    text = (world / "build" / "claims.tex").read_text()
    body = text.split(r"\endhead")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == len(numbers["claims"])
    columns = len(claims.IN_PRINT)
    assert all(len(re.findall(r"(?<!\\)&", line)) == columns - 1 for line in body)
    assert r"b\_bw[duress:threat] \textgreater{} 0" in text
    assert body[-2].startswith(r"added-1 &  & b\_bal[offence]")
    assert next(line for line in body if line.startswith("ideo-5")).startswith("ideo-5 & Not tested: perceptions")
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1


def test_one_added_hypothesis_reaches_table_page_and_figures(world, numbers):
    added = numbers["hypotheses"][-1]
    assert (added["id"], added["family"]) == ("added-1", "beside the claims")
    assert [row["estimand"] for row in added["estimands"]] == ["b_bal[offence] > 0", "delta[offence] < 0"]
    assert set(added["quadrants"]) == {"offence"}
    html = (world / "build" / "appendix.html").read_text()
    assert 'id="added-1"' in html
    assert "<b>claim</b>" not in html
    assert (world / "build" / "posterior-added-1.svg").is_file()
    assert "added-1" in (world / "build" / "verdicts.svg").read_text()


def test_curves_draw_the_medians(trees):
    figure = predicted.curves(trees, CURVES)
    for axes, (name, identifier) in zip(figure.axes, CURVES.items(), strict=True):
        for line, outcome in zip(axes.lines, OUTCOMES, strict=True):
            curve = 1000 * trees[identifier][outcome]["curves"][name].median("sample")
            np.testing.assert_allclose(line.get_ydata(), curve, rtol=1e-6)
            assert line.get_color() == style.COLOURS[outcome]
        assert axes.get_ylim()[0] == 0
        assert {text.get_text() for text in axes.texts} == {"bandwagoning", "balancing"}


def test_effects_name_every_region_and_era(trees):
    figure = posterior.effects(trees["carter-3"])
    effects = trees["carter-3"]["bandwagon"]["posterior"]
    for axes, name in zip(figure.axes, ("region", "era"), strict=True):
        assert [tick.get_text() for tick in axes.get_yticklabels()] == effects[name].to_numpy().tolist()
        np.testing.assert_allclose(axes.lines[0].get_xdata(), effects[f"alpha_{name}"].median(("chain", "draw")))


def test_era_slopes_add_the_deviation_of_the_era(trees):
    figure = posterior.era_slopes(REGISTRY["ideo-1"], trees["ideo-1"])
    assert len(figure.axes) == 2
    for axes, (outcome, term) in zip(
        figure.axes, zip(OUTCOMES, ("similarity", "similarity_ally"), strict=True), strict=True
    ):
        beta = trees["ideo-1"][outcome]["posterior"]["beta"]
        dots = next(line for line in axes.lines if line.get_marker() == "o")
        last = (beta.sel(predictor=term) + beta.sel(predictor=f"{term}@2002-2011")).median()
        assert dots.get_xdata()[-1] == pytest.approx(float(last))
        assert axes.get_yticklabels()[-1].get_text() == "2002-2011"
        assert " ".join(axes.get_title(loc="left").split()).endswith(label(term))


def test_a_ratio_of_rates_has_its_own_density(trees):
    figure = posterior.prior_against_posterior(REGISTRY["cond-1"], trees["cond-1"])
    assert [axes.get_xlabel() for axes in figure.axes] == ["log of mean Pr(balance) / Pr(bandwagon)"]
    assert {line.get_color() for line in figure.axes[0].lines} >= {style.COLOURS["ratio"], style.COLOURS["prior"]}


def test_the_verdicts_figure_draws_every_estimand(numbers):
    axes = verdicts.verdicts(numbers["hypotheses"]).axes[0]
    dots = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"]
    grouped = [e for family in numbers["families"] for e in numbers["hypotheses"] if e["family"] == family]
    assert dots == [row["p_sign"] for entry in grouped for row in entry["estimands"]]
    assert SUPPORTED in axes.get_xticks()
    written = [text.get_text() for text in axes.texts]
    assert "Carter" in written
    said = [text for text in written if re.search("(supported|for|undecided|against|contradicted)$", text)]
    assert len(said) == len(dots)


def test_the_contest_writes_the_masses_of_the_quadrants(trees):
    shown = gallery.of_claims(verdicts.CONTEST, trees)
    assert shown == {"proximity": "bal-3"}
    axes = verdicts.contest(trees, shown).axes[0]
    balance, bandwagon = (slope(trees["carter-2"][o], "proximity") for o in ("balance", "bandwagon"))
    masses = quadrants(balance, bandwagon)
    corner = next(text.get_text() for text in axes.texts if text.get_text().startswith("bandwagoning"))
    assert corner.split("\n")[1].removeprefix("= ")[-4:] in f"{masses['bandwagoning (-,+)']:.2f} < 0.01 > 0.99"
    points = next(line for line in axes.lines if line.get_marker() == ".")
    assert len(points.get_xdata()) <= 2 * verdicts.POINTS
    assert np.abs(points.get_xdata()).max() < axes.get_xlim()[1]


def test_the_specification_curve_marks_the_registered_coding(tables):
    mine = refits.of_claim(tables, "specification", "carter-2")
    figure = robustness.specification_curve(REGISTRY["carter-2"], mine)
    upper, lower = figure.axes[0], figure.axes[2]
    mine = mine[mine["index"] == 0].sort_values("mean").reset_index(drop=True)
    dots, marked = (next(line for line in upper.lines if line.get_marker() == m) for m in ("o", "D"))
    np.testing.assert_allclose(dots.get_ydata(), mine["mean"])
    assert list(marked.get_xdata()) == [mine.index[mine["changes"] == 0][0]]
    segments = upper.collections[0].get_segments()
    np.testing.assert_allclose([s[1][1] - s[0][1] for s in segments], 2 * refits.INTERVAL_SDS * mine["sd"])
    assert "99 % of 92 codings agree" in upper.get_title(loc="left")
    names = [tick.get_text() for tick in lower.get_yticklabels()]
    at = dict(zip(names, [list(line.get_xdata()) for line in lower.lines], strict=True))
    assert at["weak: small"] == [k for k, words in enumerate(mine["specification"]) if "weak=small" in words]


def test_what_is_left_out_is_named_as_readers_know_it(tables):
    mine = refits.of_claim(tables, "left_out", "carter-2")
    figure = robustness.left_out(REGISTRY["carter-2"], mine, [(0.5, 0.1), (0.4, 0.1)])
    names = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert names == [*REGIONS, *ERAS, "Russia", "state 947"]
    dots = next(line for line in figure.axes[1].lines if line.get_marker() == "o")
    np.testing.assert_allclose(dots.get_xdata(), mine[mine["index"] == 1]["mean"])


def test_prior_bands_and_calibration_cover_every_model(trees):
    models = {name: trees[name] for name in FITTED.split()}
    figure = checks.prior_predictive(models)
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == list(models)
    assert [axes.get_title(loc="left") for axes in checks.calibration(models).axes[: len(models)]] == list(models)


def test_formats_never_claim_certainty():
    probability, ratio, signed = (page.FILTERS[name] for name in ("probability", "ratio", "signed"))
    assert (probability(1.0), probability(0.0), probability(0.5)) == ("> 0.999", "< 0.001", "0.500")
    assert (ratio(None, False), ratio(0.25, False), ratio(320.0, True)) == ("\N{EN DASH}", "1/4", "> 320")
    assert ratio(0.999, False) == "1"
    assert (signed(-0.001, 2), signed(-1.5, 1), signed(1.5, 1)) == ("0.00", "\N{MINUS SIGN}1.5", "+1.5")


def test_names_are_escaped_and_numbers_owed(numbers):
    changed = json.loads(json.dumps(numbers))
    changed["hypotheses"][0]["claim"] = "<script>alert(1)</script>"
    assert "<script>alert" not in page.render("appendix.html.j2", changed)
    del changed["interval"]
    with pytest.raises(Exception, match="interval"):
        page.render("appendix.html.j2", changed)
