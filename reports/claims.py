"""The table of all claims: one row per registered estimand, and one for each claim without a posterior."""

from __future__ import annotations

import csv
import io
from typing import Any

# Column -> heading in print. The order is that of the files.
COLUMNS = {
    "id": "id",
    "family": "family",
    "claim": "claim",
    "source": "source",
    "status": "status",
    "remark": "remark",
    "panel": "panel",
    "rows": "rows",
    "events": "events",
    "estimand": "estimand",
    "p_sign_prior": "prior Pr(sign)",
    "p_sign": "posterior Pr(sign)",
    "p_sign_mcse": "Monte Carlo error",
    "mean": "mean",
    "mcse": "Monte Carlo error of mean",
    "low": "lower bound",
    "high": "upper bound",
    "rd": "risk difference per 1,000",
    "rd_mcse": "Monte Carlo error of risk difference",
    "rd_low": "its lower bound",
    "rd_high": "its upper bound",
    "in_rope": "practically none",
    "elpd_diff": "change in elpd",
    "elpd_diff_se": "s.e.",
    "bad_k": "Pareto k above limit",
    "bayes_factor": "Bayes factor",
    "bayes_factor_is_bound": "Bayes factor is a lower bound",
    "prior_sensitivity": "sensitivity to prior",
    "likelihood_sensitivity": "sensitivity to likelihood",
    "codings": "codings",
    "agreeing": "share of codings agreeing",
    "verdict": "verdict",
}
IN_PRINT = (
    "id", "estimand", "status", "rows", "events", "p_sign_prior", "p_sign", "rd", "rd_low", "rd_high", "elpd_diff",
    "elpd_diff_se", "bad_k", "bayes_factor", "agreeing", "verdict",
)  # fmt: skip
NOT_RUN = "not run"
NOT_IDENTIFIED = "not identified without assumption"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "\N{EN DASH}": "--", "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{PLUS-MINUS SIGN}": r"$\pm$",
    }
)  # fmt: skip


def remark(entry: dict[str, Any]) -> str:
    """What must stand beside a claim: why it is not tested, its stand-in, what identifies it."""
    if entry["absent"]:
        return entry["absent"]
    parts = []
    if entry["causal"] and not entry["identified"]:
        parts.append(NOT_IDENTIFIED)
    if entry["status"] == "proxy":
        parts.append(f"proxy: {entry['note']}")
    elif not entry["causal"]:
        parts.append(entry["note"])
    return "; ".join(part for part in parts if part)


def rows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per registered estimand of the claims in ``numbers.collect``; a missing number is None."""
    out = []
    for entry in entries:
        shared = {name: entry[name] for name in ("id", "family", "claim", "source", "status", "panel")}
        shared["remark"] = remark(entry)
        for estimand in entry["estimands"] or [{}]:
            codings = estimand.get("codings") or {}
            row = shared | estimand | {"codings": codings.get("codings"), "agreeing": _agreeing(estimand)}
            out.append({column: row.get(column) for column in COLUMNS})
    return out


def _agreeing(estimand: dict[str, Any]) -> float | str | None:
    """The share of codings on the registered side, or why there is none."""
    if not estimand:
        return None
    if estimand.get("stale"):
        return "of another panel"
    return (estimand.get("codings") or {"share": NOT_RUN})["share"]


def _cell(value: object) -> object:
    """A value of the CSV file: a text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


def to_csv(table: list[dict[str, Any]]) -> str:
    """The table with every column and full numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in table)
    return out.getvalue()


def escaped(text: str) -> str:
    """A text as LaTeX prints it."""
    return text.translate(TEX)


def _printed(column: str, value: object) -> str:
    digits = {"rd": 2, "rd_low": 2, "rd_high": 2, "elpd_diff": 1, "elpd_diff_se": 1}
    if value is None:
        return "--"
    if isinstance(value, float):
        text = f"{value:.3g}" if column == "bayes_factor" else f"{value:.{digits.get(column, 2)}f}"
        return f"${text}$" if text.startswith("-") else text
    return f"{value:,}" if isinstance(value, int) else escaped(str(value))


def to_tex(table: list[dict[str, Any]]) -> str:
    r"""The main columns as a LaTeX ``longtable`` with booktabs rules; the document loads both packages."""
    texts = ("id", "estimand", "status", "verdict")
    head = " & ".join(escaped(COLUMNS[column]) for column in IN_PRINT) + r" \\"
    lines = [rf"\begin{{longtable}}{{{''.join('l' if c in texts else 'r' for c in IN_PRINT)}}}", r"\toprule"]
    lines += [head, r"\midrule", r"\endhead"]
    lines += [" & ".join(_printed(c, row[c]) for c in IN_PRINT) + r" \\" for row in table]
    return "\n".join([*lines, r"\bottomrule", r"\end{longtable}", ""])
