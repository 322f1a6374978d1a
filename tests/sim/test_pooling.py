"""Several areas are pooled by the people who live there, named, and told one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from fakes import fake_result, fake_shape
from posteriors import of_this_model
from test_case import better_runs
from test_cli import told

from calibration.library.statistics import STATISTICS, measure, measure_all
from reports.case import money as case_money
from reports.case.told import Told
from reports.pictures import run as plots
from scenarios.reading.areas import index
from scenarios.reading.load import load
from scenarios.reading.own_area import EXAMPLE
from scenarios.reading.rival_evidence import fixed_by
from scenarios.running import store
from scenarios.running.posterior import choose
from scenarios.running.sample import sample
from scenarios.running.study import Study, make_shape
from scenarios.worth import case
from scenarios.worth.case import View
from sim.people.population import area_cells
from sim.results import caveats, counts, equity, outcomes, pooling, summary, value
from sim.results.result import FIRST_LEVEL, GAINS, LEVELS, WEEKLY, Measure, Result

SMALL_AREA, LARGE_AREA = 3, 22


def two_areas() -> Result:
    """Two areas of other sizes, one place each: one of two wants available in the first, one of ten in the second."""
    shape = replace(fake_shape(worlds=3, areas=(SMALL_AREA, LARGE_AREA)), n_places=(1, 1))
    result = fake_result(shape)
    result.tally[:, :, Measure.ELIGIBLE] = result.tally[:, :, Measure.WANTS] = 1000
    result.tally[0::2, :, Measure.AVAILABLE], result.tally[1::2, :, Measure.AVAILABLE] = 500, 100
    return result


def live() -> tuple[int, int]:
    shape = two_areas().shape
    return sum(shape.cells(SMALL_AREA)), sum(shape.cells(LARGE_AREA))


def test_availability_of_several_areas_is_that_of_their_people() -> None:
    """By hand: (500 x those of the first + 100 x those of the second) of 1,000 x both. One place each gave 30%."""
    first, second = live()
    by_hand = (0.5 * first + 0.1 * second) / (first + second)
    assert abs(by_hand - 0.3) > 0.005
    result = two_areas()
    assert outcomes.of_group(result, "available") == pytest.approx([by_hand] * 3)
    assert all(
        g.per_world == pytest.approx([by_hand] * 3) for d in summary.dimensions() for g in summary.groups(result, d)
    )
    assert counts.counted(result)[:, 0, Measure.WANTS].tolist() == [2000] * 3


def test_every_figure_of_several_areas_counts_each_by_its_adults() -> None:
    """As if each area had been simulated in as many places as it has people: repeated places, pooled plainly."""
    result = two_areas()
    times = (3, 8)
    adults = tuple(t * 10_000 for t in times)
    shape = replace(result.shape, n_places=times)

    def repeated(rows: np.ndarray, axis: int) -> np.ndarray:
        scale = np.tile(times, 3).reshape([-1 if k == axis else 1 for k in range(rows.ndim)])
        return rows * scale

    alike = replace(
        result,
        shape=shape,
        weekly=repeated(result.weekly, 1),
        tally=repeated(result.tally, 0),
        gains=repeated(result.gains, 0),
        waits=repeated(result.waits, 0),
    )
    expected = pooling.as_simulated(alike)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "adults", lambda shape: np.array(adults, dtype=float))
        found = (
            summary.headline(result)
            | value.headline(result)
            | {"slope": equity.slope(result)}
            | counts.spent_by_payer(result)
        )
        cascade = [row.share for row in summary.cascade(result)]
    right = (
        summary.headline(expected)
        | value.headline(expected)
        | {"slope": equity.slope(expected)}
        | counts.spent_by_payer(expected)
    )
    for name, values in right.items():
        assert found[name] == pytest.approx(values, nan_ok=True), name
    assert cascade == pytest.approx([row.share for row in summary.cascade(expected)])


def test_one_area_is_counted_in_whole_numbers_as_it_was() -> None:
    result = fake_result()
    assert pooling.weights(result.shape) is None
    assert counts.by_world(result).dtype == np.int64 and (counts.by_world(result) == counts.counted(result)).all()


def test_small_groups_are_small_by_what_was_counted() -> None:
    result = two_areas()
    rows = [i for i, (kind, _) in enumerate(LEVELS) if kind == "sex"]
    result.tally[:, rows, Measure.ELIGIBLE] = 49  # 294 of 2 areas in 3 worlds
    assert [group.small for group in summary.groups(result, "sex")] == [False]
    assert summary.groups(result, "sex")[0].wants == 2 * 294


def test_the_frozen_calibration_keeps_its_own_pooling() -> None:
    """Its statistics count everybody simulated alike: 30% here, as when the posterior that ships was fitted."""
    result = two_areas()
    assert measure(result, "available") == pytest.approx([0.3] * 3)
    one = replace(result, shape=replace(result.shape, worlds=result.shape.worlds))
    assert set(measure_all(one, list(STATISTICS))) == set(STATISTICS)


def test_the_case_counts_each_area_s_own_adults() -> None:
    result = two_areas()
    result.gains[:, :, GAINS.index("confidence_in")] = 1_000_000
    each = [case.effects(part, View()) for _, part in pooling.each_area(result)]
    assert case.effects(result, View()) == pytest.approx(sum(each))
    assert case.adults(result) == sum(live())


FAST = [
    "--draws",
    "5",
    "--years",
    "0.6",
    "--burn-in",
    "0",
    "--workers",
    "1",
    "--place-size",
    "1000",
    "--people",
    "2000",
]
SAID = "3,000 adults a world in 3 whole neighbourhoods (2,000 asked for, rounded up to whole neighbourhoods), of"


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_every_report_and_file_says_where_of_how_many_people_draws_and_seed(tmp_path: Path, capsys) -> None:
    kept = tmp_path / "r"
    code, out, err = told(
        capsys, "run", "today", "open_door", "--areas", "bnssg,sussex", *FAST, "--seed", "7", "--out", kept, "--full"
    )
    lives = sum(sum(area_cells(index(name))) for name in ("bnssg", "sussex"))
    about = (
        f"Bristol, North Somerset and South Gloucestershire; Sussex: {SAID} {lives:,} who live there.",
        "5 worlds: 5 draws of the parameters, seed 7.",
        "Each area counts by the people who live there.",
    )
    assert code == 0 and all(words in spaced(out) for words in about), err
    assert "By area" in out and out.count("Sussex") > 1
    for words in (
        ["compare", kept / "today", kept / "open_door", "--full"],
        ["batch", "today", "--areas", "bnssg,sussex", *FAST, "--seed", "7", "--out", kept],
        ["relief", "today", "--areas", "bnssg,sussex", *FAST, "--seed", "7"],
    ):
        code, out, err = told(capsys, *words)
        assert code == 0 and all(said in spaced(out) for said in about), (words[0], err)
        assert words[0] != "compare" or "By area" in out
    code, out, _ = told(capsys, "compare", kept / "today", kept / "open_door", "--json")
    found = json.loads(out)
    assert about[0] in found["sample"] and set(found["areas"]) == {
        "Bristol, North Somerset and South Gloucestershire",
        "Sussex",
    }


def test_a_kept_run_says_of_itself_what_it_said_when_it_was_made(tmp_path: Path) -> None:
    study = Study(
        (22, 41),
        people=2000,
        draws=2,
        weeks=27,
        burn_in=0,
        place_size=1000,
        seed=3,
        posterior=choose(str(of_this_model(tmp_path / "own"))),
        fixed=fixed_by(["support_eases_loneliness_more"]),
    )
    result = fake_result(make_shape(study))
    kept = store.read(store.write(tmp_path / "r", load("today"), study, result, 1.0))
    assert (
        kept.manifest["sample"] == sample(study)
        and "Rival evidence" in sample(study)
        and "a posterior of your own" in sample(study)
    )


def test_a_picture_says_where_of_how_many_people_draws_and_seed() -> None:
    figure = plt.figure(figsize=(9, 3))
    plots.foot(figure, caveats.about(two_areas().shape))
    text = spaced(figure.get_supxlabel())
    assert (
        all(name in text for name in two_areas().shape.names) and "3 worlds: 3 draws of the parameters, seed 1." in text
    )
    plt.close(figure)


def test_pages_say_where_of_how_many_people_draws_and_seed_themselves_and_in_what_is_taken_away() -> None:
    from dashboards.asked.state import Asked
    from dashboards.pages.about import what_card
    from dashboards.pages.explore import source

    class Shown:
        asked, plan = Asked(), fake_result(replace(fake_shape(worlds=6), seed=4))

    lives = sum(area_cells(LARGE_AREA))
    assert (
        f"20,000 adults a world in 2 whole neighbourhoods, of {lives:,} who live there. 6 worlds: 6 draws of the parameters, seed 4."
        in source(Shown)
    )  # type: ignore[arg-type]
    card = what_card("bnssg", 9)
    assert (
        "Bristol, North Somerset and South Gloucestershire" in card
        and f"of {lives:,} who live there" in card
        and "seed 9" in card
    )


def test_all_of_england_is_called_so_and_many_areas_are_cut() -> None:
    shape = fake_shape(areas=tuple(range(42)))
    assert caveats.where(shape) == "All 42 areas of England"
    assert caveats.where(fake_shape(areas=tuple(range(15)))).endswith("; and 3 more areas")


def test_an_own_area_and_an_inventory_of_another_are_put_together_only_when_asked_to_be(tmp_path: Path, capsys) -> None:
    listed = tmp_path / "inv.csv"
    listed.write_text("organisation,area,offer,needs,places\nX,sussex,group,pain,8\n", "utf-8")
    words = ["run", "today", "--area-file", EXAMPLE, "--inventory", listed, *FAST]
    code, out, err = told(capsys, *words)
    assert code == 2 and not out and "another area than your own" in err and "--areas own," in err
    code, out, err = told(capsys, *words, "--areas", "own,sussex", "--full")
    assert code == 0 and "Saltmere (fictional); Sussex:" in spaced(out) and "By area" in out, err


def test_the_case_has_each_area_beside_all_of_them() -> None:
    runs = better_runs(areas=(SMALL_AREA, LARGE_AREA))
    section = case_money.by_area(Told(runs, View(), "", (), ""))
    assert section is not None and [row[0] for row in section.rows] == list(runs.results[0].shape.names)
    assert case_money.by_area(Told(better_runs(), View(), "", (), "")) is None
    whole = case.increment(runs, View()).cost.mean()
    parts = [
        case.increment(case.Runs(runs.titles, tuple(pooling.one_area(r, i) for r in runs.results)), View()).cost.mean()
        for i in (0, 1)
    ]
    assert sum(parts) == pytest.approx(whole)


def test_areas_are_told_one_by_one() -> None:
    result = two_areas()
    parts = dict(pooling.each_area(result))
    assert list(parts) == list(result.shape.names)
    assert [float(outcomes.of_group(part, "available")[0]) for part in parts.values()] == [0.5, 0.1]
    assert (parts[result.shape.names[0]].weekly[:, :, WEEKLY.index("adults")] == 20_000).all()
    assert FIRST_LEVEL["everyone"] == 0
