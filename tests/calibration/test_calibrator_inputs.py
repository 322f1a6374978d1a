"""The calibrator's records: priors and targets, and every bad input with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from imports import imports_of
from scipy import stats

from calibration.fit.priors import Prior, Priors, read_priors
from calibration.fit.simulator import Simulator, make_seeds
from calibration.fit.targets import Target, Targets, natural, read_targets, se_of_interval, working
from calibration.fit.toys import line, ridge
from calibration.fit.trouble import CalibrationError
from calibration.fit.waves import Settings, calibrate
from sim.errors import UserError

ROOM = Path(__file__).parents[2] / "calibration"
CALIBRATOR = sorted(
    path for folder in ("fit", "report") for path in (ROOM / folder).rglob("*.py") if path.name != "__init__.py"
) + [ROOM / "whole.py", ROOM / "extras.py"]
PRIORS = (
    (Prior("a", "uniform", 2, 1, 4), stats.uniform(1, 3)),
    (Prior("a", "triangular", 2, 1, 4), stats.triang(1 / 3, 1, 3)),
    (Prior("a", "triangular", 1, 1, 4), stats.triang(0, 1, 3)),
    (Prior("a", "triangular", 4, 1, 4), stats.triang(1, 1, 3)),
    (Prior("a", "normal", 2, 0, 3, sd=1.0), stats.truncnorm(-2, 1, 2, 1)),
    (Prior("a", "beta", 0.25, 0, 1, sd=0.25), stats.beta(0.5, 1.5)),
)


@pytest.mark.parametrize("path", CALIBRATOR, ids=lambda path: path.stem)
def test_the_calibrator_imports_nothing_of_the_model(path):
    found = imports_of(path)
    assert not {n for n in found if n.split(".")[0] in ("sim", "scenarios", "reports", "peerscale", "dashboards")}
    own = {n for n in found if n.startswith("calibration.")}
    assert not {n for n in own if n.split(".")[1] not in ("fit", "report", "whole", "extras")}


def test_all_of_the_calibrator_is_looked_at():
    assert {"waves", "posterior", "second_opinion", "diagnose", "whole"} <= {path.stem for path in CALIBRATOR}


@pytest.mark.parametrize(("prior", "known"), PRIORS, ids=lambda v: getattr(v, "kind", ""))
def test_priors_have_the_quantiles_of_their_distributions(prior, known):
    u = np.linspace(0.001, 0.999, 301)
    assert np.allclose(prior.quantile(u), known.ppf(u), atol=1e-9)
    assert np.allclose(prior.cumulative(known.ppf(u)), u, atol=1e-9)
    assert prior.moments() == pytest.approx((known.mean(), known.std()), rel=2e-3)


def test_cube_and_values_are_inverse_and_stay_in_range():
    priors = Priors(replace(p, name=f"p{i}") for i, (p, _) in enumerate(PRIORS))
    u = np.random.default_rng(1).random((50, len(PRIORS)))
    assert np.allclose(priors.units(priors.values(u)), u, atol=1e-8)
    ends = priors.values(np.array([[0.0] * len(PRIORS), [1.0] * len(PRIORS)]))
    assert np.isfinite(ends).all() and (ends[0] < ends[1]).all()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"kind": "lognormal"}, "prior"),
        ({"low": 5.0}, "low, high"),
        ({"value": 9.0}, "value"),
        ({"high": float("nan")}, "value, low, high"),
        ({"kind": "normal"}, "sd"),
        ({"kind": "beta", "sd": 3.0}, "sd"),
        ({"kind": "normal", "sd": 0.0}, "sd"),
    ],
)
def test_bad_priors_are_refused_with_their_place(change, key):
    good = {"name": "rate", "kind": "uniform", "value": 2.0, "low": 1.0, "high": 4.0, "file": "p.csv", "line": 7}
    with pytest.raises(CalibrationError) as caught:
        Prior(**{**good, **change})
    assert (caught.value.key, caught.value.file, caught.value.line) == (key, "p.csv", 7)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"se": 0.0}, "se"),
        ({"se": float("inf")}, "se"),
        ({"discrepancy": -1.0}, "discrepancy"),
        ({"value": float("nan")}, "value"),
        ({"transform": "sqrt"}, "transform"),
        ({"role": "fit"}, "role"),
        ({"transform": "logit", "value": 1.2}, "value"),
        ({"transform": "log", "value": 0.0}, "value"),
        ({"noise_factor": 2.0}, "noise_factor"),
    ],
)
def test_bad_targets_are_refused_with_their_place(change, key):
    good = {"id": "t", "statistic": "s", "value": 0.5, "se": 0.1, "file": "t.csv", "line": 3}
    with pytest.raises(CalibrationError) as caught:
        Target(**{**good, **change})
    assert (caught.value.key, caught.value.file, caught.value.line) == (key, "t.csv", 3)


def test_an_error_speaks_as_the_commands_do_and_crosses_processes():
    import pickle

    error = CalibrationError("no", file="a.csv", key="se", line=4, rule="above 0", got="0", try_="judge one")
    assert str(UserError(**error.parts())).splitlines()[1:] == [
        "  where: a.csv, line 4, se",
        "  rule:  above 0",
        "  got:   0",
        "  try:   judge one",
    ]
    assert pickle.loads(pickle.dumps(error)).parts() == error.parts()


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("id,value,se\na,1,1\n", 1, "statistic"),
        ("id,statistic,value\na,s,1\n", 1, "se"),
        ("id,statistic,value,se\na,s,1,0\n", 2, "se"),
        ("id,statistic,value,se\na,s,1,1\nb,s,two,1\n", 3, "value"),
        ("id,statistic,value,low,high\na,s,1,2,1\n", 2, "low, high"),
        ("id,statistic,value,se\na,s,1,1\na,s,2,1\n", 3, "id"),
    ],
)
def test_bad_target_tables_name_line_and_column(tmp_path, text, line, key):
    with pytest.raises(CalibrationError) as caught:
        read_targets(write(tmp_path, text))
    assert (caught.value.line, caught.value.key) == (line, key)
    assert caught.value.file.endswith("table.csv")


def test_bad_prior_tables_name_line_and_column(tmp_path):
    head = "name,prior,value,low,high\n"
    for text, row, key in (
        ("name,prior,value,low\n", 1, "high"),
        (head + "a,uniform,5,1,2\n", 2, "value"),
        (head + "a,uniform,1,0,2\na,uniform,1,0,2\n", 3, "name"),
        (head + "a,uniform,x,0,2\n", 2, "value"),
    ):
        with pytest.raises(CalibrationError) as caught:
            read_priors(write(tmp_path, text))
        assert (caught.value.line, caught.value.key) == (row, key)
    with pytest.raises(CalibrationError):
        read_priors(tmp_path / "nowhere.csv")
    assert read_priors(write(tmp_path, head + "a,uniform,1,0,2\nb,fixed,1,0,2\n")).names == ("a",)


def test_an_interval_gives_the_standard_error_of_its_width():
    assert se_of_interval(-1.959964, 1.959964) == pytest.approx(1, rel=1e-6)
    assert se_of_interval(0, 2 * 1.644854, 0.9) == pytest.approx(1, rel=1e-6)
    for low, high in ((1, 1), (2, 1)):
        with pytest.raises(CalibrationError):
            se_of_interval(low, high)


@pytest.mark.parametrize("transform", ["none", "log", "logit"])
def test_working_scale_and_back_with_the_right_slope(transform):
    x, target = np.array([0.2, 0.5, 0.9]), Target("t", "s", 0.3, 0.01, transform=transform)
    assert np.allclose(natural(working(x, transform), transform), x)
    step = working(np.array([0.3 + 1e-6, 0.3 - 1e-6]), transform)
    assert target.slope == pytest.approx((step[0] - step[1]) / 2e-6, rel=1e-5)


def test_targets_of_one_survey_share_their_errors_and_others_do_not():
    made = Targets(
        [Target(i, "s", 0.5, 0.3, 0.4, group=g) for i, g in zip("abcd", ("x", "x", "", ""), strict=True)], 0.6
    )
    expected = 0.25 * np.eye(4)
    expected[0, 1] = expected[1, 0] = 0.15
    assert np.allclose(made.error, expected)
    with pytest.raises(CalibrationError):
        Targets([], shared=1.0)


def test_what_does_not_belong_together_is_refused_before_any_run(tmp_path):
    toy = line()
    unknown = Targets([*toy.targets.records, Target("new", "nowhere", 1, 1, file="t.csv", line=9)])
    held = Targets(replace(r, role="validation") for r in toy.targets.records)
    many = Priors(Prior(f"p{i}", "uniform", 1, 0, 2) for i in range(16))
    wide = Simulator(toy.simulator.run, many.names, toy.simulator.statistics, "1")
    for simulator, priors, targets in (
        (toy.simulator, toy.priors, unknown),
        (toy.simulator, ridge().priors, toy.targets),
        (toy.simulator, toy.priors, held),
        (wide, many, toy.targets),
    ):
        with pytest.raises(CalibrationError):
            calibrate(simulator, priors, targets, Settings(), tmp_path / "study")
        assert not (tmp_path / "study").exists()
    with pytest.raises(CalibrationError) as caught:
        calibrate(toy.simulator, toy.priors, unknown, Settings(), tmp_path / "study")
    assert (caught.value.file, caught.value.line, caught.value.key) == ("t.csv", 9, "statistic")


@pytest.mark.parametrize(
    "change", [{"replicates": 1}, {"held_out": 0.0}, {"draws": 5}, {"points": 10}, {"failing": "ignore"}, {"part": 0}]
)
def test_bad_settings_are_refused(change):
    with pytest.raises(CalibrationError):
        Settings(**change)


def test_each_run_has_a_seed_of_its_own_that_more_runs_do_not_change():
    few, many = make_seeds(3, 1, 20, 2), make_seeds(3, 1, 40, 5)
    assert (many[:20, :2] == few).all()
    assert len(np.unique(many)) == 200
    assert (many >= 0).all() and not (make_seeds(3, 2, 40, 5) == many).any()


def test_a_simulator_that_returns_nonsense_is_named():
    toy = line()
    params, seeds = np.zeros((2, 3)), np.arange(2)
    with pytest.raises(CalibrationError, match="s1"):
        Simulator(give_nan, toy.priors.names, toy.simulator.statistics, "1")(params, seeds)
    with pytest.raises(CalibrationError, match="shape"):
        Simulator(give_few, toy.priors.names, toy.simulator.statistics, "1")(params, seeds)


def give_nan(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    return np.where(np.arange(5) == 1, np.nan, np.zeros((len(params), 5)))


def give_few(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    return np.zeros((len(params), 2))
