"""The results as markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Record = dict[str, Any]
NOT_RUN = "not run"
Column = tuple[str, Callable[[Record], str]]


def number(value: float, digits: int = 3) -> str:
    """``value`` with ``digits`` significant digits, thousands apart."""
    if value == 0 or not abs(value) < float("inf"):
        return f"{value:g}"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def _field(name: str) -> Callable[[Record], str]:
    return lambda record: number(record[name])


def whole(name: str) -> Callable[[Record], str]:
    """The column of a count, empty where a record has none."""
    return lambda record: "" if record[name] is None else f"{record[name]:,.0f}"


def length(record: Record) -> str:
    """Chains, and draws of each."""
    return f"{record['chains']} x {record['draws']:,}"


def _rate(amount: str, seconds: str) -> Callable[[Record], str]:
    return lambda record: number(record[amount] / record[seconds])


COST: tuple[Column, ...] = (("wall s", _field("wall_s")), ("sampling s", _field("sampling_s")))
WORTH: tuple[Column, ...] = (
    ("bulk-ESS", whole("bulk_ess")),
    ("bulk-ESS / sampling s", _rate("bulk_ess", "sampling_s")),
    ("tail-ESS / sampling s", _rate("tail_ess", "sampling_s")),
    ("bulk-ESS / wall s", _rate("bulk_ess", "wall_s")),
    ("tail-ESS / wall s", _rate("tail_ess", "wall_s")),
    ("worst R-hat", lambda record: f"{record['worst_rhat']:.3f}"),
    ("divergences", whole("divergences")),
    ("peak MB", whole("peak_mb")),
)
POSTERIOR: tuple[Column, ...] = (
    ("quantities", whole("quantities")),
    ("chains x draws", length),
    ("warm-up", whole("warmup")),
    *COST,
    *WORTH,
)
MODELS: tuple[Column, ...] = (
    ("models", lambda record: f"{record['models']} of {record['planned']}"),
    ("chains x draws", length),
    *COST,
    *WORTH,
)
AVERAGE: tuple[Column, ...] = (
    ("seconds", _field("seconds")),
    ("MB beyond the draws", whole("added_mb")),
    ("mean", lambda record: f"{record['mean']:.6f}"),
    ("sd", lambda record: f"{record['sd']:.6f}"),
)
LEVELS: tuple[Column, ...] = (
    ("effects", whole("effects")),
    ("ns per row, kernel", _field("kernel_ns")),
    ("with transport and priors", _field("density_ns")),
    ("transport found in s", _field("assembling_s")),
    ("sampling s", _field("sampling_s")),
    ("bulk-ESS / sampling s", _rate("bulk_ess", "sampling_s")),
    ("worst R-hat", lambda record: f"{record['worst_rhat']:.3f}"),
    ("peak MB", whole("peak_mb")),
)
GROWTH: tuple[Column, ...] = (
    ("row kernel, best", lambda point: f"{point['kernel_ns']:.2f}"),
    ("median", lambda point: f"{point['kernel_median_ns']:.2f}"),
    ("with transport and priors, best", lambda point: f"{point['density_ns']:.2f}"),
    ("times the limit", lambda point: f"{point['kernel_ns'] / point['limit_ns']:.1f}"),
)


def measured(record: Record) -> bool:
    """Whether there are figures beside task, case, system, status and date."""
    return len(record) > 5


def rows(records: Sequence[Record], columns: Sequence[Column], first: Sequence[str]) -> list[str]:
    """Lines of a markdown table; a record without figures says why in its last column."""
    heads = [*first, *(name for name, _ in columns), "remark"]
    out = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(first) + "--:|" * len(columns) + "---|"]
    for record in records:
        cells = [function(record) if measured(record) else "" for _, function in columns]
        remark = "" if record["status"] == "ok" else record["status"]
        out.append("| " + " | ".join([*(str(record[name]) for name in first), *cells, remark]) + " |")
    return out


def ratios(records: Sequence[Record]) -> list[str]:
    """The engine against each other system, where both were measured."""
    known = [record for record in records if measured(record)]
    ours = {(r["task"], r["case"]): r for r in known if r["system"] == "engine"}
    out = []
    for record in known:
        mine = ours.get((record["task"], record["case"]))
        if mine is None or record["system"].startswith("engine"):
            continue
        apart = "" if mine["date"] == record["date"] else f" (measured on {mine['date']} and {record['date']})"
        where = f"- {record['case']}, against {record['system']}{apart}: "
        if "bulk_ess" in record:
            sampling, wall = (
                (mine["bulk_ess"] / mine[s]) / (record["bulk_ess"] / record[s]) for s in ("sampling_s", "wall_s")
            )
            out.append(
                f"{where}{number(sampling)} times the bulk-ESS per sampling second, {number(wall)} per wall second."
            )
        elif "seconds" in record:
            faster, smaller = (record[name] / mine[name] for name in ("seconds", "added_mb"))
            out.append(f"{where}{number(faster)} times faster, {number(smaller)} times less memory.")
    return out


def markdown(results: dict[str, Any]) -> str:
    """All tables."""
    computer, records = results["machine"], results["measurements"]
    versions = {"Python": computer["python"]} | computer["versions"]
    machine = f"{computer['cpu']}, {computer['cores']} cores, load {computer['load_at_start']} at the start"
    days = " and ".join(sorted({record["date"] for record in records if measured(record)}))
    out = [f"{machine}, {days}. {', '.join(f'{name} {text}' for name, text in versions.items())}."]

    def add(heading: str, task: str, columns: Sequence[Column]) -> None:
        mine = [record for record in records if record["task"] == task and record["status"] != NOT_RUN]
        order = list(dict.fromkeys(record["case"] for record in mine))
        mine.sort(key=lambda record: order.index(record["case"]))
        out.extend(["", f"**{heading}**", "", *rows(mine, columns, ("case", "system"))])

    add("One posterior from a fresh process; the worst of all parameters and scales", "posterior", POSTERIOR)
    add("30,000 rows of more and more actors", "levels", LEVELS)
    add("Ten models in one process; effective draws are summed over the models", "together", MODELS)
    add("Average contrast over all rows and draws", "average", AVERAGE)
    out.extend(["", *ratios(records)])
    for record in (record for record in records if record["task"] == "growth" and "points" in record):
        heading = f"Nanoseconds per row and gradient, {record['predictors']} predictors, float32, one core"
        bound = f"The machine's limit: {record['limit_ns']:.2f}, {record['functions_ns']:.2f} of it exp and log1p."
        points = [{**record, "rows": f"{point['rows']:,}", **{k: v for k, v in point.items() if k != "rows"}}
                  for point in record["points"]]  # fmt: skip
        out.extend(["", f"**{heading}**", "", bound, "", *rows(points, GROWTH, ("rows",))])
    missing: dict[str, list[str]] = {}
    for record in records:
        if record["status"] == NOT_RUN:
            missing.setdefault(f"{record['task']}, {record['case']}", []).append(record["system"])
    if missing:
        lines = [f"{what}: {', '.join(systems)}" for what, systems in missing.items()]
        out.extend(["", f"Not run: {'; '.join(lines)}."])
    return "\n".join(out)
