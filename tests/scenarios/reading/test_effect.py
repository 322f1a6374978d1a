"""What a scenario asks for takes effect, or is refused: ramps arrive, April is in April, changes lie within the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from histories import assert_same, both_of, course
from hypothesis import given
from hypothesis import strategies as st
from test_cli import told

from peerscale.options import MOST
from scenarios.reading.areas import boards, members
from scenarios.reading.course import resolve
from scenarios.reading.load import load
from scenarios.running.study import Study, make_shape, run_together, timeline_of
from sim import draws
from sim.numbers.levers import INDEX, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.counts import weekly_total

BOARD = INDEX["budget_board"]
SMALL = {"people": 1000, "place_size": 1000, "burn_in": 30}
FAST = ["--people", "1000", "--draws", "1", "--burn-in", "30", "--place-size", "1000", "--workers", "1"]


def file(folder: Path, body: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\ntitle = "Mine"\nquestion = "What if it were mine?"\nextends = "today"\n{body}', "utf-8"
    )
    return path


# ---- ramps


@given(over=st.integers(1, 120), more=st.integers(1, 40), begin=st.integers(0, 60))
def test_a_ramp_of_any_length_is_at_its_target_from_its_end_until_the_change_ends(
    tmp_path_factory: pytest.TempPathFactory, over: int, more: int, begin: int
) -> None:
    """By hand: a budget of 4.0 over 6 weeks of 8 stands in the last two. Nothing at all happened."""
    body = f'[[change]]\nfrom = "week {begin}"\nto = "week {begin + over + more}"\nover_weeks = {over}\nlevers = {{ budget_board = 4.0 }}\n'
    line = resolve(load(file(tmp_path_factory.mktemp("ramp"), body)), ["bnssg"], 0)
    got = [float(line.at(week)[BOARD, 0]) for week in range(begin + over + more + 2)]
    today = float(today_values(1)[BOARD, 0])
    assert got[begin + over : begin + over + more] == [4.0] * more
    assert got[: begin + 1] == [today] * (begin + 1) and got[-2:] == [today] * 2
    assert all(a <= b for a, b in zip(got[begin : begin + over], got[begin + 1 : begin + over + 1], strict=True))


def test_a_ramp_that_is_not_complete_when_the_run_ends_is_said_to_be_so(tmp_path: Path, capsys) -> None:
    path = file(tmp_path, '[[change]]\nfrom = "week 0"\nover_weeks = 104\nlevers = { budget_board = 4.0 }\n')
    for years, said in (("1", True), ("2.5", False)):
        code, out, err = told(capsys, "run", "today", path, *FAST, "--years", years)
        words = "Mine: the change of budget_board is complete in week 104, after the 52 weeks that are run."
        assert code == 0 and (words in " ".join(out.split())) == said, err


# ---- each April


def budget_course(start: str, burn_in: int) -> list[float]:
    """The growth of budgets by reported week."""
    shape = make_shape(Study((5,), weeks=110, start=start, burn_in=burn_in))
    return [1.5 ** shape.aprils(burn_in + week) for week in range(110)]


@pytest.mark.parametrize("burn_in", [0, 30, 780])
@pytest.mark.parametrize(
    ("start", "april"), [("2025-04", 52), ("2025-10", 26), ("2026-03", 4), ("2025-05", 48), ("2026-01", 13)]
)
def test_budgets_grow_in_april_whenever_the_policy_begins(start: str, april: int, burn_in: int) -> None:
    """By hand: from October to April are six months of 52/12 weeks."""
    shape = make_shape(Study((5,), weeks=110, start=start, burn_in=burn_in))
    assert budget_course(start, burn_in)[april - 1 : april + 1] == [1.0, 1.5]
    assert budget_course(start, burn_in)[0] == 1.0 and budget_course(start, burn_in)[april + 52] == 1.5**2
    first = 0 if start.endswith("-04") else april
    assert [week for week in range(110) if shape.is_april(burn_in + week)] == list(range(first, 110, 52))


def test_budgets_that_grow_each_april_grow_in_april_after_a_start_in_october(tmp_path: Path) -> None:
    scenario = load(file(tmp_path, '[run]\nstart = "2025-10"\n[levers]\nbudget_growth = 0.5\n'))
    study = Study((5,), draws=1, weeks=60, start="2025-10", **SMALL)
    grown, usual = (
        weekly_total(run_together([s], study)[0], "spent_board_pence")[:, 0] for s in (scenario, load("today"))
    )
    first = int(np.flatnonzero(grown != usual)[0])
    assert first == 26


@pytest.mark.parametrize("start", ["2025-10", "2026-02"])
def test_one_history_whatever_the_month_of_the_start(start: str) -> None:
    shape = replace(make_shape(Study((5, 22), people=1000, place_size=500, draws=1, weeks=70, burn_in=20)), start=start)
    line = course(shape, {}, {"budget_growth": 0.3, "price_shock": 0.1, "new_organisations": 40}, 20)
    assert_same(*both_of(shape, draw_parameters([0]), line))


# ---- changes that lie outside the run

LATE = '[[change]]\nfrom = "year 9"\nlevers = { budget_board = 8.0 }\n'
ELSEWHERE = '[[change]]\nfrom = "week 0"\nareas = ["sussex"]\nlevers = { budget_board = 8.0 }\n'
NEVER_BEGUN = '[[change]]\nfrom = "week 45"\nover_weeks = 104\nlevers = { budget_board = 8.0 }\n'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            LATE,
            (
                "after the run has ended",
                "line 5",
                "change[1].from",
                "within the 52 weeks",
                "year 9: it begins in week 416",
                "--years 9",
            ),
        ),
        (ELSEWHERE, ("not in the run", "line 7", "change[1].areas", "Bristol", "sussex", "--areas sussex")),
        (NEVER_BEGUN, ("after the run has ended", "it first moves in week 58", "--years 2")),
    ],
    ids=["years", "areas", "ramp"],
)
def test_a_change_that_cannot_take_effect_is_refused_with_where_and_what_to_try(
    tmp_path: Path, capsys, body, says
) -> None:
    path = file(tmp_path, f"[levers]\ncut = 0.1\n{body}" if "areas" in body else body)
    code, out, err = told(capsys, "run", "today", path, *FAST, "--years", "1")
    assert code == 2 and not out and "Traceback" not in err
    assert all(words in " ".join(err.split()) for words in says), err


@pytest.mark.parametrize("command", [["explain", "today"], ["relief"], ["batch", "today", "--out", "OUT"]])
def test_other_commands_refuse_it_too(tmp_path: Path, capsys, command) -> None:
    words = [str(tmp_path / "out") if word == "OUT" else word for word in command]
    code, _, err = told(capsys, words[0], *words[1:2], file(tmp_path, LATE), *words[2:], *FAST, "--years", "1")
    assert code == 2 and "after the run has ended" in err


def test_a_change_for_one_of_the_areas_run_takes_effect_there(tmp_path: Path) -> None:
    scenario = load(file(tmp_path, ELSEWHERE.replace('["sussex"]', '["sussex", "bnssg"]')))
    line = timeline_of(scenario, make_shape(Study((22, 20), weeks=52, burn_in=0)))
    assert line.values[0, BOARD].tolist() == [8.0, float(today_values(1)[BOARD, 0])]


def test_a_change_for_a_board_of_2026_takes_effect_in_the_areas_that_make_it_up(tmp_path: Path) -> None:
    board = next(name for name, parts in boards().items() if sum(part.runs for part in parts) > 1)
    scenario = load(file(tmp_path, ELSEWHERE.replace("sussex", board)))
    line = timeline_of(scenario, make_shape(Study((22, members(board)[0]), weeks=52, burn_in=0)))
    assert line.values[0, BOARD].tolist() == [float(today_values(1)[BOARD, 0]), 8.0]


# ---- scenarios with different starts

DATED = '[run]\nstart = "2026-04"\n[[change]]\nfrom = "2026-10"\nlevers = { budget_board = 8.0 }\n'


def test_scenarios_that_count_months_from_different_starts_are_not_compared(tmp_path: Path, capsys) -> None:
    later = file(tmp_path, DATED, "later")
    sooner = file(tmp_path, DATED.replace("2026-04", "2025-04"), "sooner")
    code, out, err = told(capsys, "run", sooner, later, *FAST, "--years", "2")
    assert code == 2 and not out and "2026-04" in err and "2025-04" in err and "start" in err
    assert told(capsys, "run", "today", later, *FAST, "--years", "1")[0] == 0  # today's policy is of any start


def test_kept_runs_of_different_starts_are_not_compared(tmp_path: Path, capsys) -> None:
    for name, start in (("later", "2026-10"), ("sooner", "2025-04")):
        path = file(tmp_path, f'[run]\nstart = "{start}"\n', name)
        assert told(capsys, "run", path, *FAST, "--years", "0.6", "--out", tmp_path / name)[0] == 0
    code, out, err = told(capsys, "compare", tmp_path / "later" / "later", tmp_path / "sooner" / "sooner")
    assert code == 2 and not out and "2026-10" in err and "2025-04" in err


# ---- the true limits


def test_the_limit_of_replicates_is_that_of_the_keys_of_luck(tmp_path: Path, capsys) -> None:
    """A key has ten bits for the replicate: 1,025 of them ended in a traceback, though 10,000 were said to be allowed."""
    most = MOST["replicates"]
    draws.pack(MOST["draws"], most - 1, 41, draws.MOST_PLACES)
    with pytest.raises(ValueError, match="10 bits"):
        draws.pack(0, most, 0, 0)
    for words in (["--replicates", str(most + 1)], ["--people", "250000", "--place-size", "100"]):
        code, out, err = told(
            capsys,
            "run",
            "today",
            "--draws",
            "1",
            "--people",
            "100",
            "--place-size",
            "100",
            "--years",
            "0.6",
            "--burn-in",
            "0",
            *words,
        )
        assert code == 2 and not out and "Traceback" not in err and ("1,024" in err or "1,900" in err)
    code, _, err = told(capsys, "scenarios", "validate", file(tmp_path, f"[run]\nreplicates = {most + 1}\n"))
    assert code == 2 and "1,024" in err
