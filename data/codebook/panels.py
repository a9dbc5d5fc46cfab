"""Every panel by name, and the label of a term of a model on one.

The columns of a panel are described beside the function that computes them, in ``data.measures`` and ``data.build``.
"""

from data.build.alignment import ALIGNMENT
from data.build.informal import INFORMAL
from data.build.joining import JOINING
from data.build.pacts import PACTS
from data.build.siding import SIDING
from data.build.state import STATE
from data.build.termination import TERMINATION
from data.build.transition import LINKS, PLACEBO
from data.codebook.variable import Panel, unknown_panel

PANELS: dict[str, Panel] = {panel.name: panel for panel in (ALIGNMENT, INFORMAL, TERMINATION, JOINING, STATE, PACTS)}
DERIVED: dict[str, Panel] = {
    PLACEBO.name: PLACEBO,
    SIDING.name: SIDING,
    **LINKS,
}  # from those that are built, in memory


def panel(name: str) -> Panel:
    """A panel by name, those derived from others included; ValueError with the choices for any other."""
    known = PANELS | DERIVED
    if name not in known:
        raise unknown_panel(name)
    return known[name]


def label(term: str, name: str = "alignment") -> str:
    """Label of a term of a model on a panel: a variable, a product ``a:b`` or a square ``a^2``.

    Raises KeyError for a variable that the panel does not have.
    """
    columns = panel(name).columns
    if term.endswith("^2"):
        return f"{columns[term[:-2]].label}, squared"
    return " x ".join(columns[part].label for part in term.split(":"))
