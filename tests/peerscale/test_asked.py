"""A run does what was asked: one order of precedence, files that disagree refused, nothing dropped in silence."""

import json
import re

import pytest

from peerscale.asked import agreed, options_of
from peerscale.cli import call
from peerscale.options import Typed, load_all, make_study
from scenarios.questions.solve.goal import goals_dir, load_goal
from scenarios.reading.load import load, to_toml
from scenarios.reading.scenario import RunSettings
from sim.errors import UserError


def write(folder, name, run="", levers="cut = 0.1"):
    text = f'name = "{name}"\ntitle = "Mine"\nquestion = "Does it hold?"\nextends = "today"\n'
    path = folder / f"{name}.toml"
    path.write_text(text + (f"[run]\n{run}\n" if run else "") + f"[levers]\n{levers}\n")
    return str(path)


def study(typed, *names):
    scenarios = load_all(["today", *names], [])
    return make_study(typed, agreed(typed, scenarios))


def told(capsys, *arguments):
    code = call([str(a) for a in arguments])
    text = capsys.readouterr()
    return code, text.out, text.err


def dry(capsys, *arguments):
    """What --dry-run says, for machines."""
    code, out, err = told(capsys, *arguments, "--dry-run", "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_command_line_is_before_the_file_and_the_file_before_the_default(tmp_path):
    mine = write(tmp_path, "mine", "draws = 1\nreplicates = 3\nyears = 2")
    found = study(Typed(replicates=2), mine)
    assert (found.draws, found.replicates, found.weeks, found.seed) == (1, 2, 104, 1)


def test_a_value_in_a_file_counts_though_it_equals_a_default(tmp_path):
    """draws = 1 ran 20 draws, and replicates = 20 ran 1: both were once the defaults of [run]."""
    found = study(Typed(), write(tmp_path, "mine", "draws = 1\nreplicates = 20"))
    assert (found.draws, found.replicates) == (1, 20)
    found = study(Typed(), write(tmp_path, "four", "draws = 1\nreplicates = 4"))
    assert len(found.worlds) == 4


def test_a_file_counts_before_the_own_default_of_a_command(tmp_path):
    run = load(write(tmp_path, "mine", "draws = 3")).run
    found = make_study(Typed(), run, {"draws": 60, "replicates": 2})
    assert (found.draws, found.replicates) == (3, 2)


def test_files_that_disagree_are_refused_with_both_lines(tmp_path):
    one, two = write(tmp_path, "one", "years = 2"), write(tmp_path, "two", "seed = 3\nyears = 3")
    with pytest.raises(UserError, match="disagree about years") as refused:
        study(Typed(), one, two)
    assert (
        "2 (" in refused.value.got
        and "one.toml, line 6" in refused.value.got
        and "two.toml, line 7" in refused.value.got
    )
    assert refused.value.line == 7 and "--years" in refused.value.try_


def test_the_command_line_decides_where_files_disagree(tmp_path):
    one, two = write(tmp_path, "one", "years = 2"), write(tmp_path, "two", "years = 3")
    assert study(Typed(years=1), one, two).weeks == 52


def test_files_agree_by_what_they_mean(tmp_path):
    one, two = write(tmp_path, "one", 'areas = ["sussex"]'), write(tmp_path, "two", 'areas = ["E54000064"]')
    assert len(study(Typed(), one, two).areas) == 1


def test_a_start_that_differs_cannot_be_decided_by_an_option(tmp_path):
    one, two = write(tmp_path, "one", 'start = "2025-10"'), write(tmp_path, "two", 'start = "2026-04"')
    with pytest.raises(UserError, match="disagree about start") as refused:
        study(Typed(), one, two)
    assert "--start" not in refused.value.try_


def test_batch_runs_as_the_only_file_that_says_anything(tmp_path, capsys):
    """Case 12, own_run: half a year of Sussex ran as five years of Bristol."""
    mine = write(tmp_path, "own_run", 'years = 0.6\nareas = ["sussex"]\npeople = 3000')
    found = dry(capsys, "batch", "today", mine, "--out", tmp_path / "r")
    held = {name: (one["value"], one["from"]) for name, one in found["settings"].items()}
    assert held["areas"][0] == ["Sussex"] and held["years"][0] == 31 / 52 and held["people"][0] == 3000
    assert all("own_run.toml, line" in held[name][1] for name in ("areas", "years", "people"))
    assert held["draws"] == (20, "default")


def test_batch_of_all_says_which_files_it_leaves_out(capsys, tmp_path):
    code, out, err = told(capsys, "batch", "--out", tmp_path / "r", "--dry-run")
    assert code == 0 and "learning_network" in err and "learning_network" not in out and "all 42" not in out


def test_a_dry_run_says_what_where_how_long_and_runs_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("peerscale.ask.run_many", lambda *_: pytest.fail("something ran"))
    code, out, _ = told(capsys, "run", "open_door", "--draws", 3, "--out", tmp_path / "r", "--dry-run")
    assert code == 0 and not (tmp_path / "r").exists()
    for words in ("Nothing was run", "open_door", "--draws", "default", "3 worlds", "Time: ", str(tmp_path / "r")):
        assert words in out


def test_a_dry_run_names_everything_that_was_typed(capsys):
    found = dry(
        capsys,
        "run",
        "--engine",
        "mesa",
        "--posterior",
        "none",
        "--rival",
        "wants_are_short",
        "--burn-in",
        "30",
        "--people",
        "1000",
    )
    for name, value, option in (
        ("engine", "mesa", "--engine"),
        ("posterior", "none", "--posterior"),
        ("rivals", "wants_are_short", "--rival"),
        ("burn_in", "30", "--burn-in"),
        ("people", 1000, "--people"),
    ):
        assert found["settings"][name] == {"value": value, "from": option}


def test_a_dry_run_refuses_what_a_run_refuses(capsys, tmp_path):
    (tmp_path / "today").mkdir()
    (tmp_path / "today" / "holiday.txt").write_text("x")
    code, _, err = told(capsys, "run", "--out", tmp_path, "--dry-run")
    assert code == 2 and "results" in err


def test_a_dry_run_refuses_a_change_that_cannot_take_effect(capsys, tmp_path):
    mine = write(tmp_path, "mine", 'areas = ["bnssg"]')
    with open(mine, "a") as file:
        file.write('[[change]]\nfrom = "year 2"\nareas = ["sussex"]\nlevers = { link_workers = 2 }\n')
    code, out, err = told(capsys, "run", mine, "--dry-run")
    assert code == 2 and "not in the run" in err and out == ""


def test_an_inventory_of_other_areas_than_the_file_is_refused_with_the_option_that_decides(capsys, tmp_path):
    mine = write(tmp_path, "mine", 'areas = ["sussex"]')
    code, example, _ = told(capsys, "inventory", "example")
    (tmp_path / "inv.csv").write_text(example)
    code, _, err = told(capsys, "run", mine, "--inventory", tmp_path / "inv.csv", "--dry-run")
    assert code == 2 and "not in the run" in err and "--areas E54000039" in err
    found = dry(capsys, "run", mine, "--inventory", tmp_path / "inv.csv", "--areas", "E54000039")
    assert found["settings"]["areas"]["from"] == "--areas"


def test_a_lever_set_twice_is_refused(capsys):
    code, _, err = told(capsys, "run", "--set", "cut=0.1", "--set", "cut=0.2", "--dry-run")
    assert code == 2 and "set twice" in err and "cut=0.1 and cut=0.2" in err


@pytest.mark.parametrize(
    ("one", "two"),
    [("cut=0.1", "cut=0.2"), ("budget_board=1.5", "budget_board=15"), ("budget_growth=-0.1", "budget_growth=0.1")],
)
def test_policies_of_the_command_line_get_names_of_their_own(one, two):
    names = [load_all(["today"], [text])[0].name for text in (one, two)]
    assert names[0] != names[1] and all(name.startswith("today_") for name in names)


def test_the_name_of_a_policy_follows_its_values_not_how_they_are_written():
    assert (
        load_all(["today"], ["cut=0.10", "sessions=8"])[0].name
        == load_all(["today"], ["sessions= 8.0", "cut=.1"])[0].name
    )


def test_a_policy_of_many_levers_still_has_a_short_name_of_its_own():
    many = [f"{name}=0.5" for name in ("self_referral", "directory", "route_acute", "campaign")]
    one, two = (load_all(["today"], [*many, last])[0].name for last in ("cut=0.1", "cut=0.2"))
    assert one != two and max(len(one), len(two)) <= 40


@pytest.mark.parametrize("setting", ["cut=1e-7", "mode_review=opt_out", "budget_growth=-0.05"])
def test_the_name_of_a_policy_is_one_that_a_file_may_have(setting, tmp_path):
    scenario = load_all(["today"], [setting])[0]
    path = tmp_path / f"{scenario.name}.toml"
    path.write_text(to_toml(scenario))
    assert load(path).levers == scenario.levers


def test_a_scenario_written_out_asks_for_no_more_than_it_did(tmp_path):
    assert "[run]" not in to_toml(load("today"))
    text = to_toml(load(write(tmp_path, "mine", "draws = 1")))
    assert "draws = 1" in text and "people" not in text


def test_options_that_results_folders_cannot_follow_are_refused(tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    code, _, err = told(capsys, "case", tmp_path / "a", "--against", tmp_path / "b", "--people", "4000", "--seed", "2")
    assert code == 2 and "cannot take effect" in err and "--people --seed" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["pilot", "--people", "5000"],
        ["parameters", "want_prevalence", "--judgements"],
        ["calibrate", "small", "--second-runs", "9"],
    ],
)
def test_what_cannot_take_effect_is_refused(arguments, capsys):
    code, _, err = told(capsys, *arguments)
    assert code == 2 and "cannot take effect" in err


def test_a_behaviour_in_areas_of_its_own_says_what_does_not_hold(capsys, monkeypatch):
    code, _, err = told(capsys, "behaviours", "wide_and_shallow", "--areas", "sussex")
    assert code == 2 and "cannot take effect" in err and "six areas of its own" in err

    def stop(*_, **__):
        raise UserError("far enough")

    monkeypatch.setattr("peerscale.commands.behaviours.progress", stop)
    code, _, err = told(capsys, "behaviours", "--people", "20000")
    assert code == 2 and "--people does not hold for it" in err and "far enough" in err


def test_settings_that_a_command_has_of_its_own_are_said(capsys, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise UserError("far enough")

    mine = write(tmp_path, "mine", "draws = 4")
    for command in ("journey", "sensitivity", "discover"):
        monkeypatch.setattr(f"peerscale.commands.{command}.progress", stop)
        extra = [] if command == "journey" else ["--out", tmp_path / command]
        code, _, err = told(capsys, command, mine, *extra, *(["--at-least", 0.3] if command == "discover" else []))
        assert code == 2 and "draws = 4 (" in err and "line 6) does not hold here" in err and "far enough" in err


def test_a_goal_and_its_base_may_not_ask_for_different_runs(tmp_path):
    write(tmp_path, "mine", "years = 3")
    text = (goals_dir() / "half.toml").read_text("utf-8")
    goal = tmp_path / "mygoal.toml"
    goal.write_text(
        re.sub(r"(?m)^(name = ).*", r'\1"mygoal"', re.sub(r"(?m)^base = .*", f'base = "{tmp_path}/mine.toml"', text))
    )
    with pytest.raises(UserError, match="disagree about years") as refused:
        load_goal(goal)
    assert "mine.toml" in refused.value.got and refused.value.try_ == "years = 3.0 under [run]"


def test_what_was_typed_is_told_from_what_was_not():
    assert options_of(Typed()) == []
    assert options_of(Typed(people=10_000, burn_in=0, rivals=("x",))) == ["--people", "--burn-in", "--rival"]


def test_the_defaults_of_a_file_and_of_the_command_line_are_the_same():
    plain, found = RunSettings(), make_study(Typed(), RunSettings())
    assert (plain.draws, plain.replicates, plain.people, plain.seed) == (
        found.draws,
        found.replicates,
        found.people,
        found.seed,
    )
