"""How much of each column is known, by era: nothing is dropped silently."""

from __future__ import annotations

import pandas as pd

from data.codebook.panels import panel as book

# Columns whose source begins late: what a 0 or a calibrated value means before, by era.
SOURCE_BEGINS = {
    "duress_irregular": 1871,
    "duress_coup": 1950,
    "capacity_measured": 1960,
    "imposed_leader": 1875,
    "marxist_pair": 1878,
    "aid": 1973,  # before, donors other than the US count as giving none
    "aid_other": 1973,
}
# Columns that are predicted where the column beside them is 0.
PREDICTED = {"capacity": "capacity_measured", "constraints": "constraints_measured"}


def coverage(panel: pd.DataFrame, name: str = "alignment") -> pd.DataFrame:
    """Rows, missing values and the rule for them, of each measured column of a panel in each era.

    ``rows_lost`` are the rows that a model with this column leaves out; ``substituted`` the rows whose
    value is not measured but stands by rule (predicted capacity, components of duress before their source).
    """
    table, lag = [], 0 if name == "state" else 1  # that panel holds the values of the year itself
    for variable in book(name).variables:
        if variable.kind in {"key", "group", "outcome"}:
            continue
        missing = panel[variable.name].isna()
        substituted = _substituted(panel, variable.name, lag)
        for era, index in panel.groupby("era", observed=True).groups.items():
            table.append(
                {
                    "column": variable.name,
                    "era": era,
                    "rows": len(index),
                    "missing": int(missing[index].sum()),
                    "rows_lost": int(missing[index].sum()) if variable.nullable else 0,
                    "substituted": int(substituted[index].sum()),
                    "rule": variable.missing,
                }
            )
    return pd.DataFrame(table)


def _substituted(panel: pd.DataFrame, column: str, lag: int) -> pd.Series:
    known = panel[column].notna()
    if column in PREDICTED and PREDICTED[column] in panel:
        return (panel[PREDICTED[column]] == 0) & known
    return (panel["year"] - lag < SOURCE_BEGINS.get(column, 0)) & known


def summary(panel: pd.DataFrame) -> str:
    """Rows and events by era, and the columns with missing values, as lines of text."""
    counts = panel.groupby("era", observed=True)[["bandwagon", "balance"]].agg(["size", "sum"]).astype(int)
    counts = counts.droplevel(0, axis=1).iloc[:, [0, 1, 3]].set_axis(["rows", "bandwagon", "balance"], axis=1)
    counts.loc["all"] = counts.sum()
    lost = coverage(panel).groupby("column", sort=False)["rows_lost"].sum()
    lines = [counts.to_string(), "", "rows left out of models that need the column:"]
    lines += [f"  {column:<12} {rows:>6,}" for column, rows in lost[lost > 0].items()]
    return "\n".join(lines)
