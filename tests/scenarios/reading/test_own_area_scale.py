"""An area of one's own has what its inventory lists, for each adult as listed, whatever its size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_cli import told

from peerscale.options import Typed, make_study
from scenarios.reading.load import load
from scenarios.reading.scenario import RunSettings
from scenarios.running import store
from scenarios.running.study import make_shape, timeline_of, world_parameters
from scenarios.worth import case
from sim.columns.start import make_state
from sim.columns.state import State
from sim.numbers.levers import INDEX
from sim.results import counts

TOWN = "measure,level,value\nname,,Town\nlike,,Sussex\nadults,,{}\n"
LISTED = """organisation,area,offer,needs,place,places,funder,gbp_year,award_start,award_end,self_referral,nhs_team,source
Pals,own,volunteer,any,,100,council,120000,2024-04-01,2030-03-31,yes,no,
Harbour Pals,own,volunteer,any,Harbour,50,charity,60000,2024-04-01,2030-03-31,yes,no,
Night Owls,own,online,any,,500,none,,,,yes,no,
Circle,own,group,pain,Harbour,8,none,,,,,,
"""
"""150 places, £120,000 and £60,000 a year, 500 places online and one group."""


def study_of(folder: Path, adults: int, **more):
    (folder / "town.csv").write_text(TOWN.format(adults), "utf-8")
    (folder / "inv.csv").write_text(LISTED, "utf-8")
    return make_study(
        Typed(area_file=folder / "town.csv", inventory=folder / "inv.csv", posterior="none", **more), RunSettings()
    )


def per_adult(state: State, area: int = 0) -> tuple[float, float, float]:
    """(places, pounds a year, groups) for each adult, over all worlds; the run's part of what serves the area."""
    shape, n = state.shape, len(state.shape.areas)
    mine = state.orgs.area_row % n == area
    people = len(shape.worlds) * shape.n_places[area] * shape.place_size
    places = state.supporters.here[mine[state.supporters.org]].sum()
    groups = (state.places.area_row[state.groups.place] % n == area).sum()
    part, of = shape.scale(area)
    wide = state.orgs.place < 0
    pence = state.orgs.award[mine & wide].sum() * part / of + state.orgs.award[mine & ~wide].sum()
    return places / people, pence * 52 / 100 / people, groups / people


def started(study) -> State:
    return make_state(make_shape(study), world_parameters(study, study.worlds))


@pytest.mark.parametrize("adults", [5_000, 7_301, 14_999, 15_001, 26_000, 64_321])
def test_a_town_run_alone_is_run_at_its_size_with_all_that_is_listed(tmp_path: Path, adults: int) -> None:
    """By hand: 150 places and £180,000 a year in a town of 5,000 are 30 for 1,000 adults and £36.00 for each."""
    study = study_of(tmp_path, adults, draws=2)
    shape = make_shape(study)
    assert 0 <= shape.places * shape.place_size - adults < shape.places
    assert per_adult(started(study)) == pytest.approx((150 / adults, 180_000 / adults, 1 / adults), rel=1e-3)
    line = timeline_of(load("today"), shape)
    assert line.values[0, INDEX["budget_council"], 0] == pytest.approx(120_000 / adults, rel=1e-3)
    assert line.values[0, INDEX["online_places"], 0] == pytest.approx(500_000 / adults, rel=1e-3)
    assert not shape.stretched


@pytest.mark.parametrize(
    ("adults", "more"),
    [(7_000, {"areas": "own,sussex"}), (14_000, {"areas": "sussex,own"}), (5_400, {"place_size": 1000})],
)
def test_beside_other_areas_what_is_listed_is_scaled_to_the_adults_simulated(
    tmp_path: Path, adults: int, more: dict
) -> None:
    study = (
        study_of(tmp_path, adults, draws=60, people=3_000_000, **more)
        if "areas" not in more
        else replace(study_of(tmp_path, adults, draws=60, **more), people=100)
    )
    shape = make_shape(study)
    area = shape.codes.index("own")
    assert shape.stretched == ("Town",)
    places, gbp, groups = per_adult(started(study), area)
    assert (places, gbp) == pytest.approx((150 / adults, 180_000 / adults), rel=0.02)
    assert groups == pytest.approx(1 / adults, rel=0.25)  # whole groups, by luck
    assert timeline_of(load("today"), shape).values[0, INDEX["budget_council"], area] == pytest.approx(120_000 / adults)


def test_the_money_of_a_small_town_is_what_its_inventory_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case scaled half a year's £60,000 back to £30,000: 5,000 adults stood for 10,000."""
    study_of(tmp_path, 5_000)
    (tmp_path / "inv.csv").write_text("".join(LISTED.splitlines(keepends=True)[:2]), "utf-8")
    code, out, err = told(
        capsys,
        "run",
        "today",
        "--area-file",
        tmp_path / "town.csv",
        "--inventory",
        tmp_path / "inv.csv",
        "--draws",
        "2",
        "--years",
        "0.6",
        "--burn-in",
        "0",
        "--workers",
        "1",
        "--full",
        "--out",
        tmp_path / "r",
    )
    assert code == 0 and "5,000 adults a world" in out and "rounded up" not in out, err
    result = store.read(tmp_path / "r" / "today").result
    council = case.scaled(result, lambda part: counts.weekly_total(part, "spent_council_pence").sum(axis=0) / 100)
    assert council.tolist() == pytest.approx([120_000 * 31 / 52] * 2, rel=0.01)  # of 0.6 years: 31 weeks


def test_rounded_up_is_said_only_of_what_is(tmp_path: Path) -> None:
    from scenarios.running.sample import sample

    said = {people: sample(study_of(tmp_path, 5_000, people=people)) for people in (100, 5_000, 9_000)}
    assert "(100 asked for, rounded up to whole neighbourhoods)" in said[100] and "asked for" not in said[5_000]
    assert "5,000 adults a world in 1 whole neighbourhood (9,000 asked for, there are no more)" in said[9_000]
