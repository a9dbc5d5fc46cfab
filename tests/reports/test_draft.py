"""A draft prints what can be read, names what is wrong, and is marked on every page; a report refuses."""

import csv
import json
import shutil

import netCDF4
import pytest

from inference.archives import archive
from inference.archives.provenance import sha256
from reports.__main__ import IN_ORDER
from tests.fixtures.report_world import reported_here

pytestmark = pytest.mark.slow
CLAIMS = "carter-2 carter-3 bal-1 cond-1 ideo-1 bw-1 ideo-5"


def corrupt(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def age(name, folder):
    """Make an archive one of older code that nobody tampered with."""
    path = archive.path_of(name, folder)
    with netCDF4.Dataset(path, "a") as file:
        file.setncattr("code_sha256", "0" * 64)
    manifest = folder / archive.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {path.name: sha256(path)}))


@pytest.fixture(scope="module")
def broken(reported, tmp_path_factory):
    """The world with one posterior missing, one corrupted, one failed and two of older code, and its draft."""
    root = tmp_path_factory.mktemp("broken")
    shutil.copy(reported / "panel.parquet", root)
    folder = root / "posteriors"
    shutil.copytree(reported / "posteriors", folder)
    archive.path_of("carter-2.balance", folder).unlink()
    corrupt(archive.path_of("carter-3.bandwagon", folder))
    archive.path_of("ideo-1.balance", folder).rename(folder / f"ideo-1.balance{archive.FAILED}")
    for outcome in ("bandwagon", "balance"):
        age(f"cond-1.{outcome}", folder)
    (root / "refits").mkdir()
    code, said, err = reported_here(root, "build", "--draft", claims=CLAIMS)
    assert code == 0, err
    (root / "said.txt").write_text(said)
    return root


def test_without_draft_each_is_named_and_nothing_is_written(broken):
    code, _, err = reported_here(broken, "elsewhere", claims=CLAIMS)
    assert code == 2
    for words in (
        "carter-2.balance: no posterior",
        "carter-3.bandwagon.nc is corrupted",
        "ideo-1.balance: its fit failed the gate",
        "cond-1.bandwagon: fitted on another code",
        "cond-1.balance: fitted on another code",
    ):
        assert words in err
    assert not (broken / "elsewhere").exists()


def test_a_draft_uses_the_stale_and_leaves_out_and_names_the_rest(broken):
    numbers = json.loads((broken / "build" / "numbers.json").read_text())
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    assert [name for name, entry in entries.items() if entry["estimands"]] == ["bal-1", "cond-1", "bw-1"]
    for name, words in {
        "carter-2": "carter-2.balance: no posterior",
        "carter-3": "is corrupted", "ideo-1": "failed the gate", "ideo-5": "Not tested",
    }.items():  # fmt: skip
        assert words in entries[name]["absent"]
        assert name == "ideo-5" or entries[name]["absent"].startswith("Left out of this draft")
    reasons = "\n".join(numbers["draft"])
    assert reasons.count("cond-1.") == reasons.count("used though fitted on another code") == 2
    for name in ("carter-2.balance", "carter-3.bandwagon", "ideo-1.balance"):
        assert name in reasons
    assert "report (draft)" in (broken / "said.txt").read_text()


def test_a_draft_is_marked_on_every_page_figure_and_table(broken, reported):
    numbers = json.loads((broken / "build" / "numbers.json").read_text())
    pages = sorted(broken.glob("build/*.html"))
    assert {page.name for page in pages} >= {"index.html", "appendix.html", "inspect.html"}
    for page in pages:
        html = page.read_text()
        assert '<div class="watermark"' in html
        assert "Draft, not to be cited" in html
        assert all(reason.partition(":")[0] in html for reason in numbers["draft"])
        assert "watermark" not in (reported / "build" / page.name).read_text().split("</style>")[1]
    for figure in broken.glob("build/*.svg"):
        assert ">DRAFT</text>" in figure.read_text()
        assert ">DRAFT</text>" not in (reported / "build" / "verdicts.svg").read_text()
    with (broken / "build" / "claims.csv").open(newline="") as file:
        assert {row["draft"] for row in csv.DictReader(file)} == {"draft"}
    assert r"\textbf{DRAFT}" in (broken / "build" / "claims.tex").read_text().split(r"\endhead")[0]


def test_a_draft_of_posteriors_in_order_says_so(reported, tmp_path):
    code, _, err = reported_here(reported, tmp_path / "build", "--draft", claims="cond-1")
    assert code == 0, err
    numbers = json.loads((tmp_path / "build" / "numbers.json").read_text())
    assert numbers["draft"] == [IN_ORDER]
    assert numbers["hypotheses"][0]["estimands"]
