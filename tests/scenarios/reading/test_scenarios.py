"""Scenarios: extends, schedules by time and area, writing and reading back."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import fastjsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.reading.areas import codes
from scenarios.reading.files import LIBRARY, listing, names
from scenarios.reading.lines import all_lines
from scenarios.reading.load import diff, json_schema, load, resolve, to_toml, with_settings
from scenarios.reading.scenario import Scenario, week_of
from sim.numbers.levers import BY_NAME, INDEX, LEVERS, today_values

HEAD = 'title = "Mine"\nquestion = "Does it help?"\n'
SHIPPED = [
    "today",
    "more_money",
    "open_door",
    "link_workers",
    "opt_out",
    "mutual_groups",
    "acute_discharge",
    "peers_in_clinics",
    "long_awards",
    "short_awards",
    "grants",
    "contracts",
    "personal_budgets",
    "need_weighted",
    "helped_become_helpers",
    "students_and_staff",
    "carers_and_hospice",
    "online_first",
    "one_team",
    "learning_network",
    "history",
    "funding_cliff",
    "face_to_face_closed",
    "everyone",
    "every_lever",
]


def write(folder: Path, body: str, name: str = "mine", extends: str = "today") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(f'name = "{name}"\nextends = "{extends}"\n{HEAD}{body}', "utf-8")
    return path


def course(scenario: Scenario, lever: str, weeks: list[int], area: str = "bnssg") -> list[float]:
    timeline = resolve(scenario, [area], 0)
    return [float(timeline.at(week)[INDEX[lever], 0]) for week in weeks]


def test_every_scenario_of_the_brief_is_shipped() -> None:
    assert sorted(names()) == sorted(SHIPPED)
    assert names()[0] == "today"
    assert all(title and question.endswith("?") for _, title, question in listing())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_valid_and_within_range(name: str) -> None:
    scenario = load(name)
    timeline = resolve(scenario, codes(["all"]), 520)
    low = np.array([lever.low for lever in LEVERS])[:, None]
    high = np.array([lever.high for lever in LEVERS])[:, None]
    assert ((timeline.values >= low) & (timeline.values <= high)).all()
    assert timeline.starts[0] == 0 and (np.diff(timeline.starts) > 0).all()
    assert timeline.values.shape == (len(timeline.starts), len(LEVERS), 42)
    assert scenario.lineage[-1] == "today"


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "today"])
def test_a_shipped_scenario_differs_from_today_and_says_its_values_are_judged(name: str) -> None:
    assert diff(load("today"), load(name))
    text = (LIBRARY / f"{name}.toml").read_text("utf-8")
    assert "udgement" in text


@pytest.mark.parametrize("name", SHIPPED)
def test_written_out_in_full_it_reads_back_equal(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    text = to_toml(scenario)
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    assert load(path) == scenario
    assert set(tomllib.loads(text)["levers"]) == set(BY_NAME)
    assert to_toml(load(path)) == text


@pytest.mark.parametrize("name", SHIPPED)
def test_the_json_schema_accepts_what_is_shipped(name: str) -> None:
    schema = json_schema() | {"$schema": "http://json-schema.org/draft-07/schema"}
    valid = fastjsonschema.compile(schema)
    valid(tomllib.loads((LIBRARY / f"{name}.toml").read_text("utf-8")))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        valid({"name": "a", "title": "A", "question": "Does it help?", "levers": {"cut": 2}})


def test_today_is_todays_levers_in_every_week() -> None:
    timeline = resolve(load("today"), codes(["all"]), 520)
    assert timeline.starts.tolist() == [0, 520]
    assert (timeline.values == today_values(42)).all()


def test_extends_merges_key_by_key_and_the_nearest_file_wins(tmp_path: Path) -> None:
    write(tmp_path, "[run]\nyears = 3\nseed = 7\n[levers]\ncut = 0.1\nlink_workers = 2\n", "base")
    body = '[run]\nhorizon = "2027-04"\n[levers]\nlink_workers = 3\n'
    scenario = load(write(tmp_path, body, extends="base.toml"))
    assert scenario.lineage == ("mine", "base", "today")
    assert (scenario.run.years, scenario.run.seed) == (2.0, 7)
    assert (scenario.levers["cut"], scenario.levers["link_workers"]) == (0.1, 3.0)
    assert scenario.levers["sessions"] == BY_NAME["sessions"].today
    assert scenario.origins["cut"].file.endswith("base.toml")


def test_inherited_changes_come_first_and_later_ones_win(tmp_path: Path) -> None:
    write(tmp_path, '[[change]]\nfrom = "year 2"\nlevers = { cut = 0.1 }\n', "base")
    body = '[[change]]\nfrom = "week 60"\nto = "week 70"\nlevers = { cut = 0.3 }\n'
    scenario = load(write(tmp_path, body, extends="base.toml"))
    assert course(scenario, "cut", [51, 52, 59, 60, 69, 70]) == [0, 0.1, 0.1, 0.3, 0.3, 0.1]


def test_the_policy_begins_after_the_burn_in_under_today(tmp_path: Path) -> None:
    body = '[levers]\ncut = 0.2\n[[change]]\nfrom = "year 2"\nlevers = { cut = 0.5 }\n'
    timeline = resolve(load(write(tmp_path, body)), ["bnssg"], 520)
    assert timeline.starts.tolist() == [0, 520, 572]
    assert timeline.values[:, INDEX["cut"], 0].tolist() == [0, 0.2, 0.5]


@given(over=st.integers(1, 260), target=st.floats(0, 10), begin=st.integers(0, 100))
def test_a_ramp_is_linear_in_steps_of_13_weeks_and_complete_at_its_end(
    tmp_path_factory: pytest.TempPathFactory, over: int, target: float, begin: int
) -> None:
    folder = tmp_path_factory.mktemp("ramp")
    head = f'[[change]]\nfrom = "week {begin}"\nover_weeks = {over}\n'
    body = head + f"levers = {{ link_workers = {target!r} }}\n"
    weeks = list(range(begin, begin + over + 30))
    got = course(load(write(folder, body)), "link_workers", weeks)
    today = BY_NAME["link_workers"].today
    want = [target if w - begin >= over else today + (target - today) * ((w - begin) // 13 * 13 / over) for w in weeks]
    assert got == pytest.approx(want)
    assert got[0] == today and got[over] == target


def test_a_change_holds_only_in_its_areas(tmp_path: Path) -> None:
    body = '[[change]]\nfrom = "year 1"\nareas = ["bnssg", "Sussex"]\nlevers = { cut = 0.4 }\n'
    timeline = resolve(load(write(tmp_path, body)), ["Devon", "E54000064", "E54000039"], 0)
    assert timeline.values[0, INDEX["cut"]].tolist() == [0, 0.4, 0.4]


def test_months_are_52_twelfths_of_a_week_and_years_are_whole() -> None:
    assert [week_of(m, "2025-04") for m in ("2025-04", "2025-05", "2025-07", "2026-04")] == [0, 4, 13, 52]
    assert [week_of(m, "2025-04") for m in ("year 1", "year 3", "week 60")] == [0, 104, 60]
    assert week_of("2025-03", "2025-04") < 0


def test_the_history_runs_eight_years_from_2017_and_its_burn_in_is_under_2017() -> None:
    history = load("history")
    assert (history.run.start, history.run.years, history.history) == ("2017-04", 8, True)
    assert all(change.source and change.label for change in history.changes)
    timeline = resolve(history, ["bnssg"], 520)
    rows = {lever: INDEX[lever] for lever in ("link_workers", "volunteering", "face_to_face_closed")}
    ends = {lever: timeline.at(520 + 415)[row, 0] for lever, row in rows.items()}
    assert ends == pytest.approx({"link_workers": 0.74, "volunteering": 0.7, "face_to_face_closed": 0})
    assert timeline.at(0)[rows["link_workers"], 0] == 0.02
    assert timeline.at(520 + week_of("2020-06", "2017-04"))[rows["face_to_face_closed"], 0] == 0.9


def test_a_setting_holds_in_every_week_and_replaces_changes() -> None:
    scenario = with_settings(load("funding_cliff"), ["cut=0.1", "mode_review=opt_out", "sessions = 8"])
    assert course(scenario, "cut", [0, 60, 200]) == [0.1, 0.1, 0.1]
    assert course(scenario, "mode_review", [0]) == [2]
    assert scenario.levers["sessions"] == 8 and scenario.changes == ()


def test_the_difference_has_a_row_for_each_lever_area_and_week(tmp_path: Path) -> None:
    body = (
        '[levers]\nmode_review = "opt_out"\n'
        '[[change]]\nfrom = "year 2"\nto = "year 3"\nareas = ["bnssg"]\nlevers = { cut = 0.4 }\n'
    )
    rows = diff(load("today"), load(write(tmp_path, body)))
    assert [(r.lever, r.area, r.week, r.a, r.b) for r in rows] == [
        ("mode_review", "all areas", 0, "opt_in", "opt_out"),
        ("cut", "bnssg", 52, 0, 0.4),
        ("cut", "bnssg", 104, 0, 0),
    ]
    assert diff(load("today"), load("today")) == []


def test_lines_are_found_in_every_way_of_writing() -> None:
    text = (
        '# name = "no"\nname = "a # b"\nrun.years = 3\n[levers]\n"cut" = 0.1\n'
        '[[change]]\nfrom = "x = y"\nlevers = { cut = 1,\n  sessions = 8 }\n'
        "[[change]]\n[change.levers]\ncut = 0\n"
    )
    found = all_lines(text)
    assert found[("name",)] == 2 and found[("run", "years")] == 3
    assert found[("levers", "cut")] == 5 and found[("change", 0, "levers", "cut")] == 8
    assert found[("change", 0, "levers", "sessions")] == 9
    assert found[("change", 1)] == 10 and found[("change", 1, "levers", "cut")] == 12


def test_listing_scenarios_does_not_import_pydantic() -> None:
    code = "import sys, scenarios, scenarios.reading.files as f; f.listing(); print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
