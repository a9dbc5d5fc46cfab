"""A file is hashed once while it stays the same, and again as soon as one byte of it is another."""

import os
import time

import pytest

from data.files import hashes


@pytest.fixture
def counted(monkeypatch):
    """The files that were read for a hash, one after another."""
    hashes._of_state.cache_clear()
    read, digest = [], hashes._digest
    monkeypatch.setattr(hashes, "_digest", lambda path: read.append(path) or digest(path))
    return read


def old(path, text):
    """Write a file and wait until its time stamps are behind."""
    path.write_text(text)
    time.sleep(1.5 * hashes.SETTLED / 1e9)


def test_the_hash_follows_the_bytes_and_a_file_is_read_once(tmp_path, counted):
    path = tmp_path / "one"
    old(path, "abc")
    assert len({hashes.sha256(path) for _ in range(3)}) == 1
    assert len(counted) == 1
    before, times = hashes.sha256(path), path.stat()
    old(path, "abd")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a tool that keeps times would leave it
    assert hashes.sha256(path) != before


def test_what_was_changed_just_now_is_read_each_time(tmp_path, counted):
    path = tmp_path / "one"
    path.write_text("abc")
    first = hashes.sha256(path)
    path.write_text("abd")
    assert hashes.sha256(path) != first
    assert len(counted) == 2
