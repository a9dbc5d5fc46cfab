from data.codebook.lags import unlagged
from data.codebook.panels import DERIVED, PANELS
from data.world.codes import SYSTEMS
from data.world.described import PAGE, WRITE, page
from data.world.sources import sources

# Columns that follow from the identifiers of a row.
BY_DEFINITION = {"bipolar"}


def test_every_source_says_its_codes_its_year_and_what_it_knows():
    for name, source in sources().items():
        assert source.codes, name
        assert source.year, name
        assert source.known, name
        assert source.traps.endswith("."), name


def test_the_columns_of_sources_are_those_of_the_panels():
    """A new column belongs to the ``columns`` of its sources in ``data/world/sources.toml``."""
    built = {
        unlagged(v.name) for panel in PANELS.values() for v in panel.variables if v.kind not in ("key", "group")
    } - BY_DEFINITION  # fmt: skip
    derived = {v.name for panel in DERIVED.values() for v in panel.variables}
    fed = {column for source in sources().values() for column in source.columns}
    assert built - fed == set()
    assert fed - built - derived == set()


def test_code_systems_that_sources_name_are_known():
    named = {"COW": "cow", "Gleditsch-Ward": "gw", "Polity": "polity", "ISO3": "iso3", "rivalries": "rivalries",
             "exercises": "exercises", "votes": "votes"}  # fmt: skip
    for name, source in sources().items():
        system = next((system for word, system in named.items() if source.codes.startswith(word)), None)
        assert system in SYSTEMS, f"{name}: {source.codes}"


def test_the_page_is_written_from_the_registry():
    assert PAGE.read_text(encoding="utf-8") == page(), f"write it again: {WRITE}"
