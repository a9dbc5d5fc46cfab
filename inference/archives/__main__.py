"""``python -m inference.archives FIRST SECOND``: whether two folders of posteriors hold the same numbers."""

from __future__ import annotations

import sys
from pathlib import Path

from data.command_line import Parser, answer


def main() -> int:
    """Exit code 0 where every archive of the first folder stands in the second bit for bit, 1 where not, 2 for none."""
    parser = Parser(prog="python -m inference.archives", description=__doc__)
    parser.add_argument("first", type=Path, help="folder of posteriors, as made before a change")
    parser.add_argument("second", type=Path, help="folder of posteriors, as made after it; may hold more")
    arguments = parser.parse_args()
    for folder in (arguments.first, arguments.second):
        if not folder.is_dir():
            parser.error(f"{folder} is no folder: name two that hold posteriors, as inference/posteriors does")
    return answer(lambda: _compare(arguments.first, arguments.second), kept="both folders are as they were")


def _compare(first: Path, second: Path) -> int:
    from inference.archives.compare import of_folders

    count, differences = of_folders(first, second)
    print("\n".join([*differences, f"{count} archives, {len(differences)} differences"]))
    return 1 if differences or not count else 0


if __name__ == "__main__":
    sys.exit(main())
