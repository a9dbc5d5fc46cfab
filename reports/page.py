"""The pages: templates of words filled with the numbers."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from data.codebook.panels import label
from reports import formats
from reports.numbers.claims_table import NOT_RUN
from reports.numbers.report import Numbers
from reports.style import CLUSTERS, COLOURS, EVENTS, NAMES, UNITS

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FEW = 10  # decisions below which a score hardly tells anything
TOP = 0.05  # the share of the rows of a year that count as those of which most is expected
TEMPLATES = Path(__file__).parent / "templates"


def _agreement(estimand: Numbers) -> str:
    """Share of codings on the side of the registered one, or why there is none."""
    if estimand["stale"]:
        return "refits are of another panel"
    codings = estimand["codings"]
    if codings is None:
        return NOT_RUN
    if codings["share"] is None:
        return formats.DASH
    plain, weighed = (formats.percent(codings[name]) for name in ("share", "weighed"))
    return f"{plain} of {codings['codings']}, weighed by plausibility {weighed}"


def _breakable(estimand: str) -> Markup:
    """An estimand that may be broken after a bracket or a colon, and nowhere else."""
    from markupsafe import Markup, escape

    text = str(escape(estimand)).replace(" ", "&nbsp;").replace("[", "[<wbr>").replace(":", ":<wbr>")
    return Markup(text.replace("/&nbsp;", "/ "))


def _anchor(text: str) -> str:
    return "family-" + text.lower().replace(" ", "-")


def _search_words(entry: Numbers) -> str:
    """What a claim is found by."""
    terms = {term for fit in entry["fits"].values() for term in fit["exposures"] + fit["adjustment"]}
    estimands = [part for e in entry["estimands"] for part in (e["estimand"], e["label"], e["verdict"])]
    facts = [entry[name] for name in ("id", "claim", "family", "source", "status", "panel", "note", "remark")]
    return " ".join(dict.fromkeys(part for part in [*facts, *sorted(terms), *estimands] if part))


def _gate_rows(fits: Numbers) -> list[tuple[tuple[str, str], dict[str, Numbers]]]:
    """Checks of the logits of a model, (name, limit) -> outcome -> check."""
    rows: dict[tuple[str, str], dict[str, Numbers]] = {}
    for outcome, fit in fits.items():
        for check in fit["gate"]:
            rows.setdefault((check["name"], check["limit"]), {})[outcome] = check
    return list(rows.items())


def _foretold(late: Numbers) -> str:
    """Whether a posterior foretells the years that it has not seen better than the rate of those that it has."""
    better = late["log"] > late["log_base"]
    words = "the model foretells them better" if better else "the model foretells them no better than that rate"
    return f"{words}, which so few decisions hardly tell" if late["decisions"] < FEW else words


def _case_verdict(case: Numbers) -> str:
    """What the case says for the claims that it opens, in a sentence."""
    opening = case["opening"]
    if opening is None or not opening["expected"]:
        return "The opening case is no row that a model can score: the models say nothing of it."
    if case["events"]:
        return "A treaty was signed in the case: see its row."
    top = [e["rank_year"] / e["rows_year"] for e in opening["expected"].values()]
    if max(top) <= TOP:
        share = formats.percent(1 - TOP)
        return f"Of the opening case the models expected a treaty more than of {share} of its year's rows; none came."
    above = " and ".join(map(formats.percent, top))
    return (
        "Neither the outcome nor the models say anything for the opening case: no treaty came, and its rank lies at "
        f"{above} of the rows of its year. That the states aligned is seen in support and arms alone."
    )


def _signs(decisions: Numbers) -> str:
    """Which signs rise after which events, by two standard errors more than in quiet rows."""
    rises = [s for s in decisions["signs"] if s["excess"] > 2 * s["excess_se"]]
    events = [s for s in decisions["signs"] if not s["event"].startswith("none")]
    flat = [f"{s['event']} ({s['sign'].partition(',')[0]})" for s in events if s not in rises]
    out = f"{len(rises)} of {len(events)} rise by more than twice the standard error over quiet rows"
    return f"{out}; not so {', '.join(flat)}." if flat else f"{out}."


def _threats(rows: list[Numbers]) -> str:
    """How the two measures of threat go together, in a sentence."""
    disputes = [row["disputes"] for row in rows]
    signs = "negative in every era" if max(disputes) < 0 else "not of one sign"
    return (
        f"With threat by disputes it is {signs}, and with the power of the aggressor it is at least "
        f"{formats.fixed(min(row['capabilities'] for row in rows), 2)}: the two measures are not two versions of one."
    )


FILTERS = formats.FILTERS | {
    "agreement": _agreement,
    "anchor": _anchor,
    "breakable": _breakable,
    "column": label,
    "contraction": lambda ratio: formats.signed(1 - ratio**2, 2),
    "search_words": _search_words,
    "case_verdict": _case_verdict,
    "foretold": _foretold,
    "signs": _signs,
    "threats": _threats,
    "either": lambda words: " or ".join([", ".join(words[:-1]), words[-1]]),
    "in_words": lambda count: NUMBERS[count] if count < len(NUMBERS) else str(count),
    "gate_rows": _gate_rows,
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


def render(template: str, numbers: Numbers, **words: object) -> str:
    """A page as HTML from a template of words and the numbers; one that ``numbers`` lacks is an error."""
    style, script = _style(), inline("search.js")
    page = {"style": style, "script": script, "policy": policy(style, script)}
    names = {"units": UNITS, "events": EVENTS, "names": NAMES, "cluster_names": CLUSTERS}
    return environment().get_template(template).render(**numbers, **names, **page, **words)
