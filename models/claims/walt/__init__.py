"""The 32 claims of Walt (1987), The Origins of Alliances: in the project's words, by his families."""

from __future__ import annotations

from functools import partial

from data.codings import NO_ALIGNMENT
from models.claims.claim import Hypothesis

SOURCE = "Walt (1987)"
# Walt's bandwagoning is alignment with the source of danger: not one against a third state.
claim = partial(Hypothesis, source=SOURCE, excluded=(*NO_ALIGNMENT, "common enemy"))
proxy = partial(claim, status="proxy")
untestable = partial(claim, status="no")
