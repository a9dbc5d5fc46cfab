"""The table of all claims: one row per registered estimand, and one for each claim without a posterior."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from reports.formats import bounded, fixed
from reports.numbers.types import Cell, Claim, Estimate, Table

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
    "rd_low": "risk difference, lower bound",
    "rd_high": "risk difference, upper bound",
    "in_rope": "practically none",
    "beyond": "larger, as expected",
    "beyond_opposite": "larger, the other way",
    "sd_ratio": "posterior sd over the prior's",
    "elpd_diff": "change in elpd",
    "elpd_diff_se": "standard error of elpd",
    "elpd_diff_mcse": "Monte Carlo error of elpd",
    "elpd_diff_by_aggressor": "change in elpd by aggressor and year",
    "elpd_diff_by_aggressor_se": "standard error of elpd by aggressor and year",
    "bad_k": "Pareto k above limit",
    "bayes_factor": "Bayes factor",
    "bayes_factor_is_bound": "Bayes factor is a lower bound",
    "prior_sensitivity": "sensitivity to prior",
    "likelihood_sensitivity": "sensitivity to likelihood",
    "codings": "codings",
    "agreeing": "share of codings agreeing",
    "verdict": "verdict",
    "verdict_by_sign": "verdict by the sign alone",
    "fit_keys": "posteriors",
}
# Columns of the printed table, with their alignment in LaTeX.
IN_PRINT = {
    "id": "l", "remark": "p{5cm}", "estimand": "l", "status": "l", "rows": "r", "events": "r", "p_sign_prior": "r",
    "p_sign": "r", "rd": "r", "rd_low": "r", "rd_high": "r", "elpd_diff": "r", "elpd_diff_se": "r", "bad_k": "r",
    "bayes_factor": "r", "agreeing": "r", "verdict": "l",
}  # fmt: skip
DIGITS = {"elpd_diff": 1, "elpd_diff_se": 1}
OF_CLAIM = ("id", "family", "claim", "source", "status", "remark", "panel")
NOT_RUN = "not run"
# What spreadsheets take for the beginning of a formula, or skip before one.
FORMULA = (*"=+-@\t\r\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}")
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "\N{EN DASH}": "--", "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{PLUS-MINUS SIGN}": r"$\pm$",
    }
)  # fmt: skip


def rows(claims: Iterable[Claim]) -> Table:
    """One row per registered estimand, and one for each claim without a posterior; a missing number is None."""
    return tuple(_row(claim, estimate) for claim in claims for estimate in claim.estimands or (None,))


def _row(claim: Claim, estimate: Estimate | None) -> dict[str, Cell]:
    known: dict[str, Cell] = {name: getattr(claim, name) for name in OF_CLAIM}
    if estimate is not None:
        codings = estimate.codings
        known |= {name: getattr(estimate, name, None) for name in COLUMNS if name not in known}
        known["codings"] = codings.codings if codings else None
        known["agreeing"] = "of another panel" if estimate.stale else codings.share if codings else NOT_RUN
        known["fit_keys"] = " ".join(estimate.fit_keys.values())
    return {column: known.get(column) for column in COLUMNS}


def _cell(value: Cell) -> Cell:
    """A value of the CSV file: a text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


def to_csv(table: Sequence[Mapping[str, Cell]], *, draft: bool = False) -> str:
    """The table with every column and full numbers; that of a draft says so in every row."""
    out, mark = io.StringIO(), ["draft"] if draft else []
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*mark, *COLUMNS])
    writer.writerows([*mark, *(_cell(row[column]) for column in COLUMNS)] for row in table)
    return out.getvalue()


def escaped(text: str) -> str:
    """A text as LaTeX prints it, on one line."""
    return " ".join(text.translate(TEX).split())


def _printed(column: str, row: Mapping[str, Cell]) -> str:
    """One cell in LaTeX: no probability claims certainty, and a bound says that it is one."""
    value = row[column]
    if value is None or (column == "agreeing" and row["p_sign"] is None):
        return "--"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else escaped(str(value))
    if column == "bayes_factor":
        return f"{'$>$ ' if row['bayes_factor_is_bound'] else ''}{value:.2g}"
    if column in {"p_sign", "p_sign_prior"}:
        sign, text = bounded(value, 2)
        return f"${sign}$ {text}" if sign else text
    text = fixed(value, DIGITS.get(column, 2))
    return f"${text}$" if text.startswith("-") else text


def to_tex(table: Sequence[Mapping[str, Cell]], *, draft: bool = False) -> str:
    r"""The main columns as a LaTeX ``longtable`` with booktabs rules; the document loads both packages.

    A claim's remark stands beside the first of its estimands. The table of a draft says so on every page.
    """
    head = " & ".join(escaped(COLUMNS[column]) for column in IN_PRINT) + r" \\"
    mark = [rf"\multicolumn{{{len(IN_PRINT)}}}{{c}}{{\textbf{{DRAFT}}: not to be cited}} \\"] if draft else []
    lines = [
        rf"\begin{{longtable}}{{{''.join(IN_PRINT.values())}}}",
        r"\toprule",
        *mark,
        head,
        r"\midrule",
        r"\endhead",
    ]
    before = None
    for row in table:
        shown = {**row, "remark": row["remark"] if row["id"] != before else ""}
        lines.append(" & ".join(_printed(column, shown) for column in IN_PRINT) + r" \\")
        before = row["id"]
    return "\n".join([*lines, r"\bottomrule", r"\end{longtable}", ""])
