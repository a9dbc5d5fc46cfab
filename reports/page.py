"""The report page: a template of words filled with the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.style import EVENTS, NAMES, UNITS

if TYPE_CHECKING:
    from markupsafe import Markup

MINUS, UNDEFINED = "\N{MINUS SIGN}", "\N{EN DASH}"
TEMPLATES = Path(__file__).parent / "templates"


def _signed(value: float, digits: int) -> str:
    """With sign, a true minus, and no minus before zero."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", MINUS) if float(text) else f"{0:.{digits}f}"


def _two_digits(value: float) -> str:
    """Two significant digits without an exponent."""
    return f"{float(f'{value:.2g}'):,g}"


def _ratio(value: float | None, is_bound: bool) -> str:
    """A Bayes factor: two digits, as a fraction below 1; an en dash where it is not defined."""
    if value is None:
        return UNDEFINED
    below = _two_digits(value if value >= 1 else 1 / value)
    text = below if value >= 1 or below == "1" else f"1/{below}"
    return f"> {text}" if is_bound else text


def _probability(value: float, digits: int = 3) -> str:
    """A probability that never claims certainty."""
    smallest = 10**-digits
    if value >= 1 - smallest / 2:
        return f"> {1 - smallest:.{digits}f}"
    return f"< {smallest:.{digits}f}" if value < smallest / 2 else f"{value:.{digits}f}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _agreement(estimand: dict[str, Any]) -> str:
    """Share of codings on the side of the registered one, or why there is none."""
    if estimand["stale"]:
        return "refits are of another panel"
    codings = estimand["codings"]
    if codings is None:
        return "not run"
    return UNDEFINED if codings["share"] is None else f"{_percent(codings['share'])} of {codings['codings']}"


def _sensitivity(value: float | None, limit: float) -> str:
    """A power-scaling sensitivity, marked where it lies above the limit."""
    if value is None:
        return UNDEFINED
    return f"{value:.2f}" + (" (yes)" if value > limit else "")


def _breakable(estimand: str) -> Markup:
    """An estimand that may be broken after a bracket or a colon, and nowhere else."""
    from markupsafe import Markup, escape

    text = str(escape(estimand)).replace(" ", "&nbsp;").replace("[", "[<wbr>").replace(":", ":<wbr>")
    return Markup(text.replace("/&nbsp;", "/ "))


def _anchor(text: str) -> str:
    return "family-" + text.lower().replace(" ", "-")


FILTERS = {
    "signed": _signed,
    "fixed": lambda value, digits: f"{value:.{digits}f}",
    "ratio": _ratio,
    "probability": _probability,
    "percent": _percent,
    "agreement": _agreement,
    "anchor": _anchor,
    "breakable": _breakable,
    "sensitivity": _sensitivity,
    "thousands": lambda value: f"{value:,.0f}",
    "significant": lambda value: f"{value:.4g}",
    "capitalize_first": lambda text: text[:1].upper() + text[1:],
}


def render(numbers: dict[str, Any], **extra: float) -> str:
    """The page as HTML; a number that the template asks for and ``numbers`` lacks is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= FILTERS
    words = {"units": UNITS, "events": EVENTS, "names": NAMES}
    return environment.get_template("index.html.j2").render(**numbers, **extra, **words)
