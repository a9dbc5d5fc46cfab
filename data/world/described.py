"""The page that says of every source what its years and codes mean and what it knew: ``data/world/SOURCES.md``."""

from pathlib import Path

from data.world.sources import Source, sources

PAGE = Path(__file__).with_name("SOURCES.md")
WRITE = "python -c 'from data.world.described import write; write()'"
HEAD = f"""# Sources

What each raw file's year means, which codes it uses, what of it is known at the end of year t-1, which columns of the
panels it feeds, and what surprised us in it. Written from `sources.toml` with `{WRITE}`;
the mappings of codes are in `codes.py`, what is carried beyond the end of a source in `carried.py`.

Scores of capacity, income, democracy and votes are smoothed over time by their authors: the value of t-1 has learnt
from t and later. That is stated here and not mended. Files that feed no column yet are read by none.
"""


def _entry(source: Source) -> str:
    lines = {
        "unit": source.unit,
        "codes": source.codes,
        "year": source.year,
        "known": source.known,
        "columns": ", ".join(f"`{column}`" for column in source.columns) or "none",
        "traps": source.traps,
    }
    return f"## {source.file}\n\n{source.citation}.\n\n" + "\n".join(
        f"- {name}: {text}" for name, text in lines.items()
    )


def page() -> str:
    """The page in Markdown, one section for each source in the order of the registry."""
    return "\n\n".join([HEAD.strip(), *map(_entry, sources().values())]) + "\n"


def write() -> None:
    """Write the page to its place."""
    PAGE.write_text(page(), encoding="utf-8")
