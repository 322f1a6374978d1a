"""The same run directory from one process or two, whatever the grouping of worlds and the order of areas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from scenarios.reading.load import load
from scenarios.reading.scenario import Scenario
from scenarios.running import store
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import joined, run_many
from scenarios.running.study import Study
from scenarios.running.tables import make_tables
from scenarios.running.worlds import batches
from sim.results.result import Result

STUDY = Study(areas=(5, 9), people=2000, draws=2, replicates=2, weeks=40, seed=3, burn_in=20, place_size=1000)


def policies() -> list[Scenario]:
    """Two scenarios that share a burn-in."""
    return [load("today"), load("everyone")]


def run_directories(folder: Path, study: Study, workers: int) -> list[str]:
    """Checksum of each scenario's run directory, as written and read back."""
    found = dict(run_many(policies(), study, workers))
    for i, scenario in enumerate(policies()):
        store.write(folder / scenario.name, scenario, study, found[i], seconds=0.0)
    return [store.read(folder / scenario.name).manifest["checksum"] for scenario in policies()]


@pytest.mark.slow
def test_one_worker_and_two_write_the_same_run_directories(tmp_path: Path) -> None:
    """One process, or two that share worlds: the same checksum of every run; another seed: another."""
    parts = [len(batches(STUDY, workers, FinishedJobs(tmp_path / f"{workers}"))) for workers in (1, 2)]
    assert parts[0] < parts[1], "worlds are shared out"
    one = run_directories(tmp_path / "one", STUDY, 1)
    assert run_directories(tmp_path / "two", STUDY, 2) == one
    other = Study(**{**vars(STUDY), "seed": 4})
    assert not set(run_directories(tmp_path / "other", other, 1)) & set(one)


def test_worlds_in_any_chunks_give_one_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Four worlds at once, or one at a time as where memory is short."""

    def tables() -> str:
        return store.checksum(make_tables(dict(run_many([load("everyone")], STUDY, 1))[0]))

    whole = tables()
    monkeypatch.setattr("scenarios.running.worlds.PEOPLE_AT_ONCE", 2000)
    assert len(batches(STUDY, 1, FinishedJobs(tmp_path))) == 4
    assert tables() == whole


def test_areas_in_another_order_are_the_same_areas() -> None:
    """Rows of each area, wherever it stands in the list."""

    def run_with(areas: tuple[int, ...]) -> Result:
        study = Study(**{**vars(STUDY), "areas": areas, "draws": 1, "replicates": 1, "people": 3000})
        return dict(run_many([load("everyone")], study, 1))[0]

    one, turned = run_with((5, 9, 30)), run_with((30, 5, 9))
    assert sorted(one.shape.n_places) == sorted(turned.shape.n_places)
    assert np.array_equal(one.weekly[:, [2, 0, 1]], turned.weekly)
    assert np.array_equal(one.tally[[2, 0, 1]], turned.tally)


def test_how_far_stocks_drift_is_the_same_for_worlds_together_and_apart():
    """Sums over all worlds, those in which a stock is empty too: 300 more in 1,000 over four years, whatever the parts."""

    def part(worlds, settling):
        return replace(fake_result(replace(fake_shape(), worlds=worlds)), settling=settling)

    parts = [
        part(((0, 0), (1, 0)), {"volunteers": (10**6, 10**6)}),
        part(((2, 0),), {"volunteers": (0, 0)}),
        part(((3, 0),), {"volunteers": (10**6, 1_600_000), "groups": (10**6, 10**6)}),
    ]
    luck = (2 * 52 / (2 * 10**6)) ** 0.5
    assert joined(parts).drift == pytest.approx({"volunteers": 0.15 - luck, "groups": 0.0})
    assert joined([joined(parts[:2]), parts[2]]).drift == joined(parts).drift
