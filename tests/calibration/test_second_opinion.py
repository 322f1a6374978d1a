"""pyABC as a second opinion: right on a toy of known posterior, the same bytes again, and one message where it is missing."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tiny_plan import TINY

from calibration.fit import second_opinion as module
from calibration.fit.posterior import read_posterior
from calibration.fit.second_opinion import Opinion, OpinionSettings, compare, in_words, second_opinion
from calibration.fit.simulator import Simulator
from calibration.fit.targets import Targets
from calibration.fit.toys import line, line_posterior
from calibration.fit.trouble import CalibrationError
from calibration.report.diagnose import second_section
from peerscale.cli import call

needs_pyabc = pytest.mark.skipif(find_spec("pyabc") is None, reason="pyABC is an optional extra")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@needs_pyabc
@pytest.mark.slow
def test_pyabc_finds_the_known_posterior(tmp_path):
    toy = line()
    found = second_opinion(
        toy.simulator, toy.priors, toy.targets, OpinionSettings(20_000, particles=150, generations=4), tmp_path
    )
    mean, covariance = line_posterior(toy.targets.observed)
    assert found.finished and found.effective > 40
    exact = np.random.default_rng(1).multivariate_normal(mean, covariance, 4000)
    rows = compare(found, toy.priors.units(exact), toy.priors)  # within the tolerance that users are told of
    assert all(row.agrees for row in rows) and "agrees for every parameter" in in_words(found, rows)


@needs_pyabc
@pytest.mark.slow
def test_the_same_call_gives_the_same_bytes_also_after_an_interruption(tmp_path):
    toy, asked = line(), OpinionSettings(1_500, particles=50, generations=2)
    one = second_opinion(toy.simulator, toy.priors, toy.targets, asked, tmp_path / "one")
    luck = np.random.get_state()[1]
    breaking = replace(toy.simulator, run=Fails(after=100))
    with pytest.raises(KeyboardInterrupt):
        second_opinion(breaking, toy.priors, toy.targets, asked, tmp_path / "two")
    with (tmp_path / "two" / "runs.f64").open("ab") as handle:
        handle.write(b"cut short")
    second_opinion(toy.simulator, toy.priors, toy.targets, asked, tmp_path / "two")
    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    assert (np.random.get_state()[1] == luck).all()
    assert read_posterior(tmp_path / "two" / "posterior.json", "line-1").about["runs"] == one.runs
    with pytest.raises(CalibrationError, match="another plan"):
        second_opinion(toy.simulator, toy.priors, toy.targets, replace(asked, seed=2), tmp_path / "one")


class Fails:
    """The toy, interrupted after some runs."""

    def __init__(self, after: int):
        self.left = after

    def __call__(self, params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return line().simulator.run(params, seeds)


@needs_pyabc
@pytest.mark.slow
def test_runs_that_are_used_up_leave_an_opinion_that_says_so(tmp_path):
    toy = line()
    found = second_opinion(
        toy.simulator, toy.priors, toy.targets, OpinionSettings(600, particles=50, generations=5), tmp_path
    )
    assert found.runs == 600 and not found.finished
    assert "no verdict yet" in in_words(found, compare(found, np.random.default_rng(1).random((500, 3)), toy.priors))


def opinion(shift: float = 0.0, wide: float = 1.0) -> Opinion:
    drawn = np.random.default_rng(2).normal(shift, wide, (400, 3))
    return Opinion(("a", "b", "c"), drawn, np.full(400, 1 / 400), 1.0, 5_000)


@pytest.mark.parametrize(
    ("shift", "wide", "agrees"), [(0.0, 1.0, True), (0.8, 1.0, False), (0.0, 1.6, False), (0.0, 0.6, False)]
)
def test_opinions_that_differ_are_said_to(shift, wide, agrees):
    toy = line()
    rows = compare(opinion(shift, wide), np.random.default_rng(3).random((2000, 3)), toy.priors)
    assert {row.agrees for row in rows} == {agrees}
    said = second_section(opinion(shift, wide), rows)
    assert ("differs for a, b, c" in said.sentences[0]) is not agrees and len(said.rows) == 3


def test_where_pyabc_is_missing_one_message_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("calibration.extras.missing", lambda extra: ("pyABC",) if extra == "abc" else ())
    (tmp_path / "tiny.toml").write_text(TINY)
    asked = ["calibrate", str(tmp_path / "tiny.toml"), "--out", str(tmp_path / "out")]
    assert call([*asked, "--second-opinion", "pyabc"]) == 2
    said = capsys.readouterr().err
    assert "pyABC is not installed" in said and "peerscale[abc]" in said and "Traceback" not in said
    assert call([*asked, "--second-opinion", "elfi"]) == 2 and "no such second opinion" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_pyabc_cannot_do_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("calibration.extras.missing", lambda extra: ())
    toy = line()
    larger = Targets(replace(row, noise_factor=0.5) for row in toy.targets.records)
    with pytest.raises(CalibrationError, match="whole runs"):
        second_opinion(toy.simulator, toy.priors, larger, OpinionSettings(1_500), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(CalibrationError, match="cannot be used"):
        OpinionSettings(100)


def test_the_simulator_is_given_each_run_once(tmp_path):
    toy = line()
    seen: list[int] = []

    def counted(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        seen.extend(seeds.tolist())
        return toy.simulator.run(params, seeds)

    simulator = Simulator(counted, toy.priors.names, toy.simulator.statistics, "counted")
    points = np.random.default_rng(1).normal(size=(6, 3))
    for upto in (4, 6):
        with module.KeptRuns(simulator, tmp_path / "runs.f64", OpinionSettings(1_500), None) as kept:
            found = np.array([kept.next(point) for point in points[:upto]])
    assert len(seen) == len(set(seen)) == 6 and np.allclose(found, toy.simulator.run(points, np.array(seen)))
    kept = module.KeptRuns(simulator, tmp_path / "runs.f64", OpinionSettings(1_500), None)
    with kept, pytest.raises(CalibrationError, match="not those"):
        kept.next(points[1])


def test_a_run_that_was_damaged_on_disk_is_made_again_and_so_are_those_after_it(tmp_path):
    toy, seen, file = line(), list[int](), tmp_path / "runs.f64"

    def counted(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        seen.extend(seeds.tolist())
        return toy.simulator.run(params, seeds)

    def asked() -> np.ndarray:
        simulator = Simulator(counted, toy.priors.names, toy.simulator.statistics, "counted")
        with module.KeptRuns(simulator, file, OpinionSettings(1_500), None) as kept:
            return np.array([kept.next(point) for point in np.random.default_rng(1).normal(size=(6, 3))])

    whole, raw = asked(), file.read_bytes()
    for at in (0, len(raw) // 2, len(raw) - 1):
        spoilt = bytearray(raw)
        spoilt[at] ^= 1
        file.write_bytes(spoilt)
        seen.clear()
        assert np.array_equal(asked(), whole) and 1 <= len(seen) <= 6 and file.read_bytes() == raw
    file.write_bytes(b"another file altogether")
    assert np.array_equal(asked(), whole) and file.read_bytes() == raw
