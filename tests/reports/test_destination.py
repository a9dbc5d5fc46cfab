"""A report replaces a report, and nothing else."""

import pytest

from reports import destination
from reports.destination import MARKER, Refused, replacing


def write(out, text):
    with replacing(out) as partial:
        (partial / "index.html").write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_a_report_is_replaced_as_a_whole(tmp_path, there):
    out = tmp_path / "deep" / "report"
    if there:
        out.mkdir(parents=True)
    write(out, "first")
    (out / "old.html").touch()
    write(out, "second")
    assert (out / "index.html").read_text() == "second"
    assert names(out) == [MARKER, "index.html"]
    assert names(out.parent) == ["report"]


def test_a_folder_with_other_files_is_left_as_it_was(tmp_path, command):
    (tmp_path / "thesis.tex").write_text("years of work")
    found = command("reports", "--out", tmp_path)
    assert found.returncode == 2
    assert f"{tmp_path} has files in it that no report wrote" in found.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    assert names(tmp_path) == ["thesis.tex"]


def test_a_file_and_a_place_below_one_are_refused_before_any_work(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for out, message in ((file, "is a file"), (file / "below", "cannot be made")):
        with pytest.raises(Refused, match=message):
            write(out, "never")
    assert file.read_text() == "mine"
    assert names(tmp_path) == ["file"]


def test_an_error_leaves_the_old_report_and_nothing_half_written(tmp_path):
    write(tmp_path / "report", "old")
    with pytest.raises(RuntimeError, match="half-way"), replacing(tmp_path / "report") as partial:
        (partial / "index.html").write_text("new")
        raise RuntimeError("half-way")
    assert (tmp_path / "report" / "index.html").read_text() == "old"
    assert names(tmp_path) == ["report"]


def test_the_projects_own_folder_needs_no_marker(tmp_path, monkeypatch):
    own = tmp_path / "build"
    own.mkdir()
    (own / "numbers.json").touch()
    monkeypatch.setattr(destination, "OURS", own)
    write(own, "new")
    assert names(own) == [MARKER, "index.html"]
