import csv
import hashlib
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import quote

import pooch
import pytest
import requests

import data.world.sources
from data.world.sources import Raw, SourceError, locate, sources

FILE = "cow_majors.rda"


@pytest.fixture
def one_source(monkeypatch):
    """The registry with a source whose bytes are known here."""
    content = b"code,year\n2,1900\n"
    source = replace(sources()[FILE], file="toy.csv", sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    monkeypatch.setattr(data.world.sources, "sources", lambda: MappingProxyType({"toy.csv": source}))
    return source, content


def sentence(error):
    """The message, which must be one line."""
    text = str(error.value)
    assert "\n" not in text
    return text


def test_a_file_with_the_right_bytes_is_read_from_the_folder(one_source, tmp_path):
    (tmp_path / "toy.csv").write_bytes(one_source[1])
    assert locate("toy.csv", tmp_path) == tmp_path / "toy.csv"
    assert Raw(tmp_path).read("toy.csv").to_numpy().tolist() == [[2, 1900]]


def test_a_missing_file_names_file_folder_expected_bytes_and_remedy(one_source, tmp_path):
    with pytest.raises(SourceError) as error:
        locate("toy.csv", tmp_path)
    for part in ("toy.csv", str(tmp_path), "not found", one_source[0].sha256, one_source[0].url, "RAW="):
        assert part in sentence(error)


def test_a_wrong_hash_names_file_expected_and_found(one_source, tmp_path):
    (tmp_path / "toy.csv").write_bytes(b"something else")
    with pytest.raises(SourceError) as error:
        locate("toy.csv", tmp_path)
    for part in ("toy.csv", one_source[0].sha256, hashlib.sha256(b"something else").hexdigest()):
        assert part in sentence(error)


def test_one_flipped_bit_of_a_published_file_is_refused(raw_folder, tmp_path):
    content = bytearray((raw_folder / FILE).read_bytes())
    content[100] ^= 1
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SourceError, match="expected"):
        locate(FILE, tmp_path)


@pytest.mark.parametrize("failure", [requests.ConnectionError("no route"), requests.Timeout("slow")])
def test_no_network_names_file_address_expected_and_remedy(one_source, monkeypatch, tmp_path, failure):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    monkeypatch.setattr(requests, "get", fail)
    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(SourceError) as error:
        locate("toy.csv", None)
    for part in ("toy.csv", one_source[0].url, type(failure).__name__, one_source[0].sha256, "found nothing", "RAW="):
        assert part in sentence(error)
    assert not list(tmp_path.glob("toy.csv"))


def test_a_fetched_file_with_other_bytes_is_refused_and_not_kept(one_source, monkeypatch, tmp_path):
    def deliver(_self, _url, output_file, _pooch, **_):
        with open(output_file, "wb") as out:  # noqa: PTH123 (pooch hands over a path as a string)
            out.write(b"an error page")

    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", deliver)
    with pytest.raises(SourceError) as error:
        locate("toy.csv", None)
    for part in ("toy.csv", one_source[0].sha256, hashlib.sha256(b"an error page").hexdigest()):
        assert part in sentence(error)
    assert not list(tmp_path.glob("*toy.csv"))


def test_a_fetched_file_with_the_right_bytes_is_kept_and_not_fetched_again(one_source, monkeypatch, tmp_path):
    calls = []

    def deliver(_self, url, output_file, _pooch, **_):
        calls.append(url)
        with open(output_file, "wb") as out:  # noqa: PTH123 (pooch hands over a path as a string)
            out.write(one_source[1])

    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", deliver)
    for _ in range(2):
        assert Raw(None).read("toy.csv")["year"].tolist() == [1900]
    assert calls == [one_source[0].url]


def test_right_bytes_in_a_broken_format_say_so(monkeypatch, tmp_path):
    content = b"not an R file"
    source = replace(sources()[FILE], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(data.world.sources, "sources", lambda: {FILE: source})
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SourceError, match=f"{FILE}: has the right bytes but cannot be read"):
        Raw(tmp_path).read(FILE)


def test_every_source_says_where_it_is_public_and_whom_to_cite():
    assert len(sources()) > 20
    for name, source in sources().items():
        assert source.file == name
        assert len(bytes.fromhex(source.sha256)) == 32, name
        assert len(bytes.fromhex(source.commit)) == 20, name
        assert source.repository.count("/") == 1, name
        assert source.bytes > 0, name
        assert source.citation, name
        assert source.unit, name
        assert source.url.endswith(quote(source.path)), name


def test_every_registered_source_stands_in_the_manifest(raw_folder):
    manifest = raw_folder / "manifest.csv"
    if not manifest.is_file():
        pytest.skip(f"no manifest.csv in {raw_folder}")
    with manifest.open(encoding="utf-8") as lines:
        listed = {row["file"]: row for row in csv.DictReader(lines)}
    assert set(sources()) <= set(listed)  # which lists what is at hand, used or not
    for name, source in sources().items():
        row = listed[name]
        assert (source.sha256, str(source.bytes)) == (row["sha256"], row["bytes"]), name
        assert (source.repository, source.commit, source.path) == (row["repository"], row["commit"], row["path"]), name


def test_every_raw_file_at_hand_is_the_published_one(raw_folder):
    for name in sources():
        assert locate(name, raw_folder).stat().st_size == sources()[name].bytes
