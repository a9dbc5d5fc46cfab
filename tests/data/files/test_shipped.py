"""What is shipped is as it was built, and no flipped bit of it is read."""

import json

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.files import shipped
from data.files.shipped import FOLDER, MANIFEST, known, ours, verified

SHIPPED = sorted(path for path in FOLDER.iterdir() if path.suffix in {".parquet", ".csv"})


def test_every_shipped_file_is_in_the_manifest_and_as_it_says():
    assert set(known(FOLDER)) == {path.name for path in SHIPPED}
    assert [path for path in SHIPPED if verified(path) != path] == []


def test_only_what_stands_where_it_was_shipped_is_ours(copied, tmp_path):
    assert all(ours(path) for path in SHIPPED)
    assert not ours(copied)
    (tmp_path / "another.parquet").write_bytes(copied.read_bytes())
    assert not ours(tmp_path / "another.parquet")


@pytest.fixture
def copied(tmp_path):
    """The smallest shipped panel, and the manifest, in another folder."""
    panel = FOLDER / "joining.parquet"
    for name in (panel.name, MANIFEST):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    return tmp_path / panel.name


def test_no_flipped_bit_of_a_shipped_panel_is_read(copied):
    whole = copied.read_bytes()
    assert len(schema.read(copied, "joining")) > 0
    for bit in np.random.default_rng(0).integers(8 * len(whole), size=100):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        copied.write_bytes(flipped)
        with pytest.raises(ValueError, match="not as it was written"):
            schema.read(copied, "joining")


def test_pages_of_a_panel_of_ones_own_carry_checksums(tmp_path):
    """Bits of the pages of a panel without a manifest: each flip is refused, or leaves all values as they were."""
    path, panel = tmp_path / "joining.parquet", schema.read(FOLDER / "joining.parquet", "joining")
    schema.write(panel, path, "joining")
    whole = path.read_bytes()
    assert not (tmp_path / MANIFEST).exists()
    for bit in np.random.default_rng(1).integers(8 * 4, 8 * (len(whole) // 2), size=100):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            found = schema.read(path, "joining")
        except ValueError:
            continue
        pd.testing.assert_frame_equal(found, panel)


@pytest.mark.parametrize("content", ["[]", "null", "3", '{"a": 1}', '{"a', "[" * 100_000])
def test_a_damaged_manifest_is_named_with_the_remedy(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(ValueError, match=r"manifest.json is damaged .*run 'make data'"):
        known(tmp_path)


def test_a_file_that_is_written_to_the_shipped_folder_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    (tmp_path / "table.csv").write_text("a\n1\n")
    shipped.record(tmp_path / "table.csv")
    assert json.loads((tmp_path / MANIFEST).read_text()) == {"table.csv": shipped.sha256(tmp_path / "table.csv")}
    (tmp_path / "table.csv").write_text("a\n2\n")
    with pytest.raises(ValueError, match="not as it was written"):
        verified(tmp_path / "table.csv")
