"""Pictures of a calibration: matplotlib figures by the key of their section. Nothing is computed here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calibration.fit.bank import how_many, means
from calibration.fit.check import Fit
from calibration.fit.identify import scores
from calibration.fit.rank_check import RankCheck
from calibration.fit.waves import Calibration

BEFORE, AFTER, SEEN, BAD = "#9a9a9a", "#1f5fa8", "#000000", "#c0392b"
"""Colours of prior, posterior, what was observed, and what is out of line; lines differ in more than colour."""
MOST_PAIRS = 8
"""Parameters in the picture of pairs at most: the table has all."""


def draw(key: str, found: Calibration, ranks: RankCheck | None = None) -> Figure:
    """The figure of the section `key`."""
    if key == "ranks":
        if ranks is None:
            raise ValueError("no rank check to draw")
        return rank_curves(ranks)
    makers: dict[str, Callable[[Calibration], Figure]] = {
        "parameters": prior_to_posterior,
        "pairs": pairs,
        "outputs": outputs,
        "targets": lambda c: intervals(c, "target"),
        "validation": lambda c: intervals(c, "validation"),
        "left-out": left_out,
        "emulator": emulator,
    }
    return makers[key](found)


def as_bytes(figure: Figure, kind: str) -> bytes:
    """The figure as `svg` or `png`, the same bytes for the same figure."""
    side = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "calibration", "font.size": 9}):
        figure.savefig(side, format=kind, dpi=110, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return side.getvalue()


def grid(count: int, columns: int = 4, size: tuple[float, float] = (2.6, 2.1)) -> tuple[Figure, Iterator[Axes]]:
    """A figure of `count` small axes."""
    across = min(columns, count)
    down = -(-count // across)
    figure = Figure(figsize=(size[0] * across, size[1] * down), layout="constrained")
    return figure, (figure.add_subplot(down, across, i + 1) for i in range(count))


def prior_to_posterior(found: Calibration) -> Figure:
    """A small picture for each parameter."""
    figure, places = grid(len(found.priors.names))
    x = found.priors.values(found.found.units)
    for j, (axes, record) in enumerate(zip(places, found.priors.records, strict=True)):
        even = record.quantile((np.arange(4000) + 0.5) / 4000)
        low, high = np.quantile(even, [0.001, 0.999])
        edges = np.linspace(low, high, 31).tolist()
        axes.hist(x[:, j], edges, density=True, color=AFTER, alpha=0.6, label="posterior")
        axes.hist(even, edges, density=True, histtype="step", color=SEEN, linewidth=1.2, label="prior")
        axes.set_title(record.name, fontsize=8)
        axes.set_xlabel(record.unit, fontsize=7)
        axes.locator_params(axis="x", nbins=4)
        axes.set_yticks([])
        if j == 0:
            axes.legend(fontsize=6)
    return figure


def pairs(found: Calibration) -> Figure:
    """A matrix of scatters of those parameters that the data told most of, or that go together."""
    z = scores(found.found.units)[:400]
    tied = [found.priors.names.index(n) for r in found.ridges for n in r.names]
    told = sorted(range(z.shape[1]), key=lambda j: -found.contractions[j].contraction)
    order = list(dict.fromkeys([*tied, *told]))[:MOST_PAIRS]
    n = len(order)
    figure = Figure(figsize=(1.3 * n + 0.6, 1.3 * n + 0.6), layout="constrained")
    for row, i in enumerate(order):
        for column, j in enumerate(order[: row + 1]):
            axes = figure.add_subplot(n, n, row * n + column + 1)
            if i == j:
                axes.hist(z[:, i], 20, color=AFTER)
            else:
                axes.plot(z[:, j], z[:, i], ".", markersize=1.5, color=AFTER, rasterized=True)
                axes.set_ylim(-3, 3)
            axes.set_xlim(-3, 3)
            axes.set_xticks([])
            axes.set_yticks([])
            if row == n - 1:
                axes.set_xlabel(found.priors.names[j], fontsize=6)
            if column == 0:
                axes.set_ylabel(found.priors.names[i], fontsize=6)
    return figure


def outputs(found: Calibration) -> Figure:
    """Bars of what evidence narrowed, and of what rests on judgement."""
    figure, axes = _rows(len(found.informed))
    spots = np.arange(len(found.informed))
    axes.barh(
        spots - 0.2, [100 * max(i.narrowed, 0) for i in found.informed], 0.38, color=AFTER, label="narrowed by evidence"
    )
    axes.barh(
        spots + 0.2,
        [100 * i.judgement for i in found.informed],
        0.38,
        color=BEFORE,
        hatch="//",
        label="of what is left, on judgement",
    )
    axes.axvline(20, color=SEEN, linestyle=":", linewidth=1)
    _name_rows(axes, [i.name for i in found.informed])
    axes.set(xlabel="%, dotted: below this an assumption", xlim=(0, 105))
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _rows(count: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, 1.1 + 0.35 * max(count, 1)), layout="constrained")
    return figure, figure.add_subplot()


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(np.arange(len(names)), list(names), fontsize=7)
    axes.set_ylim(len(names) - 0.5, -0.5)


def intervals(found: Calibration, role: str) -> Figure:
    """Predictive intervals about the observed value, each in half-widths of its posterior interval."""
    rows = [f for f in found.fits if f.role == role]
    figure, axes = _rows(len(rows))
    for spot, row in enumerate(rows):
        half = max((row.high - row.low) / 2, 1e-12)
        _bar(axes, spot, row, half)
    axes.axvline(0, color=SEEN, linewidth=1)
    _name_rows(axes, [row.id for row in rows])
    axes.set(
        xlabel="half-widths from the observed value (line at 0); grey prior, blue posterior, red outside", xlim=(-6, 6)
    )
    return figure


def _bar(axes: Axes, spot: int, row: Fit, half: float) -> None:
    def place(value: float) -> float:
        return float(np.clip((value - row.observed) / half, -6, 6))

    axes.plot([place(row.prior_low), place(row.prior_high)], [spot + 0.15] * 2, color=BEFORE, linewidth=3)
    axes.plot([place(row.low), place(row.high)], [spot - 0.1] * 2, color=AFTER if row.inside else BAD, linewidth=5)
    axes.plot(place(row.middle), spot - 0.1, "|", color="white", markersize=7)


def left_out(found: Calibration) -> Figure:
    """How far off the others' prediction of each target is."""
    figure, axes = _rows(len(found.left_out))
    spots = np.arange(len(found.left_out))
    axes.barh(spots, [r.miss for r in found.left_out], 0.6, color=[AFTER if r.inside else BAD for r in found.left_out])
    axes.axvline(0, color=SEEN, linewidth=1)
    _name_rows(axes, [r.id for r in found.left_out])
    axes.set_xlabel("observed less predicted, in standard deviations; red: outside the 90% interval")
    return figure


def emulator(found: Calibration) -> Figure:
    """Held-out runs of the last wave against the emulator, for each target."""
    wave, priors = found.waves[-1], found.priors
    fitted = found.targets.of_role("target")
    x = priors.values(wave.units[wave.held])
    y = means(fitted.measured(wave.runs[wave.held], found.simulator.statistics))
    mean, error = wave.emulator.predict(x)
    sd = np.sqrt(error + wave.emulator.noise(x) / how_many(wave.runs[wave.held])[:, None])
    figure, places = grid(len(fitted))
    for j, (axes, name) in enumerate(zip(places, fitted.ids, strict=True)):
        passed = wave.checks[j].passed
        axes.errorbar(mean[:, j], y[:, j], 1.96 * sd[:, j], fmt=".", color=AFTER if passed else BAD, linewidth=0.7)
        ends = [min(mean[:, j].min(), y[:, j].min()), max(mean[:, j].max(), y[:, j].max())]
        axes.plot(ends, ends, color=SEEN, linewidth=0.8)
        axes.set_title(name if passed else f"{name}: refused", fontsize=8)
        axes.set_xlabel("emulator", fontsize=7)
        axes.set_ylabel("model", fontsize=7)
        axes.tick_params(labelsize=6)
    return figure


def rank_curves(ranks: RankCheck) -> Figure:
    """Above: histograms of ranks in tenths. Below: share of ranks up to each value less the even line, with the band."""
    sets, d = ranks.ranks.shape
    values = len(ranks.band[0])
    even = np.arange(1, values + 1) / values
    figure = Figure(figsize=(2.4 * d, 4), layout="constrained")
    for j, name in enumerate(ranks.names):
        top, low = figure.add_subplot(2, d, j + 1), figure.add_subplot(2, d, d + j + 1)
        top.hist(ranks.ranks[:, j], np.linspace(0, values, 11).tolist(), color=AFTER)
        top.axhline(sets / 10, color=SEEN, linewidth=0.8, linestyle=":")
        top.set_title(name, fontsize=8)
        counts = np.array([(ranks.ranks[:, j] <= v).sum() for v in range(values)])
        low.fill_between(range(values), ranks.band[0] / sets - even, ranks.band[1] / sets - even, color="#dddddd")
        low.plot(counts / sets - even, color=BAD if ranks.outside[j] else AFTER)
        low.set_xlabel("rank", fontsize=7)
        for axes in (top, low):
            axes.tick_params(labelsize=6)
    return figure
