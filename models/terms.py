"""Terms of a model: ``a``, the product ``a:b``, the square ``a^2``, and ``a@era``, a within one era."""

from __future__ import annotations


def variables(term: str) -> tuple[str, ...]:
    """The variables multiplied in a term: ``duress:threat`` has two, ``support^2`` the same one twice."""
    term, _, _ = term.partition("@")
    if term.endswith("^2"):
        return (term[:-2],) * 2
    return tuple(term.split(":"))


def era_of(term: str) -> str:
    """The era that a term is confined to, or ''."""
    return term.partition("@")[2]


def needed(terms: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the panel that ``terms`` need, each once, in order."""
    return tuple(dict.fromkeys(variable for term in terms for variable in variables(term)))
