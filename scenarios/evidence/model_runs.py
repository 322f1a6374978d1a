"""The model as the calibrator's simulator: from rows of parameters and seeds to rows of statistics.

A row is one world. It sets every uncertain parameter, those that are carried along included; its seed chooses luck and
nothing else. So the spread of runs at one point is luck alone, and that is all the noise there is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from calibration.fit.simulator import Simulator
from calibration.fit.trouble import CalibrationError
from calibration.library.statistics import measure_all
from scenarios.reading.scenario import Scenario
from scenarios.reading.write import as_dict
from scenarios.running.model_code import code_hash, digest
from scenarios.running.posterior import overlaid
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from scenarios.running.worlds import PERSON_WEEKS
from sim.core.engine import run_all
from sim.version import MODEL

DRAWS, REPLICATES = 2**14 - 1, 2**10
"""Draws (from 1 on) and replicates that a person's key has room for."""
TRIES = 4
"""Worlds tried for a row: in one with nothing to divide by, the study behind a figure could not have been made."""


@dataclass(frozen=True)
class Setting:
    """What is simulated, but for parameters and luck. `places`: of each of the study's areas."""

    scenario: Scenario
    study: Study
    places: tuple[int, ...]
    parameters: tuple[str, ...]
    statistics: tuple[str, ...]


def worlds_of(seeds: np.ndarray, attempt: int) -> tuple[tuple[int, int], ...]:
    """(draw, replicate) of each of int64[n] seeds, another for another attempt: keys of luck, for the row sets what a draw
    would. Draw 0, every centre, is not used."""
    found = []
    for seed in seeds:
        luck = int(np.random.SeedSequence([int(seed), attempt]).generate_state(1, np.uint64)[0])
        found.append((1 + luck % DRAWS, luck // DRAWS % REPLICATES))
    return tuple(found)


def simulate(setting: Setting, params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Statistics float64[n, k] of params float64[n, d] under seeds int64[n].

    A row whose world has nothing to divide by is tried in other worlds. CalibrationError where none of TRIES had.
    """
    found = np.full((len(params), len(setting.statistics)), np.nan)
    for attempt in range(TRIES):
        todo = np.flatnonzero(np.isnan(found).any(axis=1))
        if len(todo):
            found[todo] = _batch(setting, params[todo], worlds_of(seeds[todo], attempt))
    for name, column in zip(setting.statistics, found.T, strict=True):
        if np.isnan(column).any():
            raise CalibrationError(
                f"{name} has nothing to be counted on in worlds of this size",
                rule=f"defined in one of {TRIES} worlds",
                got=f"{people_of(setting):,} adults",
                try_="more people, or leave out the figures that need it",
            )
    return found


def _batch(setting: Setting, params: np.ndarray, worlds: tuple[tuple[int, int], ...]) -> np.ndarray:
    """float64[n, k]: one batch of worlds, a row each."""
    shape = make_shape(setting.study, worlds)
    here = (min(n * shape.in_place, all_) for n, all_ in zip(setting.places, shape.all_places, strict=True))
    shape = replace(shape, n_places=tuple(here))
    par = overlaid(world_parameters(setting.study, worlds), setting.parameters, params)
    result = run_all(shape, par, [timeline_of(setting.scenario, shape)])[0]
    return np.column_stack(list(measure_all(result, setting.statistics).values()))


def simulator_of(setting: Setting) -> Simulator:
    """The simulator that the calibrator takes."""
    study = setting.study
    told = json.dumps(
        [
            as_dict(setting.scenario),
            study.areas,
            setting.places,
            study.place_size,
            study.burn_in,
            study.weeks,
            study.seed,
        ],
        sort_keys=True,
    )
    version = f"model {MODEL}, code {code_hash()}, setting {digest(told.encode())}"
    return Simulator(partial(simulate, setting), setting.parameters, setting.statistics, version)


def largest_batch(setting: Setting) -> int:
    """Worlds at once at most: some seconds of work, so that little is lost when killed."""
    weeks = setting.study.burn_in + setting.study.weeks
    return max(1, PERSON_WEEKS // (people_of(setting) * weeks))


def fewest_together(setting: Setting) -> int:
    """Worlds at once at least: enough to keep the engine busy."""
    return 100_000 // people_of(setting)


def people_of(setting: Setting) -> int:
    """Adults of one run."""
    return sum(setting.places) * setting.study.place_size
