"""How much of each column is known, by era: nothing is dropped silently."""

import pandas as pd

from data.codebook.panels import panel as book
from data.codebook.variable import LEFT_OUT, Variable


def coverage(panel: pd.DataFrame, name: str = "alignment") -> pd.DataFrame:
    """Rows, missing values and the rule for them, of each measured column that a panel has, in each era.

    ``rows_lost`` are the rows that a model with this column leaves out; ``substituted`` the rows whose
    value is not measured but stands by rule (predicted capacity, components of duress before their source).
    """
    table: list[dict[str, object]] = []
    of_eras = panel.groupby("era", observed=True).indices
    for variable in book(name).variables:
        unmeasured = variable.kind in {"key", "group", "category", "rows"}
        if variable.name not in panel or unmeasured or (variable.kind == "outcome" and not variable.nullable):
            continue
        missing = panel[variable.name].isna().to_numpy()
        substituted = _substituted(panel, variable, book(name).lag).to_numpy()
        for era, index in of_eras.items():
            table.append(
                {
                    "column": variable.name,
                    "era": era,
                    "rows": len(index),
                    "missing": int(missing[index].sum()),
                    "rows_lost": int(missing[index].sum()),
                    "substituted": int(substituted[index].sum()),
                    "rule": variable.missing if variable.nullable or not missing.any() else LEFT_OUT,
                }
            )
    return pd.DataFrame(table)


def _substituted(panel: pd.DataFrame, variable: Variable, lag: int) -> pd.Series:
    known = panel[variable.name].notna()
    if variable.measured_by in panel:
        return (panel[variable.measured_by] == 0) & known
    return (panel["year"] - lag < variable.since) & known


def summary(panel: pd.DataFrame) -> str:
    """Rows and events by era, and the columns with missing values, as lines of text."""
    counts = panel.groupby("era", observed=True)[["bandwagon", "balance"]].agg(["size", "sum"]).astype(int)
    counts = counts.droplevel(0, axis=1).iloc[:, [0, 1, 3]].set_axis(["rows", "bandwagon", "balance"], axis=1)
    counts.loc["all"] = counts.sum()
    lost = coverage(panel).groupby("column", sort=False)["rows_lost"].sum()
    lines = [counts.to_string(), "", "rows left out of models that need the column:"]
    lines += [f"  {column:<12} {rows:>6,}" for column, rows in lost[lost > 0].items()]
    return "\n".join(lines)
