"""Functions that the tests of fleets run in other processes, and a fleet of its own to be killed."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from pathlib import Path

from inference.fleet import Task, run


def square(number, log=None, seconds=0.0):
    """The square of a number; ``log`` gets a line when it starts, with the process that computes it."""
    if log:
        with Path(log).open("a") as file:
            file.write(f"{number} {os.getpid()}\n")
    time.sleep(seconds)
    return {"square": number**2, "third": number / 3, "pair": (number, None)}


def picky(number, log, bad):
    """The square, or an error while the file ``bad`` is there and the number is odd."""
    if number % 2 and Path(bad).exists():
        raise RuntimeError(f"{number} is odd")
    return square(number, log)


def deadly(number, log, deadly_until):
    """The square; 3 ends its process, as often as ``deadly_until`` says, while others are at work."""
    answer = square(number, log, 0.05)
    if number == 3 and Path(log).read_text().count("3 ") <= deadly_until:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


def odd_results(kind):
    """Results that JSON cannot hold, or that are none; and a task that wants to leave."""
    if kind == "leave":
        sys.exit("done for today")
    return {"nan": {"deep": [1.0, math.nan]}, "set": {"members": {1, 2}}, "list": [1]}[kind]


def threads():
    """The threads that libraries of this process may use."""
    return {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}


def prepare():
    """Leave a line in the log that the environment names."""
    with Path(os.environ["FLEET_LOG"]).open("a") as file:
        file.write(f"prepare {os.getpid()}\n")


def prepare_in_vain():
    """Leave a line, and fail."""
    with Path(os.environ["FLEET_LOG"]).open("a") as file:
        file.write(f"prepare_in_vain {os.getpid()}\n")
    raise RuntimeError("in vain")


def squares(numbers, **arguments):
    """Tasks that square numbers."""
    return [Task(f"square-{number}", {"number": number, **arguments}) for number in numbers]


def main() -> None:
    """A slow fleet: ``python -m tests.fleet_tasks <folder> <log>``."""
    folder, log = sys.argv[1:]
    run(squares(range(12), log=log, seconds=0.2), square, folder=Path(folder), stamp="slow")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
    # A function of __main__ would have no name that a worker knows.
    square = "tests.fleet_tasks:square"
    main()
