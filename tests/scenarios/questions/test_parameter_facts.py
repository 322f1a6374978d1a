"""One parameter with all that is behind it, and the parameters behind an outcome."""

import json

import numpy as np
import pytest

from peerscale.cli import call
from scenarios.evidence.parameter_facts import by_structure, correlation, facts, floor_of, read_in, uncertain
from scenarios.running import posterior
from scenarios.running.posterior import PRIORS, choose
from sim.errors import UserError
from sim.numbers.parameters import records
from tests.helpers.posteriors import of_this_model


def test_a_parameter_tells_its_figures_its_rivals_and_that_nothing_has_fitted_it():
    found = facts("leave_later", PRIORS)
    assert [row.id for row in found.rows[:1]] == ["sup_ndps_ret12"]
    assert "sup_ndps_ret12_printed" in [row.id for row in found.rows]
    assert [one.fixed[0] for one in found.rivals] == ["leave_later"]
    assert found.used.said.startswith("none") and "no posterior in use has fitted it" in found.fitted


def test_a_parameter_of_no_figure_says_that_it_is_a_judgement(capsys):
    name = next(r.name for r in records().values() if not facts(r.name, PRIORS).rows and r.role == "prior")
    assert call(["parameters", name]) == 0
    assert "No published figure is behind it" in capsys.readouterr().out


def test_the_posterior_in_use_is_told_with_its_spread(tmp_path):
    chosen = choose(str(of_this_model(tmp_path / "posterior")))
    names, rows = posterior.values(chosen, range(1, posterior.count(chosen) + 1))
    found = facts(names[0], chosen)
    assert found.fitted.startswith("yes")
    assert (found.used.low, found.used.high) == pytest.approx(np.quantile(rows[:, 0], [0.05, 0.95]))
    other = next(r.name for r in uncertain() if r.name not in names)
    assert "does not speak of" in facts(other, chosen).used.said


def test_every_uncertain_parameter_is_read_somewhere_in_the_readable_engine_or_as_the_world_begins():
    nowhere = [r.name for r in uncertain() if not read_in(r.name)]
    assert len(nowhere) < len(uncertain()) / 3


def test_the_first_screen_names_the_command_that_leads_to_the_parameters(tmp_path):
    from peerscale.commands.run import behind

    assert behind("today", None) == "peerscale parameters --of available"
    assert behind("today", tmp_path / "my results").endswith(f"--from '{tmp_path}/my results/today'")


def test_without_runs_nothing_is_put_in_order():
    found = by_structure("available")
    assert [one.record.name for one in found.moved] == [r.name for r in uncertain()]
    assert not any(one.clear for one in found.moved) and found.draws == 0
    with pytest.raises(UserError, match="no outcome is called"):
        by_structure("availble")


def test_ranks_agree_with_a_case_worked_by_hand():
    """d = 0, -1, 1, 0 of 4: 1 - 6 * 2 / (4 * 15) = 0.8."""
    assert correlation(np.array([1.0, 2, 3, 4]), np.array([10.0, 30, 20, 40])) == pytest.approx(0.8)
    assert correlation(np.arange(5.0), np.ones(5)) == 0


def test_what_does_nothing_passes_the_floor_in_one_of_twenty_runs():
    rng, parameters, draws = np.random.default_rng(4), 10, 40
    floor, passed = floor_of(parameters, draws), 0
    for _ in range(400):
        y = rng.normal(size=draws)
        passed += max(abs(correlation(x, y)) for x in rng.normal(size=(parameters, draws))) > floor
    assert 0.01 < passed / 400 < 0.09


def test_from_a_run_one_command_leads_to_its_parameters_and_their_papers(tmp_path, capsys):
    size = [
        "--people",
        "300",
        "--place-size",
        "300",
        "--draws",
        "8",
        "--years",
        "0.6",
        "--burn-in",
        "30",
        "--workers",
        "1",
        "--posterior",
        "none",
    ]
    assert call(["run", "today", *size, "--prior", "accept_offer=0.5:0.9", "--out", str(tmp_path / "r")]) == 0
    capsys.readouterr()
    folder = tmp_path / "r" / "today"
    assert call(["parameters", "--of", "acted", "--from", str(folder), "--json"]) == 2
    assert "no outcome is called" in capsys.readouterr().err
    assert call(["parameters", "--of", "available", "--from", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    names = [one["name"] for one in found["parameters"]]
    assert found["draws"] == 8 and set(names) == {r.name for r in uncertain()}
    ranks = [abs(one["rank_correlation"]) for one in found["parameters"]]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize(
    "line",
    [["mouth_rate", "--of", "available"], ["--from", "x"], ["--of", "available", "--from", "nowhere"], ["mouth_rat"]],
)
def test_what_cannot_be_is_one_message(line, capsys):
    assert call(["parameters", *line]) == 2
    assert "try:" in capsys.readouterr().err


def test_a_formula_is_told_with_every_row_that_goes_in():
    found = facts("volunteer_caseload")
    assert "geometric mean of 1.4 (sup_caseload_kirklees) and 2.4 (sup_ndps_calls)" in found.formula
    assert {"sup_caseload_kirklees", "sup_ndps_calls", "sup_befriend_ratio"} <= {row.id for row in found.rows}
    assert len(found.rows) == len({row.id for row in found.rows})
    assert facts("trust_speed").formula == ""
