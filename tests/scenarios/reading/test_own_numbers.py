"""A parameter held at a value, or drawn from a range of one's own: checked, part of the run, and told."""

import json
import shlex
from dataclasses import replace

import numpy as np
import pytest

import peerscale
from peerscale.cli import call
from peerscale.options import Typed, load_all, make_study
from scenarios.questions.behaviours import BEHAVIOURS
from scenarios.questions.rows import Question, parameter_inputs, row_parameters
from scenarios.reading.load import load, to_toml
from scenarios.reading.own_numbers import OwnPrior
from scenarios.reading.rival_evidence import alternatives
from scenarios.reading.scenario import RunSettings
from scenarios.running import identity
from scenarios.running.posterior import MARK, Chosen, is_finding, mark, note
from scenarios.running.sample import own_as_typed, sample
from scenarios.running.study import Study, drawn_share, holding, world_parameters
from sim.errors import Several, UserError
from sim.numbers.parameters import draw_value, records
from sim.numbers.prices import at_model_prices, price_year

TINY = {"people": 300, "place_size": 300, "years": 0.6, "burn_in": 30, "draws": 2, "engine": "core"}


def study(**typed):
    return make_study(Typed(draws=5, **typed), RunSettings())


def values(found):
    return world_parameters(found, found.worlds)


def refused(**typed):
    with pytest.raises(UserError) as error:
        study(**typed)
    return error.value


def test_a_fixed_number_is_the_same_in_every_world_and_moves_no_other():
    mine, usual = values(study(fix=("accept_offer=0.5",))), values(study())
    assert set(mine.accept_offer) == {0.5}
    assert all(
        np.array_equal(getattr(mine, name), getattr(usual, name)) for name in vars(usual) if name != "accept_offer"
    )


def test_the_usual_range_of_an_even_prior_gives_the_usual_draws():
    """The share of the prior at which a world is drawn does not hang on whose prior it is."""
    row = records()["accept_offer"]
    mine, usual = values(study(prior=(f"accept_offer={row.low}:{row.high}",))), values(study(posterior="none"))
    assert mine.accept_offer[1:] == pytest.approx(usual.accept_offer[1:], rel=1e-12)


def test_a_prior_of_ones_own_is_drawn_from_its_range_and_its_middle_comes_first():
    found = values(study(prior=("forget_weeks=30:60",))).forget_weeks
    assert found[0] == 45 and ((found > 30) & (found < 60)).all() and len(set(found)) == 5


def test_pounds_of_another_year_are_brought_to_the_models():
    name = next(
        n
        for n, r in records().items()
        if r.role == "fixed" and price_year(r.unit) not in (None, "2024/25") and r.low < r.high
    )
    row = records()[name]
    found = getattr(values(study(fix=(f"{name}={row.high}",))), name)
    assert set(found) == {at_model_prices(row.high, row.unit)} and found[0] > row.high


def test_everything_that_is_wrong_is_said_at_once_with_what_to_try():
    error = refused(fix=("acept_offer=0.5", "accept_offer=62", "budget_board=1", "follow_up_weeks=3", "x"))
    assert isinstance(error, Several) and len(error.found) == 5
    tried = " ".join(one.try_ for one in error.found)
    assert "accept_offer=0.62 if you mean 62%" in tried and "--set budget_board" in tried
    assert "peerscale parameters follow_up_weeks" in tried


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"prior": ("accept_offer=0.9:0.5",)}, "the range of accept_offer is not one"),
        ({"prior": ("accept_offer=0.5:0.5",)}, "the range of accept_offer is not one"),
        ({"prior": ("accept_offer=0.1:0.5",)}, "below its lowest"),
        ({"fix": ("accept_offer=nan",)}, "is a number"),
        ({"fix": ("accept_offer=40%",)}, "is a number"),
        ({"fix": ("accept_offer=0.5", "accept_offer=0.6")}, "given twice"),
        ({"fix": ("accept_offer=0.5",), "prior": ("accept_offer=0.5:0.6",)}, "answered twice"),
        ({"fix": ("want_length_weeks=30",), "rivals": ("wants_are_short",)}, "answered twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(typed, said):
    assert said in refused(**typed).what


def test_a_number_that_only_values_outcomes_is_not_one_of_the_models():
    name = next(n for n, r in records().items() if r.role == "value")
    assert "what outcomes are worth" in refused(fix=(f"{name}=1",)).what


def test_it_is_part_of_what_makes_a_run_the_same_run():
    one, other = (study(prior=(f"accept_offer=0.5:{high}",)) for high in (0.6, 0.7))
    assert identity.of_study(one) != identity.of_study(other)
    assert "priors of one's own" in identity.apart(identity.of_study(one), identity.of_study(other))[0]


def test_it_is_told_and_with_it_no_level_is_a_finding():
    found = study(fix=("accept_offer=0.5",), prior=("forget_weeks=30:60",))
    said = sample(found)
    assert "accept_offer at 0.5 (chance)" in said and "forget_weeks from 30 to 60 (weeks; usually 26 to 120)" in said
    today = load("today").title
    told = replace(found.told, of=(today,))
    assert not is_finding("available", told, today) and MARK in mark("available", told, today)
    assert "numbers of your own" in note(found.told) and found.told == found.posterior
    assert "your own" not in sample(study())


def test_a_posterior_does_not_speak_of_a_number_of_ones_own(tmp_path):
    from tests.helpers.posteriors import of_this_model  # its draws are of several parameters

    chosen = str(of_this_model(tmp_path / "posterior"))
    name = "accept_offer"
    mine = values(study(posterior=chosen, fix=(f"{name}=0.5",)))
    theirs = values(study(posterior=chosen))
    assert set(getattr(mine, name)) == {0.5}
    assert np.array_equal(mine.mouth_rate, theirs.mouth_rate)


def typed_of(options):
    """`Typed` of the options that a command prints."""
    found = {}
    for option in options:
        name, value = shlex.split(option)
        found.setdefault({"--rival": "rivals"}.get(name, name.removeprefix("--")), []).append(value)
    return {name: value[0] if name == "priors" else tuple(value) for name, value in found.items()}


def test_the_options_that_a_recorded_command_names_give_the_same_study(tmp_path, monkeypatch):
    """Pounds were once told at the model's prices, rival evidence as a rounded number, and judgements not at all."""
    monkeypatch.chdir(tmp_path)
    judged = tmp_path / "team (1).csv"
    judged.write_text(
        "parameter,expert,lowest,lower_quartile,median,upper_quartile,highest,reason\nmouth_rate,A,0.2,0.3,0.4,0.5,0.6,why\n"
    )
    rows = [r for r in records().values() if r.role == "fixed" and price_year(r.unit) not in (None, "2024/25")]
    pounds = [f"{r.name}={r.low + (r.high - r.low) / 7!r}" for r in rows if r.low < r.high]
    asked = {"fix": (*pounds, f"accept_offer={1 / 1.7!r}"), "prior": (f"forget_weeks={100 / 3!r}:60",)}
    mine = study(**asked, rivals=("wants_are_short",), priors="team (1).csv")
    options = own_as_typed(mine)
    assert "--rival wants_are_short" in options and "--priors 'team (1).csv'" in options
    assert f"--fix accept_offer={1 / 1.7!r}" in options and set(options) >= {f"--fix {one}" for one in pounds}
    again = study(**typed_of(options))
    assert (again.fixed, again.priors) == (mine.fixed, mine.priors)
    held = study(**typed_of(own_as_typed(mine, rivals=False)))
    assert held.fixed == mine.fixed and "--rival" not in " ".join(own_as_typed(mine, rivals=False))


OPTIONS = [f"--{name.replace('_', '-')}={value}" for name, value in TINY.items()]


def test_runs_that_were_kept_say_it_on_their_first_screen(tmp_path, capsys):
    folder, own = tmp_path / "r", ["--fix=accept_offer=0.5", "--prior=forget_weeks=30:60", "--rival=wants_are_short"]
    assert call(["run", "today", "open_door", *OPTIONS, *own, "--workers=1", f"--out={folder}"]) == 0
    first = capsys.readouterr().out
    assert call(["compare", str(folder / "today"), str(folder / "open_door")]) == 0
    for screen in (first, capsys.readouterr().out):
        said = " ".join(screen.split())
        assert "Note: Rival evidence: " in said and "accept_offer at 0.5" in said and "forget_weeks from 30" in said


def test_where_parameters_come_from_does_not_contradict_them():
    mine = {"fix": ("accept_offer=0.5",)}
    assert "Parameters are from their priors, but for numbers of your own" in sample(study(posterior="none", **mine))
    assert "Parameters are from their priors." in sample(study(posterior="none"))
    assert "from the shipped posterior" in sample(study()) and "but for numbers of your own" in sample(study(**mine))


def test_machines_are_told_of_no_finding_beside_them(tmp_path, monkeypatch):
    from reports.as_json import evidence
    from scenarios.running import posterior
    from tests.helpers.posteriors import of_this_model

    row = {"name": "available", "finding": True, "narrowed": 0.5}
    monkeypatch.setattr(posterior, "outputs", lambda chosen: {"available": row})
    chosen = str(of_this_model(tmp_path / "posterior"))
    today = load("today")
    studies = (study(posterior=chosen, **own) for own in ({}, {"fix": ("accept_offer=0.5",)}))
    theirs, mine = (evidence(replace(one.told, of=(today.title,)), [today]) for one in studies)
    assert theirs["findings"] == ["available"] and theirs["outputs"] == [row] and theirs["findings_of"] == ["today"]
    assert mine["findings"] == mine["findings_of"] == [] and mine["outputs"] == [row | {"finding": False}]


# ------------------------------------------------------------------ files


def write(folder, run):
    text = 'name = "mine"\ntitle = "Mine"\nquestion = "Does it hold?"\nextends = "today"\n[run]\n'
    path = folder / "mine.toml"
    path.write_text(text + run + "\n", encoding="utf-8")
    return path


def of_file(path, **typed):
    from peerscale.asked import agreed

    typed = Typed(draws=2, **typed)
    return make_study(typed, agreed(typed, load_all(["today", str(path)], [])))


RUN = 'fix = { accept_offer = 0.5 }\nprior = { forget_weeks = [30, 60] }\nrivals = ["wants_are_short"]'


def test_a_scenario_file_holds_them_too_and_what_is_typed_decides(tmp_path):
    path = write(tmp_path, RUN)
    found = of_file(path)
    assert dict(found.fixed) == {"accept_offer": 0.5, "want_length_weeks": records()["want_length_weeks"].low}
    assert [(one.name, one.low, one.high) for one in found.priors] == [("forget_weeks", 30, 60)]
    over = of_file(path, fix=("forget_weeks=40", "want_length_weeks=50"), prior=("accept_offer=0.6:0.7",))
    assert dict(over.fixed) == {"forget_weeks": 40, "want_length_weeks": 50}
    assert [one.name for one in over.priors] == ["accept_offer"]


def write_two(folder, one, two):
    """Two scenario files with these lines under [run]."""
    found = []
    for name, run in (("one", one), ("two", two)):
        (folder / name).mkdir()
        path = write(folder / name, run)
        text = path.read_text("utf-8").replace('"mine"', f'"{name}"')
        found.append(path.rename(path.with_name(f"{name}.toml")))
        found[-1].write_text(text, encoding="utf-8")
    return [str(path) for path in found]


def of_two(paths, **typed):
    from peerscale.asked import agreed

    typed = Typed(draws=2, **typed)
    return make_study(typed, agreed(typed, load_all(paths, [])))


@pytest.mark.parametrize(
    ("one", "two", "key"),
    [
        ("fix = { accept_offer = 0.5 }", "fix = { accept_offer = 0.6 }", "fix"),
        ("prior = { accept_offer = [0.5, 0.6] }", "prior = { accept_offer = [0.5, 0.7] }", "prior"),
        ('rivals = ["wants_are_short"]', "rivals = []", "rivals"),
    ],
)
def test_another_number_that_is_typed_does_not_silence_files_that_disagree(tmp_path, one, two, key):
    paths = write_two(tmp_path, one, two)
    for typed in ({}, {"fix": ("mouth_rate=0.3",)}, {"prior": ("mouth_rate=0.3:0.4",)}):
        with pytest.raises(UserError, match=f"disagree about {key}"):
            of_two(paths, **typed)


def test_files_agree_where_all_about_which_they_differ_is_typed(tmp_path):
    one = "fix = { accept_offer = 0.5, mouth_rate = 0.3 }"
    found = of_two(write_two(tmp_path, one, one.replace("0.5", "0.6")), fix=("accept_offer=0.8",))
    assert dict(found.fixed) == {"accept_offer": 0.8, "mouth_rate": 0.3}


def test_files_agree_where_people_judged_all_about_which_they_differ(tmp_path):
    """What people judged comes before the files too: they were refused for a number that neither of them decides."""
    judged = tmp_path / "team.csv"
    judged.write_text(
        "parameter,expert,lower_quartile,median,upper_quartile,reason\naccept_offer,A,0.55,0.6,0.65,why\n", "utf-8"
    )
    one = "fix = { accept_offer = 0.5, mouth_rate = 0.3 }"
    paths = write_two(tmp_path, one, one.replace("0.5", "0.6"))
    found = of_two(paths, priors=judged)
    assert dict(found.fixed) == {"mouth_rate": 0.3} and [one.name for one in found.priors] == ["accept_offer"]
    with pytest.raises(UserError, match="disagree about fix"):
        of_two(paths, priors=tmp_path / "of_nobody.csv")


def test_a_rival_that_is_typed_leaves_the_files_other_rivals(tmp_path):
    one, two, *_ = {rival.fixed[0]: rival for rival in alternatives().values()}.values()
    found = of_file(write(tmp_path, f'rivals = ["{one.name}"]'), rivals=(two.name,))
    assert set(found.fixed) == {one.fixed, two.fixed}


def test_a_scenario_written_anew_holds_them_still(tmp_path):
    one = load(str(write(tmp_path, RUN)))
    again = tmp_path / "again"
    again.mkdir()
    (again / "mine.toml").write_text(to_toml(one), encoding="utf-8")
    assert load(str(again / "mine.toml")).run == one.run


@pytest.mark.parametrize(
    ("run", "said", "tried"),
    [
        ("fix = { acept_offer = 0.5 }", "no parameter is called", "accept_offer"),
        ("fix = { accept_offer = 40 }", "above its highest", "accept_offer=0.4"),
        ('fix = { accept_offer = "0.5" }', "wrong type", "accept_offer = 0.5"),
        ("prior = { accept_offer = [0.9, 0.5] }", "is not one", "accept_offer = [0.4, 0.95]"),
        ("prior = { accept_offer = [0.5, 0.5] }", "is not one", "fix = { accept_offer = 0.5 }"),
        ("fix = { cut = 0.5 }", "is a lever", "cut = … in [levers]"),
        ('rivals = ["wants_are_shrot"]', "no rival evidence", "wants_are_short"),
    ],
)
def test_a_fault_of_a_file_is_told_with_its_line(tmp_path, run, said, tried):
    with pytest.raises(UserError, match=said) as error:
        load(str(write(tmp_path, run)))
    assert error.value.line == 6 and tried in error.value.try_


def test_a_plan_of_a_sweep_holds_them_and_varies_none_of_them(tmp_path):
    from peerscale import sweeps
    from scenarios.sweeps.plan import read

    plan = tmp_path / "plan.toml"
    text = 'name = "mine"\n[run]\nfix = { accept_offer = 0.5 }\n[[vary]]\nname = "NAME"\nvalues = "30:60:2"\n'
    plan.write_text(text.replace("NAME", "forget_weeks"), encoding="utf-8")
    found = sweeps.settle(read(plan), Typed(draws=1))
    assert [dict(family.study.fixed)["accept_offer"] for family in found.families] == [0.5, 0.5]
    with pytest.raises(UserError, match="answered twice"):
        sweeps.settle(read(plan), Typed(draws=1, prior=("forget_weeks=30:40",)))


def test_a_plan_is_before_the_scenarios_number_by_number(tmp_path):
    from peerscale import sweeps
    from scenarios.sweeps.plan import read

    write(tmp_path, "fix = { accept_offer = 0.5, mouth_rate = 0.3 }\nprior = { forget_weeks = [30, 60] }")
    plan = tmp_path / "plan.toml"
    plan.write_text(
        f'name = "plan"\nscenarios = ["{tmp_path / "mine.toml"}"]\n[run]\nfix = {{ accept_offer = 0.6, forget_weeks = 40 }}\n'
        '[[vary]]\nname = "cut"\nvalues = "0:0.1:2"\n',
        encoding="utf-8",
    )
    found = sweeps.settle(read(plan), Typed(draws=1)).study
    assert dict(found.fixed) == {"accept_offer": 0.6, "mouth_rate": 0.3, "forget_weeks": 40} and not found.priors


def test_what_is_left_of_a_file_beside_a_plan_is_said_to_be_given_by_both(tmp_path):
    from peerscale.sweeps import _together
    from scenarios.reading.scenario import Origin
    from scenarios.sweeps.plan import read

    file = load(
        str(write(tmp_path, "fix = { accept_offer = 0.5, mouth_rate = 0.3 }\nprior = { forget_weeks = [30, 60] }"))
    ).run
    plan = tmp_path / "plan.toml"
    text = 'name = "plan"\n[run]\nfix = { accept_offer = 0.6, forget_weeks = 40 }\n[[vary]]\nname = "cut"\nvalues = "0:0.1:2"\n'
    plan.write_text(text, encoding="utf-8")
    found = _together(file, read(plan).run)
    assert "prior" not in found.given and found.prior == ()
    at = found.given["fix"]
    assert "mine.toml, line 6" in at.file and "and the plan" in at.file and isinstance(at, Origin)
    assert _together(file, RunSettings()).given == file.given


# ------------------------------------------------------------------ other commands


def test_rows_of_a_sensitivity_take_them():
    found = study(fix=("accept_offer=0.5",), prior=("forget_weeks=30:60", "mouth_rate=0.2:0.4"))
    inputs = parameter_inputs((), found)
    assert "accept_offer" not in [one.name for one in inputs]
    asked = Question(load("today"), None, found, tuple(one for one in inputs if one.name != "mouth_rate"))
    units = np.full((2, len(asked.inputs)), 0.25)
    made = row_parameters(asked, units)
    assert set(made.accept_offer) == {0.5} and set(made.forget_weeks) == {37.5}
    assert made.mouth_rate == pytest.approx([0.3, 0.3])


def test_a_mechanism_is_switched_off_beside_them():
    found = study(fix=("accept_offer=0.5",), prior=("fold_attendance=0.01:0.02",))
    off = next(one.off for one in BEHAVIOURS if "fold_attendance" in one.off)
    held = holding(found, off)
    assert dict(held.fixed) == {"accept_offer": 0.5, "fold_attendance": 0.0} and held.priors == ()


def test_a_search_holds_them(tmp_path):
    from peerscale.solved import _goal
    from scenarios.questions.solve.runs import study_of

    goal = _goal("half", Typed(fix=("accept_offer=0.5",), prior=("want_length_weeks=30:40",)))
    assert dict(study_of(goal, {}).fixed) == {"accept_offer": 0.5}
    rival = study_of(goal, {"want_length_weeks": 20.0})
    assert dict(rival.fixed)["want_length_weeks"] == 20.0 and rival.priors == ()


def test_python_takes_tables_and_speaks_its_own_words():
    from peerscale.given_python import typed

    found = typed(fix={"accept_offer": 0.5}, prior={"forget_weeks": (30, 60)})
    assert found.fix == ("accept_offer=0.5",) and found.prior == ("forget_weeks=30.0:60.0",)
    with pytest.raises(UserError) as error:
        peerscale.run("today", fix={"acept_offer": 0.5})
    assert error.value.key == "fix" and error.value.try_ == "accept_offer"


def test_a_dry_run_says_where_each_comes_from(tmp_path, capsys):
    line = ["run", str(write(tmp_path, RUN)), "--fix", "accept_offer=0.6", "--dry-run", "--json"]
    assert call(line) == 0
    found = json.loads(capsys.readouterr().out)
    prior, held = found["settings"]["prior"], found["settings"]["fix"]
    assert held == {"value": "accept_offer=0.6", "from": "--fix"}
    assert prior["value"] == "forget_weeks=30:60" and prior["from"].endswith("line 7")
    assert "accept_offer at 0.6" in found["sample"] and "wants are short" in found["sample"]


def test_a_dry_run_lists_what_is_left_of_a_file_beside_what_was_typed(tmp_path, capsys):
    line = [
        "run",
        str(write(tmp_path, RUN)),
        "--fix",
        "mouth_rate=0.3",
        "--prior",
        "want_length_weeks=30:40",
        "--dry-run",
    ]
    assert call([*line, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["settings"]
    assert found["fix"]["value"] == "mouth_rate=0.3, accept_offer=0.5"
    assert found["fix"]["from"].startswith("--fix and ") and found["fix"]["from"].endswith("line 6")
    assert found["prior"]["value"] == "want_length_weeks=30:40, forget_weeks=30:60" and "rivals" not in found


@pytest.mark.parametrize("option", ["--fix", "--prior"])
def test_a_wrong_one_is_one_message_and_exit_code_2(option, capsys):
    assert call(["run", "today", option, "nothing=1:2", "--dry-run"]) == 2
    assert "no parameter is called 'nothing'" in capsys.readouterr().err


def test_draws_of_a_prior_are_at_the_share_that_the_usual_prior_has():
    row = records()["forget_weeks"]
    share = drawn_share("forget_weeks", 3)
    assert draw_value(row, 3) == pytest.approx(row.low + share * (row.high - row.low))


def test_a_stretch_that_nobody_gives_has_its_middle_as_the_median():
    """Two people who do not overlap: half of the pool lies below the gap, half above."""
    one = OwnPrior("accept_offer", (0.0, 0.5, 0.5, 1.0), (0.4, 0.5, 0.7, 0.8))
    assert (
        one.at(0.5) == pytest.approx(0.6)
        and one.at(0.25) == pytest.approx(0.45)
        and one.at(0.75) == pytest.approx(0.75)
    )


def test_a_chosen_posterior_is_the_same_whatever_it_is_told_beside():
    assert Chosen("x", "y", own=True) == Chosen("x", "y") and Study((0,)).told == Study((0,)).posterior
