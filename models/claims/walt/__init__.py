"""The 32 claims of Walt (1987), The Origins of Alliances: in the project's words, by his families."""

from __future__ import annotations

from functools import partial

from models.claims.claim import Hypothesis

SOURCE = "Walt (1987)"
claim = partial(Hypothesis, source=SOURCE)
proxy = partial(claim, status="proxy")
untestable = partial(claim, status="no")
