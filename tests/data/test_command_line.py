"""What commands share: arguments that are numbers, places of output, and how a command ends."""

import argparse
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import IO

import pytest

from data.command_line import LOCK, alone, answer, ids, seed, within, workers, writable

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (workers, "0"), (workers, "-1"), (workers, "1.5"), (workers, ""), (workers, "9" * 200), (workers, "²"),
        (seed, "-1"), (seed, str(2**32)), (seed, "9" * 200), (seed, "³"), (ids, ","), (ids, "  "), (ids, " , ,"),
        (within(10, 20, "because"), "9"), (within(10, 20, "because"), "21"), (within(10, 20, "because"), "9" * 200),
    ],
)  # fmt: skip
def test_arguments_that_say_nothing_of_use_are_refused_in_a_line(read, text):
    with pytest.raises(argparse.ArgumentTypeError) as error:
        read(text)
    assert len(str(error.value)) < 200


def test_arguments_that_do_are_read():
    assert (workers("7"), seed("0"), seed(str(2**32 - 1)), within(1, 5, "")("5")) == (7, 0, 2**32 - 1, 5)
    assert (ids("carter-1"), ids("")) == ("carter-1", "")


def test_a_place_is_asked_for_without_leaving_anything(tmp_path):
    writable(tmp_path / "a" / "b", "--folder")
    writable(tmp_path, "--folder")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_or_lies_under_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"file \(is a file\): name another with --folder"):
        writable(tmp_path / "file", "--folder")
    with pytest.raises(ValueError, match=r"b \(.*file is a file\): name another with --out"):
        writable(tmp_path / "file" / "b", "--out")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder in which nothing can be made, on Linux")
def test_a_place_where_nothing_can_be_made_is_refused():
    with pytest.raises(ValueError, match="nothing can be written to /proc/self/x"):
        writable(Path("/proc/self/x"), "--folder")


def line(stream: IO[str] | None) -> str:
    """The next line of a process."""
    assert stream is not None
    return stream.readline()


def test_of_two_commands_one_waits_until_the_other_has_ended(tmp_path):
    folder = tmp_path / "results"
    code = "import sys, time; from pathlib import Path; from data.command_line import alone\n"
    code += "with alone(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()\nprint('out', flush=True)"
    start = partial(
        subprocess.Popen, [sys.executable, "-c", code, str(folder)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with start() as first:
        assert line(first.stdout) == "in\n"
        with start() as second:
            assert line(second.stderr) == f"waiting for another run that writes to {folder}\n"
            assert first.communicate("")[0] == "out\n"
            assert line(second.stdout) == "in\n"
            second.kill()
    with alone(folder):  # the lock of a process that was killed is nobody's
        assert [path.name for path in folder.iterdir()] == [LOCK]


def ends(capsys, run, **more):
    code = answer(run, kept="all is kept", **more)
    return code, capsys.readouterr().err


def raising(error):
    def run():
        raise error

    return run


def test_a_command_ends_with_its_own_code_or_one_sentence(capsys):
    assert ends(capsys, lambda: 1) == (1, "")
    assert ends(capsys, raising(ValueError("so it is"))) == (2, "error: so it is\n")
    assert ends(capsys, raising(KeyError("x")), refused=(KeyError,)) == (2, "error: 'x'\n")
    full = OSError(28, "No space left on device", "/disk/file")
    assert ends(capsys, raising(full)) == (2, "error: /disk/file: No space left on device\n")
    with pytest.raises(TypeError):
        ends(capsys, raising(TypeError("a fault of ours")))


def test_a_stopped_command_says_what_is_kept(capsys):
    before = signal.getsignal(signal.SIGTERM)
    assert ends(capsys, raising(KeyboardInterrupt())) == (130, "interrupted: all is kept\n")
    assert ends(capsys, lambda: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()) == (
        130, "interrupted: all is kept\n",
    )  # fmt: skip
    assert signal.getsignal(signal.SIGTERM) is before
    assert sys.exc_info() == (None, None, None)
