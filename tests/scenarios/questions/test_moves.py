"""What each lever moves: one that does nothing, one that surely moves, one that moves too little; and what ships."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from peerscale.cli import call
from reports.lever_words import why_still
from reports.levers_page import page
from reports.questions.moves import line
from scenarios.questions import moves, moves_kept
from scenarios.reading.load import load
from scenarios.sweeps.design import points
from scenarios.sweeps.work import LOST, policy_at
from sim.errors import UserError
from sim.numbers.levers import BY_NAME, LEVERS, UNLESS
from sim.numbers.structure import RECORDS
from sim.vocabulary import GATES

FIRST = moves.measured()[0]
DRAWS, REPLICATES = 12, 2
TYPED = ["--people", "1000", "--years", "0.6", "--draws", "6", "--burn-in", "30", "--place-size", "1000"]


def effects(lever: str, value: object) -> tuple[float, float]:
    """(change of the first outcome, of the wants that stop at the first gate) in a model made up for these tests."""
    if lever == "online_places" and value == 200.0:
        return 0.03, -0.04
    return (FIRST.smallest / 2, 0.0) if lever == "directory" and value == 1.0 else (0.0, 0.0)


class Made:
    """A sweep that was made up: every world has luck of its own, the same at every point."""

    def __init__(self, names, noise=0.002):
        self.plan = moves.plan(names)
        self.axes = list(names)
        self.found = list(points(self.plan, 1))
        self.luck = np.random.default_rng(5)
        self.noise = noise
        self.columns = [*(one.name for one in moves.measured()), *(LOST + gate for gate in GATES)]
        self.left_out: set[tuple[str, int]] = set()

    def points(self):
        table = {"point": [p.number for p in self.found], "varied": [p.varied or None for p in self.found]}
        for k, name in enumerate(self.axes):
            table[name] = [p.values[k] for p in self.found]
        return SimpleNamespace(to_pydict=lambda: table)

    def worlds(self, policy, columns):
        worlds, rows = np.arange(DRAWS * REPLICATES), []
        base = np.random.default_rng(9).random(len(worlds))
        for point in self.found:
            if (policy, point.number) in self.left_out:
                continue
            value = self.value(policy, point)
            row = {name: base.copy() for name in self.columns}
            if point.varied and value != moves.today(BY_NAME[point.varied]):
                more, lost = effects(point.varied, value)
                noise = self.noise * self.luck.standard_normal(len(worlds)) if more else 0.0
                row[FIRST.name] += more + 0.1 * noise * (abs(more) < 0.01) + noise * (abs(more) >= 0.01)
                row[LOST + GATES[0]] += lost
            rows.append(
                {"point": np.full(len(worlds), point.number), "world": worlds, "draw": worlds // REPLICATES} | row
            )
        return pd_like({name: np.concatenate([row[name] for row in rows]) for name in columns} if rows else {})

    def value(self, policy, point):
        """What the lever is at this point: nothing varied is as the policy has it."""
        return point.values[self.axes.index(point.varied)] if point.varied else None


class pd_like(dict):
    """Columns, with a length in rows."""

    def __len__(self):
        return len(next(iter(self.values()), ()))

    def __getitem__(self, name):
        return SimpleNamespace(to_numpy=lambda: self.get(name))


LEVERS_TRIED = ["online_places", "learning_network", "directory", "mode_review"]


@pytest.fixture(scope="module")
def rows():
    return moves.table(Made(LEVERS_TRIED))


def test_a_lever_that_surely_moves_an_outcome_is_named_with_its_gate(rows):
    found = moves.moved(rows, "online_places")
    assert {(one.on, one.to, one.outcome, one.gate) for one in found} == {
        (on, 200.0, FIRST.name, GATES[0]) for on in moves.BELOW
    }
    assert all(one.low > 0 and one.low < one.change < one.high and one.draws == DRAWS for one in found)
    assert found[0].change == pytest.approx(0.03, abs=0.005) and found[0].gate_change == pytest.approx(-0.04)


def test_a_lever_that_does_nothing_moves_nothing(rows):
    assert not moves.moved(rows, "learning_network") and not moves.moved(rows, "mode_review")
    assert all(one.change == 0 and one.p == 1 for one in rows if one.lever == "learning_network")


def test_a_change_below_the_smallest_size_does_not_count_however_sure(rows):
    found = [one for one in rows if one.lever == "directory" and one.to == 1.0 and one.outcome == FIRST.name]
    assert all(one.p <= 0.05 and 0 < one.change < FIRST.smallest for one in found) and len(found) == 2
    assert not moves.moved(rows, "directory")
    assert moves.still(rows) == ["learning_network", "directory", "mode_review"]


def test_what_there_is_moves_by_a_share_of_its_level_and_not_by_a_number():
    supply = next(one for one in moves.measured() if one.name == "mean_organisations_per_100k")
    share, luck = RECORDS["smallest_supply"].value, np.random.default_rng(3).normal(0, 1e-6, DRAWS)
    for level in (0.5, 200.0):
        for times, moved in ((1.05, True), (0.95, False)):
            by = {supply.name: share * level * times + luck}
            found = moves._Differences("new_organisations", 50.0, "today", by, {supply.name: level})
            assert moves._move(found, supply, 0.0, 0.05, ("", 0.0)).moves is moved


def test_a_budget_that_moves_nothing_but_what_is_spent_moves_nothing(rows):
    money = next(one.name for one in moves.measured() if one.is_gbp)
    spent = replace(rows[0], lever="budget_board", outcome=money, moves=True)
    assert "budget_board" in moves.still([*rows, spent])
    assert "budget_board" not in moves.still([*rows, spent, replace(spent, outcome=FIRST.name)])


def test_each_lever_goes_to_each_end_and_a_choice_to_each_word(rows):
    tried = {(one.lever, one.to) for one in rows}
    assert tried == {
        ("online_places", 0.0),
        ("online_places", 200.0),
        ("learning_network", 1.0),
        ("directory", 0.0),
        ("directory", 1.0),
        ("mode_review", "prompted"),
        ("mode_review", "opt_out"),
    }


def test_a_run_that_failed_leaves_its_rows_out():
    made = Made(["online_places"])
    made.left_out = {("everyone", p.number) for p in made.found if p.values[0] == 200.0}
    found = moves.table(made)
    assert ("everyone", 200.0) not in {(one.on, one.to) for one in found}
    assert ("today", 200.0) in {(one.on, one.to) for one in found}


def test_on_top_of_everyone_a_lever_starts_from_todays_value_in_every_week():
    plan = moves.plan(["budget_board"])
    everyone = load("everyone")
    back = next(p for p in points(plan, 1) if p.values == (BY_NAME["budget_board"].today,))
    policy = policy_at(plan, everyone, back)
    assert policy.levers["budget_board"] == BY_NAME["budget_board"].today
    assert all("budget_board" not in change.levers for change in policy.changes)


def test_every_outcome_of_the_table_has_a_smallest_size_that_was_declared():
    declared = {record.value for name, record in RECORDS.items() if name.startswith("smallest_")}
    assert {one.smallest for one in moves.measured()} <= declared
    assert len(moves.measured()) > 3


# ------------------------------------------------------------------ the document


@pytest.fixture()
def kept(rows):
    return moves_kept.made(rows, "peerscale levers --measure", "Somewhere.")


def test_a_table_is_read_back_as_it_was_written(kept, tmp_path):
    path = tmp_path / "moves.json"
    odd = replace(kept.rows[0], low=float("nan"))
    path.write_text(moves_kept.text(replace(kept, rows=(odd, *kept.rows[1:]))), "utf-8")
    assert json.loads(path.read_text("utf-8"))["rows"][0]["low"] is None
    back = moves_kept.read(path)
    assert back.command == kept.command and len(back.rows) == len(kept.rows) and np.isnan(back.rows[0].low)
    assert [(one.lever, one.to, one.moves) for one in back.rows] == [
        (one.lever, one.to, one.moves) for one in kept.rows
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "peerscale levers", "version": 1, "rows": [{}]}', "[" * 9999]
)
def test_what_is_no_table_is_refused(text, tmp_path):
    path = tmp_path / "moves.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match="cannot be read"):
        moves_kept.read(path)


def test_a_table_says_on_which_model_it_was_made(kept):
    assert "changed since" not in kept.said and kept.day in kept.said and kept.command in kept.said
    assert "changed since" in replace(kept, code="0" * 16).said
    old = replace(kept, model=kept.model - 1)
    assert not old.ours and moves_kept.NOT_MEASURED in old.said


def test_a_list_of_levers_names_a_few_outcomes_in_the_order_of_a_report_and_counts_the_rest(rows):
    moving = next(one for one in rows if one.moves)
    every = [replace(moving, outcome=one.name) for one in reversed(moves.measured())]
    kept = moves_kept.made(every, "peerscale levers --measure", "Somewhere.")
    names = [one.lower for one in moves.measured()]
    assert line(moving.lever, kept) == "; ".join(names)
    assert line(moving.lever, kept, 3) == "; ".join([*names[:3], f"{len(names) - 3} more"])
    assert line(moving.lever, kept, len(names)) == "; ".join(names)


def test_a_table_of_another_model_is_not_shown(kept, tmp_path, monkeypatch):
    path = tmp_path / "moves.json"
    monkeypatch.setattr(moves_kept, "SHIPPED", path)
    for one, shown in ((replace(kept, model=0), False), (kept, True)):
        path.write_text(moves_kept.text(one), "utf-8")
        moves_kept.shipped.cache_clear()
        assert (moves_kept.shipped() is not None) == shown
    moves_kept.shipped.cache_clear()


# ------------------------------------------------------------------ what ships


def test_at_most_five_levers_have_a_sentence_for_moving_nothing():
    assert len(UNLESS) <= moves.MOST_STILL and set(UNLESS) <= set(BY_NAME)
    assert all(text.startswith("moves nothing here unless ") for text in UNLESS.values())


def test_the_sentence_stands_wherever_people_read_of_the_lever(monkeypatch, capsys):
    monkeypatch.setitem(UNLESS, "pairs", "moves nothing here unless pigs fly")
    assert "It moves nothing here unless pigs fly." in why_still("pairs")
    assert "unless pigs fly" in page() and "unless pigs fly" in BY_NAME["pairs"].limits
    assert call(["levers", "pairs"]) == 0
    assert "unless pigs fly" in " ".join(capsys.readouterr().out.split())


def test_what_ships_has_every_lever_and_at_most_five_that_move_nothing():
    found = moves_kept.shipped()
    if found is None:
        pytest.skip("no table was made for this model yet")
    assert moves.wrong(found.rows) == []


def test_what_keeps_a_table_from_being_shipped_is_named(rows):
    wrong = moves.wrong(rows)
    assert "learning_network moves nothing, and no sentence says when it would" in wrong
    assert f"{LEVERS[0].name} was not measured" in wrong


# ------------------------------------------------------------------ the command


def test_a_dry_run_counts_and_runs_nothing(tmp_path, capsys):
    assert call(["levers", "funding", "--measure", "--dry-run", "--out", str(tmp_path / "m"), *TYPED]) == 0
    told = capsys.readouterr().out
    assert "16 levers" in told and "core-hours" in told and not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--people", "1000"], "nothing is run without --measure"),
        (["--whole"], "nothing is run without --measure"),
        (["--measure", "--whole", "--people", "1000"], "--whole simulates every adult"),
        (["--json", "--csv"], "two forms at once"),
        (["budgets*"], "no lever is called"),
    ],
)
def test_what_cannot_take_effect_is_refused(typed, said, capsys):
    assert call(["levers", *typed]) == 2
    assert said in capsys.readouterr().err


def test_levers_are_listed_by_name_pattern_and_group(capsys):
    for typed, names in ((["budget*"], 5), (["pairs", "cut"], 2), (["funding"], 16), ([], len(LEVERS))):
        assert call(["levers", *typed, "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) == names
    assert call(["levers", "pairs", "--csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_measuring_a_lever_that_moves_and_one_that_does_not(tmp_path, capsys):
    """Areas cannot learn from each other where there is one area. The same command again reads what is there."""
    typed = ["levers", "budget_trust", "learning_network", "--measure", "--out", str(tmp_path / "m"), *TYPED]
    told = []
    for _ in range(2):
        assert call([*typed, "--json"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    found = json.loads(told[0])
    moving = {(row["lever"], row["outcome"]) for row in found["rows"] if row["moves"]}
    assert ("budget_trust", "gbp_per_adult_year") in moving and "learning_network" not in {one for one, _ in moving}
    assert str(tmp_path) not in found["command"]
