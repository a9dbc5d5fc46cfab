"""``python -m reports.numbers.opened FILE``: numbers.json of any run, ours or not, opened if it is one; its verdicts.

Nothing in it is trusted before it is valid under the schema: not its size, its depth, its numbers or its keys.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from data.command_line import Parser, answer, shortened

if TYPE_CHECKING:
    from reports.numbers.report import Numbers

MOST_BYTES = 64 * 2**20  # a report on all claims has some 4 MB
SCHEMA = Path(__file__).with_name("schema.json")


def opened(path: Path) -> Numbers:
    """The numbers of a report; ValueError that names the file and its first fault for anything else.

    Bounded before it is read: `MOST_BYTES`. Refused: a key that is there twice, a number that is not finite, nesting
    that no report has, and whatever the schema of this version does not know.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match  # pyright: ignore[reportUnknownVariableType]

    if not path.is_file():
        raise ValueError(f"{path}: no such file; name the numbers.json of a report")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise ValueError(f"{path}: {size:,} bytes are more than any report has ({MOST_BYTES:,})")
    try:
        numbers = json.loads(
            path.read_bytes(), parse_constant=_number, parse_float=_number, object_pairs_hook=_distinct
        )
    except RecursionError:
        raise ValueError(f"{path}: nested deeper than any report") from None
    except ValueError as error:
        raise ValueError(f"{path}: not the JSON of a report ({shortened(str(error))})") from error
    validator: Any = Draft202012Validator(json.loads(SCHEMA.read_bytes()))  # its library has no types
    fault = cast("Any", best_match(validator.iter_errors(numbers)))
    if fault is not None:
        where = shortened("/".join(map(str, fault.absolute_path)) or "the whole")
        raise ValueError(
            f"{path}: not the numbers of a report of this version, {where}: {shortened(fault.message)!r} "
            f"(schema: {SCHEMA.name} beside {Path(__file__).name})"
        )
    return numbers


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{shortened(text)} is not a finite number")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {shortened(twice)!r} is there twice")
    return values


def verdicts(numbers: Numbers) -> list[str]:
    """A line for each estimand: claim, estimand, probability of the expected sign, verdict; no control characters."""
    lines = [
        f"{claim['id']:<12} {estimate['estimand']:<28} {estimate['p_sign']:.3f}  {estimate['verdict']}"
        for claim in numbers["hypotheses"]
        for estimate in claim["estimands"]
    ]
    return ["".join(sign if sign.isprintable() else "?" for sign in line) for line in lines]


def main() -> int:
    """Exit code 0; 2 with a sentence for a file that is no report's."""
    parser = Parser(prog="python -m reports.numbers.opened", description=__doc__)
    parser.add_argument("file", type=Path, help="numbers.json of a report")
    path = parser.parse_args().file

    def run() -> int:
        print("\n".join(verdicts(opened(path))))
        return 0

    return answer(run, kept="the file is as it was")


if __name__ == "__main__":
    sys.exit(main())
