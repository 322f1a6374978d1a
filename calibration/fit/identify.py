"""What the data told: of each parameter, of pairs and combinations, and of each output. With words.

Words follow fixed rules, so that nobody is tempted to choose them after looking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from sklearn.linear_model import RidgeCV

from calibration.fit.bank import how_many, luck, means
from calibration.fit.emulate import PENALTIES, TINY, folds, make_terms
from calibration.fit.likelihood import Likelihood
from calibration.fit.priors import EDGE, Priors

NOT_INFORMED = 0.2
"""Contraction below which the data do not inform a parameter."""
CORRELATED = 0.7
"""Posterior correlation from which two parameters are looked at as a ridge."""
FINDING = 0.2
"""Share by which evidence must narrow an output for it to be more than an assumption."""
FLAT = 2.0
"""Fall of the best log likelihood along a profile (natural units) that data hardly notice."""


MOVED = 0.2
"""Prior standard deviations by which a parameter's mean has to move, and twice its Monte Carlo error, to be called moved."""
CONFLICT = 2.0
"""Prior standard deviations of a move from which figures and prior are said to disagree."""
AT_A_BOUND = 0.05
"""Part of the prior at each of its ends, in which a posterior that leans on a bound has more than"""
LEANS = 0.2
"""this share of its draws."""


@dataclass(frozen=True)
class Contraction:
    """One parameter: its width and its place after the data.

    contraction: 1 - (posterior sd / prior sd) squared, in the prior's normal score, told_low to told_high its 95%
    interval; shift: by how many prior sds the mean moved there; shift_error, mean_error, median_error: Monte Carlo
    errors; bound: `low` or `high` where the posterior leans on an end of the prior; conflict: moved by CONFLICT or more.
    """

    name: str
    grade: str
    free: bool
    prior_sd: float
    mean: float
    mean_error: float
    sd: float
    low: float
    median: float
    median_error: float
    high: float
    shift: float
    shift_error: float
    contraction: float
    told_low: float
    told_high: float
    bound: str
    conflict: bool
    verdict: str

    @property
    def moved(self) -> bool:
        """Whether its mean moved by more than can be luck of the draws, and by enough to matter."""
        return abs(self.shift) >= max(MOVED, 2 * self.shift_error)


def contraction(units: np.ndarray, priors: Priors, luck: float = 1.0) -> list[Contraction]:
    """What the data did to each parameter; units float64[n, d]: posterior draws in the unit cube.

    luck: how many times as large as under independent draws the variance of a mean is (`smc.Tempered.luck`).
    """
    z, x = scores(units), priors.values(units)
    return [_contraction(j, z[:, j], x[:, j], units[:, j], priors, len(units) / luck) for j in range(z.shape[1])]


def _contraction(j: int, z: np.ndarray, x: np.ndarray, u: np.ndarray, priors: Priors, draws: float) -> Contraction:
    record, told, shift = priors.records[j], 1 - float(z.var()), float(z.mean())
    off = 1.96 * float(z.var()) * float(np.sqrt(2 / draws))
    low, median, high = (float(v) for v in np.quantile(x, [0.05, 0.5, 0.95]))
    around = np.quantile(x, np.clip(0.5 + np.array([-0.5, 0.5]) / np.sqrt(draws), 0, 1))
    error, bound = float(z.std() / np.sqrt(draws)), leaning(u)
    return Contraction(
        record.name,
        record.grade,
        record.free,
        float(record.moments()[1]),
        float(x.mean()),
        float(x.std() / np.sqrt(draws)),
        float(x.std()),
        low,
        median,
        float(around[1] - around[0]) / 2,
        high,
        shift,
        error,
        told,
        told - off,
        min(told + off, 1.0),
        bound,
        abs(shift) >= CONFLICT,
        verdict(told, shift, error, bound),
    )


def leaning(u: np.ndarray) -> str:
    """The end of the prior that draws float64[n] of the unit interval crowd at: low, high, or neither ("")."""
    ends = {"low": float(np.mean(u < AT_A_BOUND)), "high": float(np.mean(u > 1 - AT_A_BOUND))}
    most = max(ends, key=lambda end: ends[end])
    return most if ends[most] > LEANS else ""


def verdict(told: float, shift: float, error: float, bound: str) -> str:
    """The verdict on a parameter: width, place, and what is odd about it."""
    said = in_words(told)
    if abs(shift) >= max(MOVED, 2 * error):
        width = "hardly narrowed" if told < NOT_INFORMED else said
        said = f"{width}, moved by {shift:+.2f} prior sd"
    if bound:
        said += f"; leans on the {bound} end of its prior"
    if abs(shift) >= CONFLICT:
        said += "; figures and prior disagree"
    return said


def scores(units: np.ndarray) -> np.ndarray:
    """Normal scores of points of the unit cube: standard normal under the prior."""
    return ndtri(np.clip(units, EDGE, 1 - EDGE))


def in_words(told: float) -> str:
    """The verdict on a parameter from its contraction."""
    if told < NOT_INFORMED:
        return "the data do not inform this"
    left = np.sqrt(max(1 - told, 0.0))
    steps = ((0.8, "narrowed a little"), (0.6, "narrowed by about a third"), (0.34, "narrowed by about half"))
    for bound, words in steps:
        if left > bound:
            return words
    return "narrowed by two thirds or more"


@dataclass(frozen=True)
class Ridge:
    """Parameters of which the data fix a combination, not each. fall: what the best log likelihood loses when the
    first of a pair moves over the middle 80% of its prior and the others follow (None for more than two)."""

    names: tuple[str, ...]
    correlation: float | None
    fall: float | None
    verdict: str


def ridges(units: np.ndarray, priors: Priors, likelihood: Likelihood | None = None) -> list[Ridge]:
    """Pairs and larger combinations that the data cannot tell apart, from posterior draws float64[n, d]."""
    z = scores(units)
    found = pair_ridges(z, priors, likelihood)
    known = {frozenset(r.names) for r in found}
    for names in combinations(z, priors.names):
        if not any(pair <= frozenset(names) for pair in known):
            known.add(frozenset(names))
            found.append(Ridge(names, None, None, f"the data fix a combination of {_listed(names)}, not each"))
    return found


def pair_ridges(z: np.ndarray, priors: Priors, likelihood: Likelihood | None) -> list[Ridge]:
    """Pairs whose normal scores go together in the posterior though neither is well known alone."""
    corr, found = np.corrcoef(z.T).reshape(z.shape[1], -1), []
    for i in range(z.shape[1]):
        for j in range(i + 1, z.shape[1]):
            if abs(corr[i, j]) < CORRELATED:
                continue
            pair = (priors.names[i], priors.names[j])
            fall = profile_fall(likelihood, priors, z, i) if likelihood else None
            words = "the data cannot tell {} and {} apart".format(*pair)
            if fall is not None and fall > FLAT:
                words = "{} and {} go together; the data tell them apart only at the ends".format(*pair)
            found.append(Ridge(pair, float(corr[i, j]), fall, words))
    return sorted(found, key=lambda r: -abs(r.correlation or 0))


def combinations(z: np.ndarray, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Sets of parameters that share a well-known direction of the posterior while each alone is poorly known."""
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(z.T)))
    found = []
    for value, vector in zip(values, vectors.T, strict=True):
        members = np.flatnonzero((vector**2 > 0.15) & (z.var(axis=0) > 0.5))
        if value < 0.25 and len(members) > 1:
            found.append(tuple(names[m] for m in members))
    return found


def profile_fall(likelihood: Likelihood, priors: Priors, z: np.ndarray, which: int) -> float:
    """Fall of the best log likelihood as one parameter moves over the middle 80% of its prior.

    At each of nine values the others follow the posterior's own slope and 200 draws' deviations from it.
    """
    rest = z - z.mean(axis=0)
    slope = rest.T @ rest[:, which] / max(float(rest[:, which] @ rest[:, which]), TINY)
    apart = (rest - np.outer(rest[:, which], slope))[:200]
    best = []
    for score in ndtri(np.linspace(0.1, 0.9, 9)):
        trial = z.mean(axis=0) + slope * (score - z[:, which].mean()) + apart
        trial[:, which] = score
        best.append(float(likelihood.log_density(priors.values(ndtr(trial))).max()))
    return max(best) - min(best)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


@dataclass(frozen=True)
class Informed:
    """One output. narrowed: 1 - sd after / sd before, of the part that parameters move; judgement: share of the
    posterior variance that knowing every parameter of better grade than judgement would not remove."""

    name: str
    prior_sd: float
    sd: float
    low: float
    middle: float
    high: float
    narrowed: float
    judgement: float
    finding: bool
    verdict: str


def outputs_informed(
    names: tuple[str, ...], priors: Priors, x: np.ndarray, after: np.ndarray, before: np.ndarray
) -> list[Informed]:
    """How far evidence narrowed each output: runs after float64[n, r, k] at draws x float64[n, d], before [m, r, k]."""
    judged = np.array([record.grade == "judgement" for record in priors.records])
    found = []
    for j, name in enumerate(names):
        sds = [moved_sd(runs[..., j]) for runs in (after, before)]
        narrowed = 1 - sds[0] / sds[1] if sds[1] > TINY else 0.0
        share = judgement_share(x, after[..., j].mean(axis=1), judged, priors.free)
        low, middle, high = (float(v) for v in np.quantile(after[..., j], [0.05, 0.5, 0.95]))
        found.append(
            Informed(
                name,
                sds[1],
                sds[0],
                low,
                middle,
                high,
                narrowed,
                share,
                narrowed >= FINDING,
                output_words(narrowed, share),
            )
        )
    return found


def output_words(narrowed: float, judgement: float, between: tuple[float, float] | None = None) -> str:
    """The verdict on an output; between: where 90% of resamples put the narrowing."""
    rest = f"{judgement:.0%} of what is left rests on judgement"
    by = f"{max(narrowed, 0):.0%}" if between is None else f"{narrowed:.0%} ({between[0]:.0%} to {between[1]:.0%})"
    if narrowed < FINDING:
        return f"an assumption, not a finding: evidence narrowed it by {by}; {rest}"
    return f"evidence narrowed it by {by}; {rest}"


def moved_sd(runs: np.ndarray) -> float:
    """Standard deviation of the part of runs float64[n, r] that moves with the parameters: noise taken off. NaN where a
    point was run less often."""
    every = runs[..., None]
    noise = float(luck(every)[0]) * float(np.mean(1 / how_many(every)))
    return float(np.sqrt(max(float(means(every).var(ddof=1)) - noise, 0.0)))


def judgement_share(x: np.ndarray, y: np.ndarray, judged: np.ndarray, rich: tuple[int, ...] | None = None) -> float:
    """Share of y's explainable variance that the parameters not `judged` (bool[d]) leave unexplained; 0 to 1."""
    if judged.all() or not judged.any():
        return float(judged.all())
    rich = tuple(range(x.shape[1])) if rich is None else rich
    left = {old: new for new, old in enumerate(np.flatnonzero(~judged).tolist())}
    whole = explained(x, y, rich)
    known = explained(x[:, ~judged], y, tuple(left[j] for j in rich if j in left))
    return float(np.clip(1 - known / whole, 0.0, 1.0)) if whole > 0.02 else 1.0


def explained(x: np.ndarray, y: np.ndarray, rich: tuple[int, ...]) -> float:
    """Cross-validated share of y's variance that a surface, quadratic in the parameters `rich`, explains."""
    miss = np.empty_like(y)
    for kept, out in folds(len(x)):
        terms = make_terms("quadratic" if rich else "linear", x[kept], rich)
        miss[out] = y[out] - RidgeCV(PENALTIES).fit(terms(x[kept]), y[kept]).predict(terms(x[out]))
    return max(1 - float(np.mean(miss**2)) / max(float(y.var()), TINY), 0.0)
