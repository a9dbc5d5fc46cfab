"""The pages: templates of words filled with the numbers."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.numbers.logits import PER
from reports.style import COLOURS, EVENTS, NAMES, UNITS

if TYPE_CHECKING:
    import jinja2
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


def _error(value: float, digits: int) -> str:
    """A Monte Carlo error to one digit more than its number, or the first that is not 0."""
    text = f"{value:.{digits + 1}f}"
    return text if float(text) or not value else f"{value:.{-floor(log10(value))}f}"


def _anchor(text: str) -> str:
    return "family-" + text.lower().replace(" ", "-")


def _search_words(entry: dict[str, Any]) -> str:
    """What a claim is found by."""
    terms = {term for fit in entry["fits"].values() for term in fit["exposures"] + fit["adjustment"]}
    estimands = [part for e in entry["estimands"] for part in (e["estimand"], e["label"], e["verdict"])]
    facts = [entry[name] for name in ("id", "claim", "family", "source", "status", "panel", "note", "remark")]
    return " ".join(dict.fromkeys(part for part in [*facts, *sorted(terms), *estimands] if part))


def _gate_rows(fits: dict[str, Any]) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    """Checks of the logits of a model, (name, limit) -> outcome -> check."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for outcome, fit in fits.items():
        for check in fit["gate"]:
            rows.setdefault((check["name"], check["limit"]), {})[outcome] = check
    return list(rows.items())


FILTERS = {
    "signed": _signed,
    "fixed": lambda value, digits: f"{value:.{digits}f}",
    "ratio": _ratio,
    "probability": _probability,
    "share": lambda value: _probability(value, 2),
    "percent": _percent,
    "per": lambda value, digits: f"{PER * value:.{digits}f}",
    "error": _error,
    "agreement": _agreement,
    "anchor": _anchor,
    "breakable": _breakable,
    "sensitivity": _sensitivity,
    "search_words": _search_words,
    "gate_rows": _gate_rows,
    "pixels": lambda inches: f"{96 * inches:.0f}",
    "thousands": lambda value: f"{value:,.0f}",
    "significant": lambda value: f"{value:.4g}",
    "capitalize_first": lambda text: text[:1].upper() + text[1:],
}


def environment() -> jinja2.Environment:
    """The templates with their filters: all text is escaped, and a name without a value is an error."""
    import jinja2

    out = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    out.filters |= FILTERS
    return out


def inline(name: str) -> Markup:
    """A style sheet or script to stand in a page as it is."""
    from markupsafe import Markup

    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _style() -> Markup:
    """The style sheet, with a rule for each colour of a concept."""
    from markupsafe import Markup

    rules = [f'[data-colour="{name}"] {{ background: {colour}; }}' for name, colour in COLOURS.items()]
    return inline("style.css") + Markup("\n".join(rules))


def _hash(text: str) -> str:
    """A source of a Content-Security-Policy: nothing but this text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str | None = None) -> str:
    """The Content-Security-Policy of a page: its own pictures, this style, this script if any, and nothing else."""
    sources = {
        "default-src": "'none'", "img-src": "'self'", "style-src": _hash(style),
        "script-src": _hash(script) if script is not None else "'none'", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    return "; ".join(f"{name} {source}" for name, source in sources.items())


def render(template: str, numbers: dict[str, Any], **words: object) -> str:
    """A page as HTML from a template of words and the numbers; one that ``numbers`` lacks is an error."""
    style, script = _style(), inline("search.js")
    page = {"style": style, "script": script, "policy": policy(style, script)}
    names = {"units": UNITS, "events": EVENTS, "names": NAMES}
    return environment().get_template(template).render(**numbers, **names, **page, **words)
