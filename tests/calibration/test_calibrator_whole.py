"""Whole calibrations of toys whose answer is known; files; and what a kill leaves."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from calibration.fit.identify import in_words, judgement_share, outputs_informed, ridges
from calibration.fit.posterior import Posterior, read_posterior, write_posterior
from calibration.fit.priors import Prior, Priors
from calibration.fit.simulator import Simulator
from calibration.fit.targets import Target, Targets
from calibration.fit.toys import line, line_posterior, ridge, run_line
from calibration.fit.trouble import CalibrationError
from calibration.fit.waves import Calibration, Settings, calibrate

QUICK = Settings(points=120, replicates=4, draws=100, process=False)


@pytest.fixture(scope="module")
def straight(tmp_path_factory) -> tuple[Calibration, Path]:
    """(the straight-line toy calibrated, its folder)."""
    toy, folder = line(), tmp_path_factory.mktemp("straight")
    return calibrate(toy.simulator, toy.priors, toy.targets, QUICK, folder, outputs=("s0", "s4")), folder


@pytest.fixture(scope="module")
def ridged(tmp_path_factory) -> Calibration:
    toy = ridge()
    return calibrate(
        toy.simulator, toy.priors, toy.targets, QUICK, tmp_path_factory.mktemp("ridge"), outputs=("total",)
    )


def test_a_known_posterior_is_found(straight):
    found, toy = straight[0], line()
    mean, covariance = line_posterior(toy.targets.observed)
    sd, x = np.sqrt(np.diag(covariance)), toy.priors.values(found.found.units)
    # 1,000 particles and noise learnt from 480 runs: about a tenth of a posterior sd each way
    assert (np.abs(x.mean(axis=0) - mean) / sd).max() < 0.25
    assert np.abs(x.std(axis=0) / sd - 1).max() < 0.15
    assert np.abs(np.corrcoef(x.T) - covariance / np.outer(sd, sd)).max() < 0.15


def test_it_says_what_the_data_told(straight):
    found = straight[0]
    verdicts = {c.name: c.verdict for c in found.contractions}
    assert verdicts["c"] == "the data do not inform this"
    assert verdicts["a"].startswith("narrowed by") and verdicts["b"].startswith("narrowed by")
    assert not found.refused and all(row.near for row in found.distances)
    assert all(row.inside and row.score > row.prior_score for row in found.fits)
    assert found.scores[0] > found.scores[1]
    assert all(row.finding and row.judgement == 1.0 for row in found.informed)
    assert all(abs(row.miss) < 2 for row in found.left_out) and len(found.left_out) == 5


def test_two_parameters_that_cannot_be_told_apart_are_named(ridged, straight):
    named = ridged.ridges
    assert [set(r.names) for r in named] == [{"push", "pull"}]
    assert named[0].verdict == "the data cannot tell push and pull apart"
    assert named[0].correlation < -0.8 and named[0].fall < 1
    assert not straight[0].ridges
    told = {c.name: c.contraction for c in ridged.contractions}
    assert told["push"] < 0.4 and told["pull"] < 0.4 and told["rate"] > 0.9


def test_a_combination_of_three_is_named():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((4000, 4))
    z[:, :3] -= 0.97 * z[:, :3].mean(axis=1, keepdims=True)  # only the sum of three is known; no pair reaches 0.7
    assert abs(np.corrcoef(z.T)[0, 1]) < 0.6
    priors = Priors(Prior(n, "uniform", 0.5, 0, 1) for n in "abcd")
    assert [r.names for r in ridges(ndtr(z), priors)] == [("a", "b", "c")]
    assert not ridges(ndtr(rng.standard_normal((4000, 4))), priors)


def test_words_follow_the_numbers():
    said = [in_words(c) for c in (-0.1, 0.19, 0.3, 0.5, 0.8, 0.95)]
    assert said == [
        "the data do not inform this",
        "the data do not inform this",
        "narrowed a little",
        "narrowed by about a third",
        "narrowed by about half",
        "narrowed by two thirds or more",
    ]


def test_an_output_that_evidence_did_not_narrow_is_called_an_assumption():
    rng = np.random.default_rng(1)
    priors = Priors([Prior("a", "uniform", 0.5, 0, 1, grade="published"), Prior("b", "uniform", 0.5, 0, 1)])
    before, after = rng.random((300, 2)), rng.random((300, 2)) * np.array([0.1, 1.0])

    def runs(x: np.ndarray) -> np.ndarray:
        means = np.column_stack([x[:, 0], x[:, 1], x[:, 0] + x[:, 1]])
        return means[:, None] + 0.05 * rng.standard_normal((300, 3, 3))

    known, judged, both = outputs_informed(("known", "judged", "both"), priors, after, runs(after), runs(before))
    assert known.finding and known.narrowed == pytest.approx(0.9, abs=0.05) and known.judgement < 0.2
    assert not judged.finding and "an assumption, not a finding" in judged.verdict and judged.judgement > 0.9
    assert both.narrowed == pytest.approx(0.29, abs=0.1) and both.judgement > 0.9
    assert judgement_share(after, after[:, 0], np.array([True, True])) == 1.0


def test_a_target_far_from_what_the_others_say_stands_out(tmp_path):
    toy = line()
    odd = Targets(replace(r, value=4.0) if r.id == "t3" else r for r in toy.targets.records)
    found = calibrate(toy.simulator, toy.priors, odd, replace(QUICK, most_waves=1), tmp_path)
    out = {row.id: row for row in found.left_out}
    assert not out["t3"].inside and out["t3"].miss > 3
    assert not next(row for row in found.fits if row.id == "t3").inside


def test_validation_rows_are_run_but_never_fitted(tmp_path):
    toy = line()
    held = [replace(r, role="validation") if r.id == "t4" else r for r in toy.targets.records]
    wild = [replace(r, value=-7.0) if r.id == "t4" else r for r in held]
    settings = replace(QUICK, most_waves=1, particles=300, draws=40)
    one = calibrate(toy.simulator, toy.priors, Targets(held), settings, tmp_path / "1")
    two = calibrate(toy.simulator, toy.priors, Targets(wild), settings, tmp_path / "2")
    assert (one.found.units == two.found.units).all()
    rows = [next(row for row in c.fits if row.id == "t4") for c in (one, two)]
    assert rows[0].inside and not rows[1].inside and rows[0].role == "validation"


def test_a_target_that_cannot_be_emulated_is_refused_by_name(tmp_path):
    toy = line()
    names = (*toy.simulator.statistics, "wild")
    simulator = Simulator(with_wild, toy.priors.names, names, "wild-1")
    targets = Targets([*toy.targets.records, Target("wild", "wild", 0.9, 0.01)])
    settings = replace(QUICK, particles=200, draws=40, most_waves=2)
    found = calibrate(simulator, toy.priors, targets, settings, tmp_path / "out")
    assert [check.name for check in found.refused] == ["wild"]
    assert "wild" not in found.waves[-1].likelihood.targets.ids
    assert json.loads((tmp_path / "out" / "posterior.json").read_text())["refused_targets"] == ["wild"]
    with pytest.raises(CalibrationError, match="nothing can be called calibrated"):
        calibrate(simulator, toy.priors, targets.only(["wild"]), settings, tmp_path / "alone")


def with_wild(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    return np.column_stack([run_line(params, seeds), np.sin(40 * params[:, 0] * (3 + params[:, 1]))])


def test_targets_that_nothing_can_meet_end_in_words(tmp_path):
    toy = line()
    far = Targets(replace(r, value=90.0) for r in toy.targets.records)
    with pytest.raises(CalibrationError, match="disagree"):
        calibrate(toy.simulator, toy.priors, far, QUICK, tmp_path)


def test_the_posterior_is_read_back_and_only_by_its_own_version(straight):
    found, folder = straight
    read = read_posterior(folder / "posterior.json", "line-1")
    assert read.names == ("a", "b", "c") and np.allclose(read.values, found.priors.values(found.found.units))
    assert read.weights.sum() == pytest.approx(1) and (folder / "posterior.parquet").stat().st_size < 100_000
    assert set(read.about["hashes"]) == {"priors", "targets", "settings"} and read.about["seed"] == 1
    with pytest.raises(CalibrationError, match="another version"):
        read_posterior(folder / "posterior.parquet", "line-2")


def test_a_damaged_posterior_is_not_read(straight, tmp_path):
    folder = straight[1]
    for name in ("posterior.json", "posterior.parquet"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "posterior.parquet").write_bytes(b"PAR1 something else")
    with pytest.raises(CalibrationError, match="not those"):
        read_posterior(tmp_path / "posterior.json")
    for text in ("{", "[]", '{"format": 99}'):
        (tmp_path / "posterior.json").write_text(text)
        with pytest.raises(CalibrationError):
            read_posterior(tmp_path / "posterior.json")


def test_weighted_draws_are_resampled_in_proportion(tmp_path):
    values, weights = np.arange(4.0)[:, None], np.array([1.0, 2, 3, 4])
    file = write_posterior(tmp_path / "p.json", ("a",), values, weights, {"version": "1"})
    drawn = read_posterior(file).resampled(1000, 3)
    assert np.bincount(drawn[:, 0].astype(int)).tolist() == pytest.approx([100, 200, 300, 400], abs=1)
    assert (drawn == read_posterior(file).resampled(1000, 3)).all()
    assert isinstance(read_posterior(file), Posterior)


def test_a_folder_of_another_plan_is_left_alone(straight):
    folder, toy = straight[1], line()
    before = (folder / "posterior.json").read_bytes()
    with pytest.raises(CalibrationError, match="another plan"):
        calibrate(toy.simulator, toy.priors, toy.targets, replace(QUICK, seed=2), folder)
    assert (folder / "posterior.json").read_bytes() == before


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def start(folder: Path) -> subprocess.Popen[bytes]:
    script = Path(__file__).parents[1] / "helpers" / "killed_calibration.py"
    room = {**os.environ, "PYTHONPATH": str(script.parent.parent)}
    return subprocess.Popen([sys.executable, str(script), str(folder)], env=room, start_new_session=True)


def gone(group: int) -> bool:
    """True once no process of a session's first group is left."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_killed_at_ten_random_moments_it_ends_with_the_same_bytes(tmp_path):
    assert start(tmp_path / "whole").wait() == 0
    luck, killed = random.Random(7), 0
    for _ in range(10):
        process = start(tmp_path / "killed")
        time.sleep(luck.uniform(0.7, 2.6))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert gone(process.pid), "workers outlived their parent"
    assert start(tmp_path / "killed").wait() == 0
    assert killed > 2
    assert everything(tmp_path / "killed") == everything(tmp_path / "whole")
