"""A calibration as a pack for a paper: draws beside their runs, priors, figures, InferenceData, sources, versions, the command.

Only the public record of a calibration is read (`calibration.fit.waves.Calibration`). Runs of the same draw are the simulator's
own. Predictive draws and log densities are on each figure's working scale (none, log, logit; for counts the signed root of
the deviance), where its error is normal.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.fit.bank import how_many
from calibration.fit.check import LEVEL, predictive
from calibration.fit.likelihood import log_each
from calibration.fit.posterior import as_json
from calibration.fit.waves import Calibration
from calibration.whole import write_whole, written_whole

INFERENCE = "inference_data.nc"
FILES = {
    "posterior_runs.csv": "each draw of the posterior that was run, beside its runs: a row a run",
    "prior_runs.csv": "each point of the prior that was run, beside its runs: a row a run",
    "priors.csv": "the prior of each parameter",
    "targets.csv": "each published figure: fitted or held back, its errors, and where it lies in the predictions",
    "log_likelihood.csv": "log density of each fitted figure at each draw that was run",
    INFERENCE: "all of this as ArviZ InferenceData: prior, posterior, both predictives, observed, log-likelihood",
    "references.bib": "the sources of the figures and of the priors",
    "methods.md": "how it was made, in words",
    "versions.json": "versions of the software, the model, its code and the plan",
    "command.txt": "the command that makes it again",
}
"""What a pack holds, beside the folder `figures` and a README.md that says this."""


@dataclass(frozen=True)
class Source:
    """Something cited: `key` of the BibTeX entry, what it says, who wrote it, when, and where."""

    key: str
    title: str
    author: str
    year: str
    reference: str


@dataclass(frozen=True)
class About:
    """What the calibrator does not know of itself: the plan, the command, versions, sources by figure, and what was simulated."""

    plan: str
    plan_sha256: str
    command: str
    versions: Mapping[str, str]
    sources: Sequence[Source]
    simulated: str


def write_pack(found: Calibration, about: About, folder: Path, figures: Mapping[str, bytes]) -> list[Path]:
    """Write the pack, each file whole or not at all. `figures`: SVG by name. The files, the README last."""
    made: dict[str, str | bytes] = {
        "posterior_runs.csv": _runs(found, found.checked, found.after),
        "prior_runs.csv": _runs(found, found.waves[0].units, found.before),
        "priors.csv": _csv([asdict(record) for record in found.priors.records]),
        "targets.csv": _csv(_targets(found)),
        "log_likelihood.csv": _csv(_densities(found)),
        "references.bib": bibtex(about.sources),
        "methods.md": methods(found, about),
        "versions.json": as_json({**about.versions, "plan": about.plan, "plan_sha256": about.plan_sha256}),
        "command.txt": about.command + "\n",
        **{f"figures/{name}.svg": content for name, content in figures.items()},
    }
    paths = []
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    if has_arviz():
        paths.append(write_inference_data(found, folder / INFERENCE))
    write_whole(folder / "README.md", readme(figures).encode())
    return [*paths, folder / "README.md"]


def has_arviz() -> bool:
    """Whether InferenceData can be written. Nothing is imported."""
    return importlib.util.find_spec("arviz") is not None


# ------------------------------------------------------------------ tables


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    side = io.StringIO()
    if rows:
        columns = dict.fromkeys(key for row in rows for key in row)  # only some figures are given as counts
        writer = csv.DictWriter(side, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return side.getvalue()


def _runs(found: Calibration, units: np.ndarray, runs: np.ndarray) -> str:
    """A row a run: the draw's number, the replicate, every parameter, every statistic; natural units."""
    values = found.priors.values(units)
    side = io.StringIO()
    writer = csv.writer(side, lineterminator="\n")
    writer.writerow(["draw", "replicate", *found.priors.names, *found.simulator.statistics])
    for draw, (row, its) in enumerate(zip(values.tolist(), runs.tolist(), strict=True), start=1):
        writer.writerows([draw, number, *row, *one] for number, one in enumerate(its, start=1))
    return side.getvalue()


def _targets(found: Calibration) -> list[dict[str, Any]]:
    fits = {row.id: asdict(row) for row in found.fits}
    said = ("low", "middle", "high", "prior_low", "prior_high", "inside", "chance", "score", "prior_score")
    return [
        row | {f"predicted_{key}": fits.get(row["id"], {}).get(key, "") for key in said}
        for row in found.targets.as_rows()
    ]


def _densities(found: Calibration) -> list[dict[str, float]]:
    fitted, logs = log_likelihood(found)
    return [{"draw": n} | dict(zip(fitted, row, strict=True)) for n, row in enumerate(logs.tolist(), start=1)]


def log_likelihood(found: Calibration) -> tuple[tuple[str, ...], np.ndarray]:
    """(ids of fitted figures, float64[draws, figures]): log density of each by itself at each draw that was run.

    Normal about the mean of the draw's runs, working scale: published error, discrepancy, and the luck of the runs pooled.
    Of a bound the log probability that the world lies on its side.
    """
    fitted = found.targets.of_role("target")
    runs = fitted.measured(found.after, found.simulator.statistics)
    n, r, _ = runs.shape
    centre = runs.mean(axis=1)
    luck = ((runs - centre[:, None]) ** 2).sum(axis=(0, 1)) / max(n * (r - 1), 1)
    variance = np.diag(fitted.error) + luck * (fitted.noise_factor + 1 / r)
    return fitted.ids, log_each(fitted.observed - centre, variance, fitted.sides)


# ------------------------------------------------------------------ InferenceData


def write_inference_data(found: Calibration, path: Path) -> Path:
    """Write ArviZ InferenceData: one chain; draws are those that were run, which are independent. Needs ArviZ."""
    import arviz

    with written_whole(path) as part:
        arviz.from_dict(**groups(found)).to_netcdf(str(part))
    return path


def groups(found: Calibration) -> dict[str, Any]:
    """What ArviZ takes: parameters by name in `prior` and `posterior`; figures by id elsewhere, on their working scale."""
    targets, seed = found.targets, found.settings.seed
    names = found.simulator.statistics
    after, before = (targets.measured(runs, names) for runs in (found.after, found.before))
    fitted, logs = log_likelihood(found)
    return {
        "posterior": _by_name(found.priors.names, found.priors.values(found.checked)),
        "prior": _by_name(found.priors.names, found.priors.values(found.waves[0].units)),
        "posterior_predictive": _by_name(targets.ids, predictive(after, targets, seed)),
        "prior_predictive": _by_name(targets.ids, predictive(before, targets, seed)),
        "observed_data": {name: np.array([y]) for name, y in zip(targets.ids, targets.observed.tolist(), strict=True)},
        "log_likelihood": {name: column[..., None] for name, column in _by_name(fitted, logs).items()},
    }


def _by_name(names: Sequence[str], values: np.ndarray) -> dict[str, np.ndarray]:
    """float64[1, n] of each column: one chain."""
    return {name: values[None, :, j] for j, name in enumerate(names)}


# ------------------------------------------------------------------ words


def bibtex(sources: Sequence[Source]) -> str:
    """An entry a source, each key once; what BibTeX would take for a command is written out."""
    entries = {one.key: one for one in sources}
    return "\n".join(_entry(one) for _, one in sorted(entries.items()))


def _entry(one: Source) -> str:
    doi = re.search(r"\b10\.\d{4,9}/[^\s;,]+", one.reference)
    link = re.search(r"https?://[^\s;,]+", one.reference)
    year = re.search(r"\b(19|20)\d\d\b", f"{one.author} {one.year}")
    fields = [("author", f"{{{_tex(one.author)}}}"), ("title", f"{{{_tex(one.title)}}}")]
    fields += [("year", year.group())] if year else []
    fields += [("doi", doi.group().rstrip("."))] if doi else []
    fields += [("url", link.group())] if link and not doi else []
    fields += [("note", _tex(one.reference))] if one.reference and not (doi or link) else []
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields)
    return f"@misc{{{re.sub(r'[^A-Za-z0-9_:-]', '_', one.key)},\n{body}}}\n"


_TEX = {"\\": r"\textbackslash ", "{": r"\{", "}": r"\}", "~": r"\textasciitilde ", "^": r"\textasciicircum "}


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, "\\" + c if c in "&%$#_" else c) for c in text)


def methods(found: Calibration, about: About) -> str:
    """How it was made, as a paragraph to start from."""
    fitted, held = found.targets.of_role("target").ids, found.targets.of_role("validation").ids
    runs = sum(int(how_many(wave.runs).sum()) for wave in found.waves)
    draws, replicates = found.after.shape[:2]
    inside = sum(row.inside for row in found.fits if row.role == "target")
    fate = "fitted with a wider error" if found.settings.failing == "inflate" else "left out"
    left = f" {len(found.refused)} of them were {fate}, because their emulator did not pass." if found.refused else ""
    return "\n".join(
        [
            f"# Methods: the calibration `{about.plan}`",
            "",
            f"{len(found.priors.names)} parameters went through the fit to {len(fitted)} published figures, {len(found.priors.free)} of them"
            f" free and the others carried along; {len(held)} figures were held back."
            f"{left} {about.simulated} The plan was fixed before the fit (SHA-256 `{about.plan_sha256[:16]}`).",
            "",
            f"{runs:,} runs in {len(found.waves)} wave(s) trained an emulator of each figure, mean and luck. History matching narrowed the"
            f" region from wave to wave. Sequential Monte Carlo drew {len(found.found.units):,} particles from the posterior under the"
            " last emulator, with the error of the figure, a discrepancy, the emulator's error and luck each in the likelihood."
            f" {draws:,} draws were run in the simulator itself, {replicates} times each: all checks are on those runs.",
            "",
            f"{inside} of {len(found.fits) and sum(row.role == 'target' for row in found.fits)} fitted figures lie in the {LEVEL:.0%}"
            " predictive interval. Predictions and log densities are on each figure's working scale (none, log, logit; for counts the signed root of the deviance)."
            " The log-likelihood is of each figure by itself; figures of one survey share errors, so it does not add up to the joint one.",
            "",
            "The page `diagnostics.html` says what the fit can and cannot show, and what was not learnt.",
            "",
        ]
    )


def readme(figures: Mapping[str, bytes]) -> str:
    """What lies in the pack."""
    lines = [f"- `{name}`: {what}" for name, what in FILES.items() if name != INFERENCE or has_arviz()]
    lines += [f"- `figures/{name}.svg`" for name in figures]
    missing = (
        [] if has_arviz() else [f"\n`{INFERENCE}` is not here, because ArviZ is not installed (the extra `paper`)."]
    )
    return "\n".join(["# A calibration, for a paper", "", *lines, *missing, ""])
