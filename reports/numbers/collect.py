"""The evidence of a report: every number that its archives and refits hold."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.codebook.panels import label
from inference import panels
from inference.archives.archive import group
from inference.evidence import independences, pooling
from inference.evidence.estimands import quadrants, slope, sources
from inference.evidence.quantities import Quantity
from inference.evidence.verdicts import CALLED, Verdict, read
from inference.sampling.diagnostics import mcse_share
from models.claims.estimand import POSITIVE
from models.claims.registry import FAMILIES, OUTCOMES, RATIO, Estimand, Hypothesis, archive_of
from models.claims.revisions import REVISIONS
from reports.numbers import claims_table, limits, logits, refits, sample
from reports.numbers.limits import PER
from reports.numbers.report import (
    Archive,
    Contest,
    Counterfactual,
    Evidence,
    Foretold,
    PooledSign,
    Provenance,
    Removed,
    Sampling,
    Tested,
    WrongSigns,
)
from reports.numbers.types import Claim, Estimate
from reports.readings import changes
from reports.readings.values import Readings

if TYPE_CHECKING:
    from reports.numbers.archived import Pair, Trees

OTHERS = "beside the claims"  # the family of what is registered and is no claim of either author
DURESS = "carter-3"  # the claim whose model tells what duress does
NOT_IDENTIFIED = "not identified without assumption"


def contested(hypothesis: Hypothesis) -> list[str]:
    """Exposures with a slope in both logits, whose signs say which of the four answers they support."""
    if hypothesis.outcomes != OUTCOMES:
        return []
    bandwagon, balance = (hypothesis.equation(outcome).varying for outcome in OUTCOMES)
    return [term for term in bandwagon if term in balance]


def family_of(hypothesis: Hypothesis) -> str:
    """The family that a claim is registered in."""
    known = {claim.id: name for name, members in FAMILIES.items() for claim in members}
    return known.get(hypothesis.id, OTHERS)


def _estimate(hypothesis: Hypothesis, index: int, verdict: Verdict, pair: Pair, tables: refits.Tables) -> Estimate:
    which: Estimand = hypothesis.estimands[index]
    return Estimate(
        **vars(verdict),
        **vars(refits.recoded(tables, index, verdict)),
        label="rate" if which.outcome == RATIO else label(which.term, hypothesis.panel),
        sign=which.expectation.name,
        fit_keys={outcome: tree.attrs["fit_key"] for outcome, tree in sources(which, pair).items()},
    )


def _masses(pair: Pair, term: str) -> tuple[dict[str, float], dict[str, float]]:
    """Mass of the four quadrants of a term's slopes, and its Monte Carlo error."""
    balance, bandwagon = slope(pair["balance"], term), slope(pair["bandwagon"], term)
    up, towards = balance > 0, bandwagon > 0
    inside = (up & ~towards, ~up & towards, up & towards, ~up & ~towards)
    masses = quadrants(balance, bandwagon)
    return masses, {name: mcse_share(draws) for name, draws in zip(masses, inside, strict=True)}


def remark(hypothesis: Hypothesis, absent: str | None) -> str:
    """What must stand beside a claim: why it is not tested, its stand-in, what identifies it."""
    if absent:
        return absent
    causal = hypothesis.adjust_for is None
    parts = [NOT_IDENTIFIED] if causal and not hypothesis.identified else []
    if hypothesis.status == "proxy":
        parts.append(f"stand-in: {hypothesis.note}")
    elif not causal:
        parts.append(hypothesis.note)
    return "; ".join(part for part in parts if part)


def revised(hypothesis: Hypothesis) -> str:
    """What of a claim has changed since revision 1, when and why; empty where nothing has."""
    change = REVISIONS.get(hypothesis.id)
    return f"Changed on {change.date}. {change.changed} {change.grounds}" if change else ""


def _claim(hypothesis: Hypothesis, pair: Pair, absent: str | None, tables: refits.Tables, alignment: Path) -> Claim:
    """A claim with what its posteriors say; without a posterior (``absent`` says why), as it was registered."""
    verdicts = () if absent else read(hypothesis, pair)
    contest = {} if absent else {term: _masses(pair, term) for term in contested(hypothesis)}
    return Claim(
        id=hypothesis.id,
        claim=hypothesis.claim,
        family=family_of(hypothesis),
        source=hypothesis.source,
        status=hypothesis.status,
        note=hypothesis.note,
        absent=absent,
        panel=hypothesis.panel,
        sample=hypothesis.sample_description,
        causal=hypothesis.adjust_for is None and hypothesis.testable,
        identified=hypothesis.identified,
        by_era=tuple(hypothesis.by_era),
        archive=None if absent else archive_of(hypothesis),
        fits={} if absent else {outcome: logits.collect(tree) for outcome, tree in pair.items()},
        estimands=tuple(_estimate(hypothesis, k, verdict, pair, tables) for k, verdict in enumerate(verdicts)),
        quadrants={term: masses for term, (masses, _) in contest.items()},
        quadrant_errors={term: errors for term, (_, errors) in contest.items()},
        coverage=None if absent else sample.collect(hypothesis, alignment),
        remark=remark(hypothesis, absent),
        revised=revised(hypothesis),
    )


def _duress(pair: Pair) -> dict[str, Removed]:
    out: dict[str, Removed] = {}
    for outcome in OUTCOMES:
        contrasts = group(pair[outcome], "contrasts")
        rate, removed = contrasts["duress_rate"], contrasts["duress_removed"]
        quantities = (Quantity.of(draws, PER) for draws in (rate, removed, removed - rate))
        out[outcome] = Removed(*quantities, fit_key=pair[outcome].attrs["fit_key"])
    return out


def _origin(trees: Trees, alignment: Path) -> tuple[Provenance, Sampling]:
    """Hashes, versions and settings of the posteriors: those of the first, and the panels of all."""
    every = [tree.attrs for pair in trees.values() for tree in pair.values()]
    first, of_panels = every[0], {str(attributes["panel"]): str(attributes["panel_sha256"]) for attributes in every}
    made_with = (str(first[name]) for name in ("code_sha256", "revision", "versions", "engine"))
    provenance = Provenance(*made_with, panels=of_panels, shipped=alignment.resolve() == panels.PANEL.resolve())
    return provenance, Sampling(*(int(first[name]) for name in ("chains", "draws", "seed")))


def _archives(claims: tuple[Claim, ...], trees: Trees) -> tuple[Archive, ...]:
    """Every posterior of the report once."""
    sharing: dict[str, list[str]] = {}
    hashes: dict[str, list[str]] = {}
    for claim in claims:
        for outcome, tree in trees.get(claim.id, {}).items():
            name = f"{claim.archive}.{outcome}"
            sharing.setdefault(name, []).append(claim.id)
            hashes[name] = [str(tree.attrs[key]) for key in ("fit_key", "panel_sha256", "code_sha256")]
    return tuple(Archive(name, tuple(ids), *hashes[name]) for name, ids in sharing.items())


def _wrong_signs(claims: list[Claim]) -> WrongSigns:
    """The expected number of wrong signs among the estimands of a family."""
    every = [estimate for claim in claims for estimate in claim.estimands]
    called = [estimate for estimate in every if estimate.verdict in CALLED]

    def expected(estimates: list[Estimate]) -> tuple[float, float]:
        wrong = sum(min(e.p_sign, 1 - e.p_sign) for e in estimates)
        return wrong, hypot(*(e.p_sign_mcse for e in estimates))

    keys = {f"{e.hypothesis}.{outcome}": key for e in every for outcome, key in e.fit_keys.items()}
    return WrongSigns(len(every), *expected(every), len(called), *expected(called), _pooled(every), keys)


def _pooled(estimates: list[Estimate]) -> tuple[PooledSign, ...]:
    """What is called among a family's estimands, pooled with all of them; slopes under a learnt scale are already."""
    apart = [e for e in estimates if e.sd_ratio is not None]
    sign = np.array([1.0 if e.sign == POSITIVE.name else -1.0 for e in apart])
    mean, sd, ratio = (np.array([getattr(e, name) for e in apart], float) for name in ("mean", "sd", "sd_ratio"))
    pooled = zip(apart, pooling.positive(sign * mean, sd, sd / ratio).tolist(), strict=True)
    return tuple(PooledSign(e.hypothesis, e.estimand, e.p_sign, p) for e, p in pooled if e.verdict in CALLED)


def _counts(claims: tuple[Claim, ...]) -> Tested:
    known = [claim for claim in claims if claim.family != OTHERS]
    return Tested(claims=len(known), tested=sum(bool(claim.estimands) for claim in known))


def collect(
    hypotheses: list[Hypothesis],
    trees: Trees,
    alignment: Path,
    *,
    absent: Mapping[str, str] | None = None,
    tables: refits.Tables | None = None,
    rivals: Mapping[str, Contest] | None = None,
    foretold: tuple[Foretold, ...] = (),
    counterfactual: Counterfactual | None = None,
    read: Readings | None = None,
    draft: tuple[str, ...] = (),
) -> Evidence:
    """All that the archives and refits say.

    Parameters
    ----------
    hypotheses
        The claims of the report.
    trees
        Archives by claim and outcome.
    alignment
        The alignment panel that they were fitted on; the other panels lie beside it.
    absent
        Why a claim has no posterior, by id.
    tables
        Tables of the refits by name.
    rivals
        The contest of rival explanations by outcome.
    foretold
        How well years to come were foretold.
    counterfactual
        The scenarios of aid.
    read
        What the tables beside the panel say: decisions, and the case of 2015.
    draft
        What is wrong with a draft.
    """
    reasons, found = absent or {}, tables or {}
    claims = tuple(_claim(h, trees.get(h.id, {}), reasons.get(h.id), found, alignment) for h in hypotheses)
    families = dict.fromkeys(claim.family for claim in claims)
    provenance, sampling = _origin(trees, alignment)
    return Evidence(
        interval=limits.INTERVAL,
        limits=limits.LIMITS,
        provenance=provenance,
        sampling=sampling,
        families={name: tuple(claim.id for claim in claims if claim.family == name) for name in families},
        wrong_signs={name: _wrong_signs([claim for claim in claims if claim.family == name]) for name in families},
        counts=_counts(claims),
        hypotheses=claims,
        archives=_archives(claims, trees),
        claims=claims_table.rows(claims),
        duress_removed=_duress(trees[DURESS]) if DURESS in trees else None,
        rivals=rivals or {},
        scores=refits.scores(found),
        foretold=foretold,
        independences=tuple(independences.tested(panels.read("alignment", alignment))),
        counterfactual=counterfactual,
        decisions=read.decisions if read else None,
        case=read.case if read else None,
        changes=changes.collect(claims, alignment),
        left_out=read.left_out if read else {},
        draft=draft,
    )
