"""The brief as a document: HTML and PDF say the same, every number is traced, nothing escapes, nothing overflows."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from data import schema
from inference.archives.provenance import provenance
from inference.evidence.left_out import folds
from inference.fitting import logit
from inference.fitting.verdicts import judge
from inference.plain import plain
from inference.sampling.settings import Session, Settings
from models.claims.registry import archive_of, get
from reports import style
from reports.brief import brief, document
from reports.brief.judgement import LIKELIHOOD
from reports.brief.printed import Place, text_of
from reports.figures import glance
from reports.formats import FORMS
from reports.numbers import archived, collect
from reports.numbers.report import to_json
from reports.page import TEMPLATES
from tests.fixtures import brief_world as world
from tests.fixtures.drawn import x_of
from tests.fixtures.report_world import planted

NBSP = "\N{NO-BREAK SPACE}"
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MOST_PAGES = 4
LEADING = "carter-1 carter-2 carter-3 bal-1"  # what the bottom line is of
EVERY = f"{LEADING} carter-4"
CLUSTERINGS = folds.CLUSTERINGS["alignment"]
ADDED = ("elpd_diff", "elpd_diff_se", "elpd_diff_mcse", "bad_k", "refitted")  # of a term to predictions


class Page(HTMLParser):
    """Tags of a page, its traced numbers and texts, and the words that are neither."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.traced, self.words, self.alts, self.open = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag not in {"meta", "img"}:
            self.open.append((tag, attrs))
        if "data-from" in attrs:
            self.traced.append([attrs, ""])
        self.alts += [attrs["alt"]] if "alt" in attrs else []

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, attrs = self.open[-1] if self.open else ("", {})
        if "data-from" in attrs:
            self.traced[-1][1] += data
        elif tag != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join([*self.words, *(text for _, text in self.traced)])


def figures(folder, tall=3.0):
    """Two figures in place of those of a scenario."""
    import matplotlib.pyplot as plt

    with style.applied():
        for name in ("fan-aid", "timing-aid"):
            figure, axes = plt.subplots(figsize=(style.WIDTH, tall))
            axes.plot([0, 1])
            style.save(figure, name, folder)


def written(folder, collected, draft=""):
    folder.mkdir(exist_ok=True)
    if "fan-aid" in collected["figures"]:
        figures(folder)
    brief.write(collected, folder, draft)
    return Page((folder / "brief.html").read_text())


def words_of_pdf(path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed: the text of the PDF cannot be read")
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True)
    return " ".join(re.sub(r"page \d of \d", "", done.stdout).replace(NBSP, " ").split())


def typeset(collected, folder, end=b""):
    """What typst takes to print a brief, with something after it."""
    sections = document.sections(Place(collected))
    data = json.dumps({"sections": brief._texts(sections), "draft": "", "title": document.TITLE})
    fonts = {"font_paths": [Path(mpl.get_data_path()) / "fonts" / "ttf"], "ignore_system_fonts": True}
    return (TEMPLATES / "brief.typ").read_bytes() + end, {"root": folder, "sys_inputs": {"brief": data}, **fonts}


def pages(collected, folder):
    import typst

    source, options = typeset(collected, folder, b"\n#context [#metadata(counter(page).final()) <pages>]")
    return json.loads(typst.query(source, "<pages>", field="value", **options))[0][0]


@pytest.fixture(scope="module")
def full():
    """Refits and a programme: as much as a brief can have to say."""
    entries = world.refitted(
        [world.entry(claim) for claim in ("carter-1", "carter-2", "carter-3", "carter-4", "bal-1")]
    )
    drawn = ["fan-aid", "timing-aid"]
    return world.collected(entries, counterfactual=world.programme(flags=["It extrapolates."] * 4), figures=drawn)


@pytest.fixture(scope="module", params=["full", "bare"])
def both(request, full, tmp_path_factory):
    """A brief with a programme and refits, and one without: numbers, folder, page."""
    collected = full if request.param == "full" else world.collected()
    folder = tmp_path_factory.mktemp(request.param)
    return collected, folder, written(folder, collected)


def test_every_number_of_the_page_stands_in_the_numbers(both):
    collected, _, page = both
    stored = json.loads(json.dumps(collected))
    assert len(page.traced) > 100
    for attrs, text in page.traced:
        value = stored
        for step in attrs["data-from"].split("/")[1:]:
            value = value[int(step) if isinstance(value, list) else step.replace("~1", "/").replace("~0", "~")]
        expected = FORMS[attrs.get("data-form", "text")](value)
        assert text.replace(NBSP, " ") == expected
    assert not [word for word in page.words if re.search(r"\d", word)]


def test_alternative_texts_say_what_figures_show(both):
    page = both[2]
    printed = set(NUMBER.findall(page.text.replace(NBSP, " ")))
    assert page.alts
    assert set(NUMBER.findall(" ".join(page.alts))) <= printed
    assert f"probability {FORMS['probability'](0.97)} that more bandwagoning with threat" in page.alts[-1].replace(
        NBSP, " "
    )


def test_the_pdf_says_what_the_page_says(both):
    _, folder, page = both
    pdf = words_of_pdf(folder / "brief.pdf")
    drawn = "".join(path.read_text() for path in folder.glob("*.svg"))
    in_figures = set(NUMBER.findall(" ".join(re.findall(r"<text[^>]*>([^<]*)", drawn))))
    in_page = set(NUMBER.findall(page.text.replace(NBSP, " ")))
    assert set(NUMBER.findall(pdf)) <= in_page | in_figures
    assert in_page <= set(NUMBER.findall(pdf))
    lines = ["".join(words.split()) for words in page.words if len(words.split()) > 6]
    assert len(lines) > 10
    assert not [line for line in lines if line not in "".join(pdf.split())]


def test_the_same_numbers_give_the_same_bytes(both, tmp_path):
    collected, folder, _ = both
    written(tmp_path, collected)
    first, second = ({p.name: p.read_bytes() for p in where.iterdir()} for where in (folder, tmp_path))
    assert first == second


def test_the_brief_has_two_to_four_pages(both, tmp_path):
    collected, folder, _ = both
    assert 2 <= pages(collected, folder) <= MOST_PAGES
    if collected["figures"]:
        figures(tmp_path, tall=9.0)
        shutil.copy(folder / "glance.svg", tmp_path)
        assert pages(collected, tmp_path) <= MOST_PAGES


def test_headings_are_in_order_and_tables_have_heads(both):
    page = both[2]
    headings = [tag for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}
    assert ("html", {"lang": "en"}) in page.tags
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert {attrs["scope"] for tag, attrs in page.tags if tag == "th"} == {"col", "row"}
    assert all(attrs["alt"] for tag, attrs in page.tags if tag == "img")


def test_parts_without_a_programme_are_worded_and_leave_no_gap(both):
    collected, folder, page = both
    words, drawn = " ".join(page.words), {attrs["src"] for tag, attrs in page.tags if tag == "img"}
    assert ("No aid programme was simulated for this report" in words) == (collected["counterfactual"] is None)
    assert drawn == {"glance.svg", *(f"{name}.svg" for name in collected["figures"])}
    assert all((folder / name).is_file() for name in drawn)
    assert "None" not in words


def test_the_pdf_is_accessible(both):
    import typst

    source, options = typeset(both[0], both[1])
    assert typst.compile(source, format="pdf", pdf_standards=["ua-1"], **options)


@pytest.mark.parametrize(
    "payload",
    [world.ESCAPES, "#" * 20, "\\", "$", "]]>", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "\0\N{BELL}\N{GRINNING FACE}"],
)
def test_names_are_printed_as_they_are(payload, tmp_path):
    entries = world.refitted([world.entry("carter-1", source=payload), world.entry("carter-3", source=payload)])
    entries[0]["estimands"][1]["turned"] = {"coding": [payload], "left out": [payload]}
    told = world.programme(words=payload, rung=payload, flags=[payload])
    told["shipped"][0]["effects"][2]["nnt"]["words"] = payload
    collected = world.collected(entries, counterfactual=told, brief={"sources": [payload]})
    page = written(tmp_path, collected, draft=payload)
    assert not [tag for tag, attrs in page.tags if tag == "script" or any(name.startswith("on") for name in attrs)]
    assert payload in {text for _, text in page.traced}
    assert all("{{" not in word for word in page.words if payload not in word)
    if payload.isascii():
        assert " ".join(payload.split()) in words_of_pdf(tmp_path / "brief.pdf")


def test_a_report_without_carter_or_contest_has_a_brief_too(tmp_path):
    bare = {"contrasts": {}, "contest": None, "baseline": None, "years": None, "duress_removed": None}
    page = written(tmp_path, world.collected([world.entry("bal-6")], duress_removed=None, brief=bare))
    assert "None of Carter's claims was tested here." in page.words
    assert not (tmp_path / "glance.svg").exists()


def test_sources_are_those_of_the_shipped_panel_only():
    numbers = world.collected()
    own = numbers | {"provenance": numbers["provenance"] | {"shipped": False}}
    shipped, other = (text_of(document._sources(Place(one))["blocks"][0]["text"]) for one in (numbers, own))
    assert "ATOP" in shipped
    assert "ATOP" not in other
    assert "a panel that this project does not ship" in other


def test_a_draft_says_so(tmp_path):
    page = written(tmp_path, world.collected(), draft="Draft: carter-3.bandwagon failed its gate")
    assert "Draft: carter-3.bandwagon failed its gate" in page.words
    assert "D R A F T Draft: carter-3.bandwagon failed its gate" in words_of_pdf(tmp_path / "brief.pdf")


def test_the_figure_draws_each_expectation_and_each_answer():
    collected = world.collected([world.entry("carter-1", 0.9), world.entry("carter-4", 0.2), world.entry("bal-1")])
    with style.applied():
        figure = glance.glance(collected)
    assert figure is not None
    left, right = figure.axes
    dots = [float(x_of(line)[0]) for line in left.lines if line.get_marker() == "o"]
    assert dots == [0.9, 0.9, 0.2]
    assert len(left.patches) == len(LIKELIHOOD)
    bars = [patch for patch in right.patches if isinstance(patch, Rectangle)]
    assert [bar.get_width() for bar in bars] == pytest.approx([0.6, 0.1, 0.2, 0.1])
    assert [tick.get_text() for tick in right.get_yticklabels()] == ["threat"]
    assert [text.get_text() for text in right.texts] == ["0.60", "0.20"]
    assert right.patches[0].get_facecolor() == to_rgba(style.COLOURS["balance"])


def bottom_line(root, folder, claims):
    """The three sentences of the panel and the posteriors in a folder."""
    panel, claims = root / "panel.parquet", get(claims)
    trees = archived.load(claims, panel, root / "posteriors")
    evidence = to_json(collect.collect(claims, trees, panel))
    collected = evidence | {"figures": [], "brief": plain(brief.numbers(evidence, trees))}
    page = written(folder, collected)
    test_every_number_of_the_page_stands_in_the_numbers((collected, folder, page))
    return [text_of(sentence) for sentence in document.sections(Place(collected))[0]["blocks"][0]["items"]]


def alone(hypothesis, _joint, every, _run, panel, settings):
    """What stands beside a posterior but the models that it is compared with, which no bottom line reads."""
    groups = {}
    for outcome, fitted in every.items():
        evidence, terms = logit._evidence(hypothesis, fitted, panel, settings), list(fitted.exposures)
        none = ("clustering", "term"), np.zeros((len(CLUSTERINGS), len(terms)))
        added = xr.Dataset(dict.fromkeys(ADDED, none), {"clustering": list(CLUSTERINGS), "term": terms})
        groups[outcome] = evidence | {"comparison": added, "independent_clusters": evidence["cluster_checks"]}
    return logit._Beside(groups, [])


@pytest.mark.slow
@pytest.mark.campaign
def test_a_bottom_line_follows_the_signs(tmp_path, monkeypatch):
    monkeypatch.setattr(logit, "_beside", alone)
    frame, path = planted(1.0, 8), tmp_path / "panel.parquet"
    schema.write(frame, path)
    # R-hat of two chains needs half as many draws as that of four; with fewer, fits take more attempts.
    session = Session(path, Settings(chains=2, draws=1500), tmp_path / "posteriors")
    made_from = provenance("inference.fitting.logit", path)
    for claim in get(EVERY):
        assert not logit.fit(claim, frame, session.settings, made_from, session.folder).failed
        assert not judge(archive_of(claim), session).failed
    causes, choice, duress = bottom_line(tmp_path, tmp_path / "build", EVERY)
    assert "the data support external threat, a neighbouring aggressor" in causes
    assert "contradict" not in causes
    assert "bandwagon more often than they balance" in choice
    assert "almost certainly tilts them towards bandwagoning" in choice
    assert "would almost certainly be rarer" in duress


@pytest.mark.slow
def test_opposite_signs_give_an_opposite_bottom_line(reported, tmp_path):
    causes, choice, duress = bottom_line(reported, tmp_path / "build", LEADING)
    assert "contradict external threat and a neighbouring aggressor" in causes
    assert "support external" not in causes
    assert "balance more often than they bandwagon" in choice
    assert "almost certainly tilts them towards balancing" in choice
    assert "would almost certainly be more common" in duress
