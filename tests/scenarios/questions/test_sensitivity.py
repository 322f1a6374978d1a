"""Sensitivity: published indices through the same code path, the noise floor, luck kept apart, and bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest

from calibration.fit.design import space_filling
from peerscale.cli import call
from reports.questions import sensitivity
from reports.tables.described import paths, undeclared
from scenarios.questions import rows as rows_module
from scenarios.questions.rows import (
    Question,
    asker,
    claim,
    lever_inputs,
    parameter_inputs,
    row_parameters,
    runs,
    worlds_of,
)
from scenarios.questions.sensitivity import EXPLAINED, LEVELS, MORRIS_DRAWS, analyse, given, luck, screen
from scenarios.reading.load import load
from scenarios.running.finished import FinishedJobs
from scenarios.running.study import Study, area_list
from sim.errors import UserError
from sim.numbers.parameters import records


def ishigami(u):
    """Ishigami and Homma 1990, a = 7, b = 0.1."""
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(u, a=(0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0)):
    """Sobol's G."""
    return np.prod((np.abs(4 * u - 2) + np.array(a)) / (1 + np.array(a)), axis=1)


def sure(function):
    """A function without luck, as `analyse` asks for it."""
    return lambda units, draws, replicates: np.repeat(function(units)[:, None], replicates, axis=1)


def lucky(function, sd, seed=0):
    """The same with luck that depends on draw and replicate only, as the model's does."""

    def ask(units, draws, replicates):
        noise = [[np.random.default_rng([seed, d, r]).normal() for r in range(replicates)] for d in draws]
        return function(units)[:, None] + sd * np.array(noise)

    return ask


def straight(u):
    """Shares by closed form: 16/21, 4/21, 1/21, 0, 0."""
    return u @ np.array([4.0, 2.0, 1.0, 0.0, 0.0])


PUBLISHED = {
    "Ishigami": (ishigami, [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]),
    "G": (
        g_function,
        [0.7165, 0.1791, 0.0237, 0.0072, 0.0001, 0.0001, 0.0001, 0.0001],
        [0.7871, 0.2422, 0.0343, 0.0105, 0.0001, 0.0001, 0.0001, 0.0001],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_indices_are_recovered(name):
    """Saltelli et al. 2008, Primer, ch. 4 and 5: within 0.06 from 512 rows, and within the limits printed."""
    function, first, total = PUBLISHED[name]
    found = analyse(sure(function), len(first), rows=512, replicates=2, trajectories=10, seed=0)
    assert found.emulated.explained > EXPLAINED
    for index, truth in ((found.emulated.first, np.array(first)), (found.emulated.total, np.array(total))):
        assert np.abs(index.value - truth).max() < 0.06
        assert (index.low <= truth + 1e-3).all() and (truth <= index.high + 1e-3).all()
    assert found.split.parameters == pytest.approx(1.0)


@pytest.mark.parametrize("name", PUBLISHED)
def test_indices_from_runs_at_hand_recover_the_published_first_order(name):
    """RBD-FAST on 4,096 rows, no emulator: within 0.03."""
    function, first, _ = PUBLISHED[name]
    units = space_filling(4096, len(first), 0)
    index, pawn = given(units, function(units), 0)
    assert np.abs(index.value - first).max() < 0.03
    assert set(np.flatnonzero(index.clear)) >= {j for j, s in enumerate(first) if s > 0.1}
    assert list(np.argsort(-pawn.value)[:2]) == list(np.argsort(-np.array(first))[:2])


def test_a_straight_function_has_its_closed_form_in_every_index():
    found = analyse(sure(straight), 5, rows=128, replicates=2, trajectories=4, seed=0)
    truth = np.array([16, 4, 1, 0, 0]) / 21
    assert found.morris.value == pytest.approx([4, 2, 1, 0, 0], abs=1e-9)
    assert found.emulated.total.value == pytest.approx(truth, abs=0.02)
    assert found.first.value[:2] == pytest.approx(truth[:2], abs=0.1)
    assert list(np.argsort(-found.ranking.value)[:3]) == [0, 1, 2]
    assert found.direction[0] > 0.8


def test_the_same_seed_gives_the_same_answer_seed_nought_included():
    one, two = (analyse(lucky(straight, 0.3), 5, 64, 2, 2, seed=0) for _ in range(2))
    assert (one.first.low == two.first.low).all() and one.split == two.split and one.morris.floor == two.morris.floor
    assert one.pawn.floor == two.pawn.floor


def test_inputs_that_do_nothing_hardly_ever_pass_the_floor():
    """Nothing matters: over 40 tries of 10 inputs, at most 5 tries in which any input passes (2 expected)."""
    passed = {"RBD-FAST": 0, "PAWN": 0}
    for seed in range(40):
        rng = np.random.default_rng([seed, 9])
        for name, index in zip(passed, given(rng.random((64, 10)), rng.normal(size=64), seed), strict=True):
            passed[name] += bool(index.clear.any())
    assert max(passed.values()) <= 5


def test_luck_is_kept_apart_from_the_assumptions():
    """Variance of assumptions 21/12, of luck 1: 64% is due to the assumptions."""
    rng = np.random.default_rng(1)
    found = luck(straight(rng.random((600, 5)))[:, None] + rng.normal(size=(600, 2)), seed=1)
    assert found.low < (21 / 12) / (21 / 12 + 1) < found.high
    assert found.parameters == pytest.approx(0.636, abs=0.05)
    assert np.isnan(luck(rng.normal(size=(50, 1)), seed=1).parameters)


def test_luck_alone_is_not_taken_for_an_effect():
    rng = np.random.default_rng(2)
    assert luck(rng.normal(size=(400, 2)), seed=1).parameters < 0.12


def test_screening_compares_at_the_same_luck_and_its_dummy_moves_only_luck():
    found = screen(lucky(straight, 5.0), 5, 4, seed=0)
    assert found.value == pytest.approx([4, 2, 1, 0, 0], abs=1e-9)
    assert found.floor > 1
    assert MORRIS_DRAWS + 1000 * LEVELS < 2**14


def test_an_emulator_that_does_not_explain_gives_no_sobol_indices_and_says_why():
    found = analyse(lucky(lambda u: np.zeros(len(u)), 1.0), 5, 64, 2, 0, seed=3).emulated
    assert found.first is None and found.total is None and "more rows" in found.why
    assert "replicates" in analyse(sure(straight), 5, 64, 1, 0, seed=3).emulated.why
    assert "need 240 rows" in analyse(sure(lambda u: u[:, 0]), 30, 64, 2, 0, seed=3).emulated.why


# ------------------------------------------------------------------ the real model's rows

SMALL = Study(area_list(["bnssg"]), 100, 1, 1, weeks=52, seed=3, burn_in=26, place_size=400)
NAMES = ["want_prevalence", "want_length_weeks", "paid_gbp_year"]


def question(**more):
    return Question(load("open_door"), load("today"), SMALL, parameter_inputs(NAMES) + more.get("levers", ()))


def test_a_row_is_the_same_whatever_stands_beside_it_and_as_the_model_runs_it(tmp_path):
    """Rows together, alone, in another order; and against `run_together` at the same values of the same world."""
    from scenarios.running.study import run_together
    from sim.results.summary import headline

    q = question()
    units = np.random.default_rng(1).random((3, 3))
    run = q.simulator().run
    together = run(units, np.array([1000, 2000, 1000]))
    alone = run(units[2:], np.array([1000]))
    assert (together[2:] == alone).all() and (together[0] != together[2]).any()
    values = row_parameters(q, units)
    # A row holds all other parameters at their central value, a draw does not: hold every one.
    every = tuple((n, float(getattr(values, n)[0])) for n, r in records().items() if r.role != "value")
    one = headline(run_together([load("today")], Study(**{**vars(SMALL), "fixed": every}), [(1, 0)])[0])
    for name in ("available", "used_last_year", "gbp_per_adult_year"):
        assert one[name][0] == together[0, q.columns.index(f"b:{name}")]


def test_levers_move_row_by_row(tmp_path):
    q = question(levers=lever_inputs(["directory=0.1:1"]))
    units = np.full((2, 4), 0.5)
    units[:, 3] = 0, 1
    found = q.simulator().run(units, np.array([1000, 1000]))
    b = [q.columns.index(name) for name in ("a:used_last_year", "b:used_last_year")]
    assert found[0, b[1]] == found[1, b[1]] and (found[0] != found[1]).any()


def test_runs_are_kept_and_gone_on_with_after_a_stop(tmp_path, monkeypatch):
    q = question()
    units, worlds = np.random.default_rng(1).random((6, 3)), worlds_of(range(1, 7), 2)
    monkeypatch.setattr(rows_module, "TOGETHER", 4)
    whole = runs(q.simulator(), units, worlds, FinishedJobs(tmp_path / "a"), workers=1, people=400)
    parts = sorted((tmp_path / "a").glob("*.job"))
    assert len(parts) == 3
    parts[1].write_bytes(parts[1].read_bytes()[:5])
    before = parts[0].stat().st_mtime_ns
    assert (runs(q.simulator(), units, worlds, FinishedJobs(tmp_path / "a"), workers=1, people=400) == whole).all()
    assert parts[0].stat().st_mtime_ns == before
    change = q.outcome(whole, "available")
    assert change.shape == (6, 2) and (change != 0).any()


def test_another_outcome_of_the_same_rows_runs_nothing(tmp_path, monkeypatch):
    q = question()
    units = np.random.default_rng(1).random((4, 3))
    asker(q, "available", FinishedJobs(tmp_path), 1)(units, range(1, 5), 1)
    monkeypatch.setattr(rows_module, "_run", lambda *_: 1 / 0)
    assert asker(q, "used_last_year", FinishedJobs(tmp_path), 1)(units, range(1, 5), 1).shape == (4, 1)


def test_a_folder_of_another_version_or_question_is_refused_and_left_alone(tmp_path):
    q, path = question(), tmp_path / "question.json"
    claim(tmp_path, q)
    claim(tmp_path, q)
    with pytest.raises(UserError, match="another question"):
        claim(tmp_path, Question(load("today"), None, SMALL, q.inputs))
    path.write_text(json.dumps(q.identity | {"version": "0.0.0"}), "utf-8")
    kept = path.read_bytes()
    with pytest.raises(UserError, match="another version") as error:
        claim(tmp_path, q)
    assert "0.0.0" in error.value.got and path.read_bytes() == kept
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="something else"):
        claim(other, q)


def test_an_outcome_without_a_value_is_said(tmp_path):
    q = question()
    found = np.full((2, 1, len(q.columns)), rows_module.NOT_MEASURED)
    with pytest.raises(UserError, match="no value in some runs"):
        q.outcome(found, "available")


BAD = {
    "outcome": (["--outcome", "availability"], "no outcome is called", "available"),
    "rows": (["--rows", "10"], "--rows is out of range", "40"),
    "trajectories": (["--trajectories", "2"], "--trajectories is out of range", "0 for no screening"),
    "replicates": (["--replicates", "0"], "--replicates is out of range", "1 to 999"),
    "parameter": (["--parameters", "want_length"], "no uncertain parameter", "want_length_weeks"),
    "fixed parameter": (["--parameters", "want_at_carer"], "no uncertain parameter", "parameters with a prior"),
    "scenario": (["--against", "tody"], "tody", "today"),
    "picture": (["--plot", "a.doc"], "the picture's kind", ".png"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_typed_wrong_is_said_and_nothing_is_made(case, tmp_path, capsys):
    more, what, try_ = BAD[case]
    assert call(["sensitivity", "open_door", "--out", str(tmp_path / "out"), *more]) == 2
    said = capsys.readouterr().err
    assert what in said and try_ in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_missing_library_is_said(monkeypatch, tmp_path, capsys):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "SALib" else real(name, *rest))
    assert call(["sensitivity", "--out", str(tmp_path / "out")]) == 2
    assert "SALib cannot be found" in capsys.readouterr().err


def told(monkeypatch, function, sd):
    """The command with a stand-in for the model."""
    import peerscale.commands.sensitivity

    monkeypatch.setattr(peerscale.commands.sensitivity, "asker", lambda *_: lucky(function, sd))


LINE = ["sensitivity", "today", "--rows", "64", "--parameters", ",".join(i.name for i in parameter_inputs()[:5])]


def test_the_command_ranks_in_plain_words(monkeypatch, tmp_path, capsys):
    told(monkeypatch, lambda u: 0.3 + 0.05 * straight(u), 0.01)
    assert call([*LINE, "--out", str(tmp_path / "o"), "--plot", str(tmp_path / "a.svg")]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "1. Share of people with a condition who have a latent want (want_prevalence" in text
    assert "cannot be told from an input that does nothing" in text and "the rest to luck" in text
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<?xml")


def test_the_command_says_when_nothing_stands_out(monkeypatch, tmp_path, capsys):
    told(monkeypatch, lambda u: np.full(len(u), 0.3), 0.05)
    assert call([*LINE, "--out", str(tmp_path / "o"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert any("No input stands out" in s for s in found["sentences"]) and found["emulator"]["why_no_sobol"]
    assert not undeclared(paths(found), sensitivity.WRITTEN[0].columns)
    assert not any(i["first_order"]["clear"] for i in found["inputs"])


def test_an_outcome_that_never_moves_is_said(monkeypatch, tmp_path, capsys):
    told(monkeypatch, lambda u: np.full(len(u), 0.3), 0.0)
    assert call([*LINE, "--out", str(tmp_path / "o")]) == 2
    assert "the same in every row" in capsys.readouterr().err
