"""The verdicts on all claims that share a model, put into the archives of its posteriors.

A claim may compare both outcomes, so its verdicts come after the fits of both: each outcome's archive gets those
that its posterior enters.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from inference.archives import archive
from inference.archives.provenance import code_sha256
from inference.evidence import verdicts
from inference.fitting.result import FitResult
from inference.sampling.settings import Session
from models.claims.links import LOGITS
from models.claims.registry import REGISTRY, Hypothesis, archive_of


def claims_of(model: str) -> tuple[Hypothesis, ...]:
    """The claims or the link whose posteriors are kept under the id ``model``, that id's own first."""
    every = (REGISTRY | LOGITS).values()
    return tuple(claim for claim in every if claim.testable and archive_of(claim) == model)


def up_to_date(model: Hypothesis, folder: Path) -> bool:
    """Whether the archives of a model hold the present code's verdicts on their present posteriors."""
    keys = json.dumps({o: archive.key_of(f"{model.id}.{o}", folder) for o in sorted(model.outcomes)})
    now = {"code_sha256": code_sha256(__name__), "fit_keys": keys}
    every = (archive.attributes(f"{model.id}.{o}", folder, verdicts.GROUP) for o in model.outcomes)
    return all(attributes.items() >= now.items() for attributes in every)


def judge(model: str, session: Session) -> FitResult:
    """Compute the verdicts on the claims of a model from its archives, and add them there as the group ``verdicts``."""
    claims, folder = claims_of(model), session.folder
    trees = {o: archive.read(f"{model}.{o}", folder, rows=False) for o in claims[0].outcomes}
    made = {"made_by": __name__, "code_sha256": code_sha256(__name__), "fit_keys": verdicts.keys(trees)}
    judged = [verdict for claim in claims for verdict in verdicts.compare(claim, trees)]
    paths = []
    for outcome in trees:
        here = [verdict for verdict in judged if verdict.outcome == outcome or verdict.outcome not in trees]
        group = verdicts.dataset(here).assign_attrs(made)
        paths.append(archive.add_group(f"{model}.{outcome}", verdicts.GROUP, group, folder))
    counts = Counter(verdict.verdict for verdict in judged)
    text = ", ".join(f"{count} {label}" for label, count in counts.items()) or "no estimand"
    return FitResult(f"{model}.verdicts", paths[0], (), text)
