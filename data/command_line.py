"""What all commands share: a parser that answers in one sentence, checks before any work, and a decent end."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130  # the exit code of a shell for Ctrl-C
MOST_WORKERS = 256
LOCK = ".lock"


class Parser(argparse.ArgumentParser):
    """A parser that ends with exit code 2 and one sentence for a bad argument."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without the usage."""
        self.exit(2, f"error: {message}\n")


def within(low: int, high: int, why: str) -> Callable[[str], int]:
    """Reads a whole number from ``low`` to ``high``; ``why`` is the reason for the bounds, in the message."""

    def read(text: str) -> int:
        value = int(text) if text.isdecimal() and len(text) < 20 else low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{shortened(text)!r} is not a whole number of at least {low} and at most {high:,}: {why}"
            )
        return value

    return read


workers = within(1, MOST_WORKERS, "each is a process of its own")


def seed(text: str) -> int:
    """A seed: a whole number of 32 bits."""
    if not text.isdecimal() or len(text) > 10 or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{shortened(text)!r} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


def ids(text: str) -> str:
    """A list of ids, as it is; refused where it names nothing."""
    if text and not text.replace(",", " ").split():
        raise argparse.ArgumentTypeError(f"{shortened(text)!r} names nothing; leave it out for all")
    return text


def shortened(text: str) -> str:
    """The text as an error names it: what goes on for longer than a line is cut."""
    return text if len(text) <= 80 else f"{text[:77]}..."


def writable(folder: Path, option: str) -> None:
    """Make sure, before any work, that files can be written to a folder; ``option`` names another one.

    Nothing is left in it, and a folder that is not there is not made yet. Raises ValueError with the reason.
    """
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        if not there.is_dir():
            raise NotADirectoryError(0, "is a file" if there == folder.absolute() else f"{there} is a file")
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise ValueError(
            f"nothing can be written to {folder} ({error.strerror}): name another with {option}"
        ) from error


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """One command at a time writes results to a folder, which is made where it is not there; another one waits.

    When its turn comes it finds what the first has finished. The lock goes with the process that holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run that writes to {folder}", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def answer(run: Callable[[], int], *, kept: str, refused: tuple[type[Exception], ...] = (ValueError,)) -> int:
    """The exit code of a command: that of ``run``, 2 after one sentence for an error of what was asked, 130 if stopped.

    Parameters
    ----------
    run : callable
        The work, which returns its exit code.
    kept : str
        What is there after Ctrl-C or a request to terminate, and how to go on.
    refused : tuple of exceptions
        Those whose message is the sentence. Errors of the system, such as a full disk, are named by their file.
    """
    with _stopped_alike():
        try:
            return run()
        except refused as error:
            sentence = str(error)
        except BrokenPipeError:  # who reads our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except OSError as error:
            sentence = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
        except KeyboardInterrupt:
            print(f"interrupted: {kept}", file=sys.stderr)
            return INTERRUPTED
    print(f"error: {sentence}", file=sys.stderr)
    return 2


@contextmanager
def _stopped_alike() -> Generator[None]:
    """Within the block a request to terminate ends the work as Ctrl-C does, so that nothing is left behind."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
