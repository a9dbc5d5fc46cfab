"""What a measure is: columns of the alignment panel, and the function that computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from data.codebook.variable import Variable
from data.codings import Coding
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World


@dataclass(frozen=True)
class Sample:
    """The dyad-years at risk under a coding, and the sources that their columns are computed from."""

    rows: Rows
    world: World
    coding: Coding


@dataclass(frozen=True)
class Measure:
    """Columns of the alignment panel: ``columns`` computes what ``variables`` describe, in their order."""

    variables: tuple[Variable, ...]
    columns: Callable[[Sample], pd.DataFrame]
