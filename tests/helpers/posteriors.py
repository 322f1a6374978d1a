"""A posterior of this model: the one of the first edition, told to be of this. Its draws are real, its meaning is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

FIRST = Path(__file__).parents[1] / "old" / "posterior"
"""The posterior that shipped with the first edition."""
WRITTEN = ("format", "parameters", "draws", "draws_hash")


def of_this_model(folder: Path) -> Path:
    """A new folder with such a posterior."""
    from calibration.fit.posterior import read_posterior, write_posterior
    from sim.version import MODEL

    folder.mkdir(parents=True)
    for file in FIRST.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    first = read_posterior(FIRST / "posterior.json")
    rest = first.about["version"].split(",", 1)[1]
    about = {name: value for name, value in first.about.items() if name not in WRITTEN}
    values = np.column_stack([_today(name, first.values[:, k]) for k, name in enumerate(first.names)])
    about["version"] = f"model {MODEL},{rest}"
    write_posterior(folder / "posterior.json", first.names, values, first.weights, about)
    return folder


def _today(name: str, values: np.ndarray) -> np.ndarray:
    """Draws of a parameter: where its range has moved since, spread over that of today."""
    from sim.numbers.parameters import records

    known = records().get(name)
    if known is None or (values.min() >= known.low and values.max() <= known.high):
        return values
    share = (values - values.min()) / (values.max() - values.min())
    return np.minimum(known.low + share * (known.high - known.low), known.high)
