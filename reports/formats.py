"""How numbers are printed: each rule once, for pages, brief, tables and figures."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10
from typing import Any

from reports.numbers.limits import PER
from reports.style import UNITS

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
SMALLEST = 0.005  # a rate below it is not told from nothing
IN_WORDS = {"<": "fewer than ", ">": "more than ", "": ""}


def minus(text: str) -> str:
    """The text with true minus signs."""
    return text.replace("-", MINUS)


def fixed(value: float, digits: int) -> str:
    """So many decimals."""
    return f"{value:.{digits}f}"


def signed(value: float, digits: int) -> str:
    """With sign, a true minus, and no sign before zero."""
    text = f"{value:+.{digits}f}"
    return minus(text) if float(text) else fixed(0, digits)


def bounded(value: float, digits: int, whole: float = 1.0) -> tuple[str, str]:
    """A sign (``<``, ``>`` or none) and a share of ``whole``: one that rounds to none or all is only bounded."""
    text, step = fixed(value, digits), 10.0**-digits
    if float(text) <= 0:
        return "<", fixed(step, digits)
    return (">", fixed(whole - step, digits)) if float(text) >= whole else ("", text)


def probability(value: float, digits: int = 3) -> str:
    """A probability that never claims certainty."""
    return " ".join(bounded(value, digits)).strip()


def equation(value: float, digits: int = 2) -> str:
    """What stands behind ``Pr(...)``: a probability with its sign, ``=``, ``<`` or ``>``."""
    sign, text = bounded(value, digits)
    return f"{sign or '='} {text}"


def of_hundred(value: float) -> str:
    """How many of a hundred; neither none nor all."""
    sign, text = bounded(value, 0, 100.0)
    return IN_WORDS[sign] + text


def percent(value: float) -> str:
    """A share in whole percent."""
    return f"{100 * value:.0f} %"


def of_draws(value: float) -> str:
    """A share of the draws in percent; neither none nor all."""
    return f"{of_hundred(100 * value)} %"


def _two_digits(value: float) -> str:
    """Two significant digits without an exponent."""
    return f"{float(f'{value:.2g}'):,g}"


def ratio(value: float | None, is_bound: bool) -> str:
    """A Bayes factor: two digits, as a fraction below 1; an en dash where it is not defined."""
    if value is None:
        return DASH
    below = _two_digits(value if value >= 1 else 1 / value)
    text = below if value >= 1 or below == "1" else f"1/{below}"
    return f"> {text}" if is_bound else text


def error(value: float, digits: int) -> str:
    """A Monte Carlo error to one digit more than its number, or the first that is not 0."""
    text = fixed(value, digits + 1)
    return text if float(text) or not value else fixed(value, -floor(log10(value)))


def sensitivity(value: float | None, limit: float) -> str:
    """A power-scaling sensitivity, marked where it lies above the limit."""
    if value is None:
        return DASH
    return fixed(value, 2) + (" (yes)" if value > limit else "")


def thousands(value: float) -> str:
    """A whole number, its thousands apart."""
    return f"{value:,.0f}"


def size(value: float) -> str:
    """A rate or a difference of rates without its sign: whole from ten up, one decimal from a tenth up."""
    magnitude = abs(value)
    if magnitude < SMALLEST:
        return "less than 0.01"
    return thousands(magnitude) if magnitude >= 9.95 else fixed(magnitude, 1 if magnitude >= 0.095 else 2)


def change(value: float) -> str:
    """A difference of rates with its sign; no sign where it rounds to nothing."""
    if abs(value) < SMALLEST:
        return "0"
    return ("+" if value > 0 else MINUS) + size(value)


def rate_unit(panel: str = "alignment") -> str:
    """The unit of rates on a panel."""
    return f"events per {thousands(PER)} {UNITS[panel]}"


# Name in a template -> rule.
FILTERS: dict[str, Callable[..., str]] = {
    "signed": signed,
    "fixed": fixed,
    "ratio": ratio,
    "probability": probability,
    "share": lambda value: probability(value, 2),
    "percent": percent,
    "per": lambda value, digits: fixed(PER * value, digits),
    "error": error,
    "sensitivity": sensitivity,
    "pixels": lambda inches: f"{96 * inches:.0f}",
    "thousands": thousands,
    "significant": lambda value: f"{value:.4g}",
}
# Name in a sentence of the brief -> rule.
FORMS: dict[str, Callable[[Any], str]] = {
    "size": size,
    "change": change,
    "of_hundred": of_hundred,
    "probability": FILTERS["share"],
    "error": lambda value: f"{value:.1g}",
    "bound": lambda value: f"{value:g}",
    "percent": percent,
    "of_draws": of_draws,
    "count": thousands,
    "whole": lambda value: f"{value:d}",
    "hash": lambda value: str(value)[:12],
    "text": str,
}
