"""From a panel and a hypothesis to a design: rows, standardised predictors, group indices, priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.codebook.lags import error_of
from models.parameters import Parameter, varying_effect
from models.priors import HalfNormal, Kind, Normal, Priors
from models.structure import CELLS, Group
from models.terms import era_of, needed, variables

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """How a variable becomes a predictor: ``(value - centre) / scale``."""

    centre: float
    scale: float
    binary: bool


class SharedScale(NamedTuple):
    """A learnt scale that several slopes share: its prior, and whose scale it is (predictor,)."""

    prior: HalfNormal
    slopes: NDArray[np.bool_]


@dataclass(frozen=True)
class Design:
    """Everything that a logit is fitted to, and nothing else.

    ``x`` is (obs, predictor), standardised on these rows: continuous variables to mean 0 and standard
    deviation 1, binary ones centred and not scaled. A term ``a:b`` is the product of two predictors and
    ``a^2`` a square, neither scaled again; ``a@era`` is ``a`` in the rows of that era and 0 elsewhere. ``y`` is
    (obs,) of 0 and 1. ``varying`` names the terms whose slope varies by region, ``shrunk`` (predictor,) marks
    those whose slopes share a learnt scale. ``rows`` are the positions of the rows in the panel.

    ``error`` holds, for each predictor measured with error, the variance of that error (obs,) on the
    predictor's scale. ``weight`` (obs,), if given, multiplies each row's log likelihood: a decision that counts in m
    rows weighs 1/m in each. ``product_sd`` (predictor,) is the sd of each product on the sample, 1 for what is none.
    """

    name: str
    outcome: str
    terms: tuple[str, ...]
    varying: tuple[str, ...]
    shrunk: NDArray[np.bool_]
    x: Float
    y: NDArray[np.int8]
    groups: Mapping[str, Group]
    scaling: Mapping[str, Scaling]
    priors: Priors
    rows: NDArray[np.intp]
    lost: Mapping[str, int]
    error: Mapping[str, Float] = field(default_factory=dict[str, Float])
    weight: Float | None = None
    product_sd: Float | None = None

    @property
    def row_weight(self) -> Float:
        """Weight of each row (obs,): 1 where none is given."""
        return np.ones(self.y.size) if self.weight is None else self.weight

    @property
    def decisions(self) -> Float:
        """What each row holds of a decision (obs,): its outcome times its weight."""
        return self.y.astype(float) if self.weight is None else self.y * self.weight

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each term: continuous, binary, product or era."""
        return tuple(self._kind(term) for term in self.terms)

    def _kind(self, term: str) -> Kind:
        if era_of(term):
            return "era"
        if _is_product(term):
            return "product"
        return "binary" if self.scaling[term].binary else "continuous"

    @property
    def by_era(self) -> NDArray[np.bool_]:
        """Which slopes are an era's deviations from a common one (predictor,); they share a learnt scale."""
        return np.array([kind == "era" for kind in self.kinds], dtype=bool)

    @property
    def shared_scales(self) -> dict[str, SharedScale]:
        """Learnt scales that slopes share, by name."""
        out: dict[str, SharedScale] = {}
        if self.priors.shrinkage is not None and self.shrunk.any():
            out["sigma_beta"] = SharedScale(self.priors.shrinkage, self.shrunk)
        if self.by_era.any():
            out["sigma_era_slopes"] = SharedScale(self.priors.era_scale, self.by_era)
        return out

    @property
    def slope_mean(self) -> Float:
        """Prior mean of each slope (predictor,)."""
        return np.array([self.priors.slope(kind).mean for kind in self.kinds])

    @cached_property
    def slope_sd(self) -> Float:
        """Prior sd of each slope (predictor,); of a shrunk slope, its multiple of the common scale."""
        sd = np.array([self.priors.slope(kind).sd for kind in self.kinds]) * self._stretch
        return np.where(self.shrunk, sd / self.priors.continuous.sd, sd)

    @property
    def _stretch(self) -> Float:
        """What multiplies the prior sd of a product (predictor,): of each binary factor, binary's sd over continuous'.

        A binary predictor is not scaled, so that a product with it varies less and its slope says more. The product of
        two skewed ones varies more than either (by up to twice on the panel): its slope is per standard deviation too.
        """
        ratio = self.priors.binary.sd / self.priors.continuous.sd
        binary = [sum(self.scaling[v].binary for v in variables(term)) for term in self.terms]
        out = np.array([ratio**n if kind == "product" else 1.0 for n, kind in zip(binary, self.kinds, strict=True)])
        return out if self.product_sd is None else out / np.maximum(1.0, self.product_sd)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter of the logit, each after the scales that multiply it."""
        p, shared = self.priors, self.shared_scales
        slopes, scale_of = Normal(self.slope_mean, self.slope_sd), {name: s.slopes for name, s in shared.items()}
        out = [Parameter("alpha", p.alpha[self.outcome])]
        out += [Parameter(name, scale.prior) for name, scale in shared.items()]
        out += [Parameter("beta", slopes, ("predictor",), scale_of)]
        for name in self.groups:
            out += varying_effect(f"alpha_{name}", f"sigma_{name}", p.scale_of(name), (name,))
        if self.varying:
            out += varying_effect("gamma", "sigma_gamma", p.slope_scale, ("exposure", "region"))
        return tuple(out)

    @property
    def scales(self) -> dict[str, HalfNormal]:
        """Prior of every learnt scale, by name."""
        return {p.name: p.prior for p in self.parameters if isinstance(p.prior, HalfNormal)}

    @property
    def varying_columns(self) -> NDArray[np.intp]:
        """Columns of ``x`` whose slopes vary by region (exposure,)."""
        return np.array([self.terms.index(term) for term in self.varying], dtype=np.intp)

    @property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of the parameters, by dim."""
        coords = {"predictor": list(self.terms)}
        coords |= {name: list(group.levels) for name, group in self.groups.items()}
        return coords | ({"exposure": list(self.varying)} if self.varying else {})

    def subset(self, keep: NDArray[Any] | slice) -> Design:
        """The same design on the rows ``keep`` (mask, or slice); levels and scaling stay those of all rows."""
        groups = {name: Group(group.index[keep], group.levels) for name, group in self.groups.items()}
        error = {name: variance[keep] for name, variance in self.error.items()}
        weight = None if self.weight is None else self.weight[keep]
        x, y, rows = self.x[keep], self.y[keep], self.rows[keep]
        return replace(self, x=x, y=y, groups=groups, rows=rows, error=error, weight=weight)

    def elsewhere(self, frame: pd.DataFrame, *, new_eras: bool = False) -> Design:
        """The same design on the rows of other data, scaled as on the analysis sample; ``rows`` point into ``frame``.

        Rows with a missing variable, or of a region or an era without rows in the analysis sample, are left out. Other
        groupings (states, years), and eras with ``new_eras``, get the levels that are new as further ones, behind
        their own.
        """
        import pandas as pd

        keep = np.array(frame[[*self.scaling, self.outcome]].notna().all(axis=1))
        groups: dict[str, Group] = {}
        closed = CELLS[:1] if new_eras else CELLS
        for name, group in self.groups.items():
            labels = pd.Index(frame[name].astype(str))
            new = () if name in closed else tuple(sorted(set(labels[keep]) - set(group.levels)))
            levels = group.levels + new
            index = pd.Index(levels).get_indexer(labels)
            keep &= index >= 0
            groups[name] = Group(index, levels)
        known = frame.loc[keep]
        y = known[self.outcome].to_numpy(np.int8)
        return replace(
            self,
            x=self.predictors(known),
            y=y,
            groups={name: Group(group.index[keep], group.levels) for name, group in groups.items()},
            rows=np.flatnonzero(keep),
            error=_errors(known, self.terms, self.varying, self.scaling),
            weight=_weights(known, self.outcome, y),
        )

    def predictors(self, frame: pd.DataFrame) -> Float:
        """Predictors (obs, predictor) of other data, scaled as on the analysis sample."""
        return predictors(frame, self.terms, self.scaling)


def _is_product(term: str) -> bool:
    """Whether a term is a product of two variables or a square, in all eras."""
    return not era_of(term) and len(variables(term)) > 1


def predictors(frame: pd.DataFrame, terms: tuple[str, ...], scaling: Mapping[str, Scaling]) -> Float:
    """Predictors (obs, predictor) of ``frame`` under a given scaling."""
    z = {name: (frame[name].to_numpy(float) - s.centre) / s.scale for name, s in scaling.items()}
    out = np.empty((len(frame), len(terms)))
    for k, term in enumerate(terms):
        out[:, k] = np.prod([z[v] for v in variables(term)], axis=0)
        if era := era_of(term):
            out[:, k] *= (frame["era"] == era).to_numpy()
    return out


def scaling_of(frame: pd.DataFrame, columns: tuple[str, ...]) -> dict[str, Scaling]:
    """How each column becomes a predictor on these rows; ValueError for a constant one."""
    out: dict[str, Scaling] = {}
    for name in columns:
        values = frame[name].to_numpy(float)
        binary = bool(np.isin(values, (0.0, 1.0)).all())
        sd = float(values.std())
        if sd == 0.0:
            raise ValueError(
                f"predictor {name!r} is constant ({values[0]:g}) on all {len(values):,} rows of the sample: "
                "its slope cannot be learnt; leave it out or widen the sample"
            )
        out[name] = Scaling(float(values.mean()), 1.0 if binary else sd, binary)
    return out


def group_of(values: pd.Series) -> Group:
    """The grouping of rows by a column, levels without rows left out: categories in their order, else sorted."""
    import pandas as pd

    sorted_levels = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else np.unique(values)
    categories = [*sorted_levels.tolist()]
    index = np.asarray(pd.Categorical(values, categories).codes, dtype=np.intp)
    used = np.flatnonzero(np.bincount(index, minlength=len(categories)))
    return Group(np.searchsorted(used, index), tuple(str(categories[k]) for k in used.tolist()))


def _errors(
    frame: pd.DataFrame, terms: tuple[str, ...], varying: tuple[str, ...], scaling: Mapping[str, Scaling]
) -> dict[str, Float]:
    """Variance of the error of each predictor measured with error, on the predictor's scale."""
    out: dict[str, Float] = {}
    for name in needed(terms):
        sd = error_of(name)
        if sd is None or sd not in frame:
            continue
        using = [term for term in terms if name in variables(term)]
        if using != [name] or name in varying:
            terms_of = f"{', '.join(using)}{' varying by region' if name in varying else ''}"
            raise NotImplementedError(f"the measurement error of {name!r} is carried for one slope, not for {terms_of}")
        out[name] = (frame[sd].to_numpy(float) / scaling[name].scale) ** 2
    return out


def _weights(frame: pd.DataFrame, outcome: str, y: NDArray[np.int8]) -> Float | None:
    """What each row counts for (obs,): an event its part of the decision behind it; None where all count alike."""
    if f"{outcome}_rows" not in frame:
        return None
    weight = np.where(y == 1, 1.0 / frame[f"{outcome}_rows"].to_numpy(float), 1.0)
    return None if (weight == 1.0).all() else weight


def build(
    panel: pd.DataFrame,
    outcome: str,
    terms: tuple[str, ...],
    *,
    name: str,
    varying: tuple[str, ...],
    priors: Priors,
    shrunk: tuple[str, ...] = (),
    groups: tuple[str, ...] = CELLS,
    by_era: tuple[str, ...] = (),
) -> Design:
    """The design of ``terms`` for ``outcome`` on the rows of ``panel`` where all variables are known.

    Rows with a missing variable, error of one or outcome are left out, and ``Design.lost`` counts them by column.

    Parameters
    ----------
    panel : DataFrame
        Rows with the outcome, the variables of the terms and the grouping columns.
    outcome, terms, name
        Column of 0 and 1, predictors, and what the design is called.
    varying, by_era
        Terms whose slopes vary by region; terms whose slopes vary by era too, through further terms.
    priors, shrunk
        The priors, and the terms whose slopes share a learnt scale.
    groups
        Columns with an intercept for each level.

    Raises
    ------
    ValueError
        For a constant predictor, and for an outcome without an event or without a non-event.
    """
    columns = needed(terms)
    known = panel[[*columns, outcome]].notna()
    errors = {sd: panel[sd].notna() | ~known[c] for c in columns if (sd := error_of(c)) and sd in panel}
    known = known.assign(**errors)  # what is measured with an error is not known without it
    keep = known.all(axis=1)
    lost = {str(column): int((~known[column]).sum()) for column in known.columns if not known[column].all()}
    frame = panel.loc[keep]
    y = frame[outcome].to_numpy(np.int8)
    if y.size == 0 or y.min() == y.max():
        raise ValueError(
            f"{name}: all {y.size:,} rows of the sample have {outcome} = {y[0] if y.size else 'missing'}; "
            "a logit needs events and non-events"
        )
    scaling = scaling_of(frame, columns)
    grouping = {group: group_of(frame[group]) for group in groups}
    terms += tuple(f"{term}@{era}" for term in by_era for era in grouping["era"].levels)
    x = predictors(frame, terms, scaling)
    return Design(
        name=name,
        outcome=outcome,
        terms=terms,
        varying=varying,
        shrunk=np.array([priors.shrinkage is not None and term in shrunk for term in terms], dtype=bool),
        x=x,
        y=y,
        groups=grouping,
        scaling=scaling,
        priors=priors,
        rows=np.flatnonzero(keep.to_numpy()),
        lost=lost,
        error=_errors(frame, terms, varying, scaling),
        weight=_weights(frame, outcome, y),
        product_sd=np.where([_is_product(term) for term in terms], x.std(axis=0), 1.0),
    )
