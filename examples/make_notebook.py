"""``python examples/make_notebook.py``: run the script cell by cell and write it as notebook, with what it prints.

The script is the source, in the percent format that editors and Jupytext know; the notebook is made from it.
"""

from __future__ import annotations

import base64
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCRIPT, NOTEBOOK = HERE / "inspect_posterior.py", HERE / "inspect.ipynb"
MARK, WORDS = "# %%", " [markdown]"
Cell = dict[str, Any]


def cells() -> list[tuple[str, str]]:
    """Kind (markdown or code) and text of every cell of the script."""
    out: list[tuple[str, str]] = []
    for part in SCRIPT.read_text(encoding="utf-8").split(MARK)[1:]:
        head, _, body = part.partition("\n")
        if head == WORDS:
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()]
            out.append(("markdown", "\n".join(lines)))
        else:
            out.append(("code", body.strip()))
    return out


def _pictures() -> list[Cell]:
    """The figures that are open, as outputs; they are closed."""
    import matplotlib.pyplot as plt

    out: list[Cell] = []
    for number in plt.get_fignums():
        file = io.BytesIO()
        plt.figure(number).savefig(file, format="png", dpi=60, bbox_inches="tight")
        picture = base64.b64encode(file.getvalue()).decode()
        out.append({"output_type": "display_data", "metadata": {}, "data": {"image/png": picture}})
    plt.close("all")
    return out


def notebook() -> dict[str, Any]:
    """The notebook as Jupyter stores it (nbformat 4.5)."""
    names: dict[str, Any] = {"__file__": str(SCRIPT)}
    out: list[Cell] = []
    for number, (kind, text) in enumerate(cells()):
        cell: Cell = {
            "cell_type": kind,
            "id": f"cell-{number}",
            "metadata": {},
            "source": text.splitlines(keepends=True),
        }
        if kind == "code":
            with redirect_stdout(io.StringIO()) as printed:
                exec(compile(text, str(SCRIPT), "exec"), names)
            lines = printed.getvalue().splitlines(keepends=True)
            text_output: list[Cell] = [{"output_type": "stream", "name": "stdout", "text": lines}] if lines else []
            cell |= {"execution_count": None, "outputs": [*text_output, *_pictures()]}
        out.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": out, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    import matplotlib as mpl

    mpl.use("Agg")
    NOTEBOOK.write_text(json.dumps(notebook(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
