"""Groups of several results stand side by side by their names, pooled alike, in tables, pictures, pages and JSON."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from fakes import fake_result
from matplotlib import cbook
from rich.console import Console

from dashboards.pages.explore import group_lines
from reports import as_json as machine
from reports import terminal as report
from reports.pictures import run as plots
from sim.results import equity, summary
from sim.results.result import LEVELS, Measure
from sim.results.words import level_name

FIFTHS = [i for i, (kind, _) in enumerate(LEVELS) if kind == "deprivation fifth"]
NEEDS = [i for i, (kind, _) in enumerate(LEVELS) if kind == "needs group"]


def known(few=(), lift=0):
    """Availability of fifth k is k in ten, of the k-th needs group 2 + k in a hundred; those of `few` have 5 wants a world."""
    made = fake_result()
    for rows, share in ((FIFTHS, [0.1, 0.2, 0.3, 0.4, 0.5]), (NEEDS, [0.02 + 0.01 * k for k in range(len(NEEDS))])):
        for row, part in zip(rows, share, strict=True):
            size = 5 if row in few else 1000
            made.tally[:, row, Measure.WANTS] = made.tally[:, row, Measure.ELIGIBLE] = size
            made.tally[:, row, Measure.AVAILABLE] = np.round(size * (part + lift))
    return made


def test_tables_are_joined_by_the_names_of_their_rows_however_they_are_shuffled_and_whatever_is_dropped():
    names = [f"group {k}" for k in range(8)]
    whole = {name: k for k, name in enumerate(names)}
    rng = np.random.default_rng(7)
    for _ in range(50):
        left = [names[k] for k in rng.permutation(8)[: rng.integers(0, 9)]]
        found = summary.joined([whole, {name: whole[name] for name in left}])
        assert list(found) == names
        assert all(row == (whole[name], whole[name] if name in left else None) for name, row in found.items())
    assert summary.joined([{"a": 1}, {"b": 2}]) == {"a": (1, None), "b": (None, 2)}


@pytest.mark.parametrize(
    "few", [((), FIFTHS[:1]), (FIFTHS[:2], ()), (FIFTHS[1:3], FIFTHS[3:]), (NEEDS[2:5], NEEDS[:1])]
)
def test_groups_are_pooled_alike_in_every_column(few):
    runs = [known(small) for small in few]
    pooled = {i for small in few for i in small}
    for dimension, members in (("deprivation fifth", FIFTHS), ("needs group", NEEDS)):
        rows = summary.side_by_side(runs, dimension)
        named = {row[0].level: row for row in rows}
        assert all(len({group.level for group in row}) == 1 and len(row) == 2 for row in rows)
        for i in set(members) - pooled:
            expected = runs[0].tally[:, i, Measure.AVAILABLE] / runs[0].tally[:, i, Measure.ELIGIBLE]
            assert all(group.per_world.tolist() == expected.tolist() for group in named.pop(LEVELS[i][1]))
        assert list(named) == (
            ["+".join(LEVELS[i][1] for i in sorted(pooled & set(members)))] if pooled & set(members) else []
        )


def shown(*runs):
    console = Console(file=io.StringIO(), width=200, highlight=False)
    report.show_who(console, [(f"Run {k}", run) for k, run in enumerate(runs)])
    return console.file.getvalue()


def test_the_table_of_groups_puts_every_figure_beside_its_own_name():
    """The second run has too few wants in fifths 1 and 2: its fifth 3 stood beside the first run's fifth 2."""
    text = shown(known(), known(FIFTHS[:2]))
    lines = {line.split("  ")[0]: line for line in text.splitlines()}
    assert lines["deprivation fifth 3"].split()[3] == lines["deprivation fifth 3"].split()[7] == "30.0%"
    assert lines["deprivation fifth 5 least deprived"].count("50.0%") == 2
    assert "deprivation fifth 1 and 2 *" in text and "deprivation fifth 1 most deprived" not in text


def test_who_gains_sets_each_group_against_itself():
    found = {row.level: row for row in summary.who_gains(known(), known(FIFTHS[1:3], lift=0.1), "deprivation fifth")}
    assert [round(found[level].change.difference.median, 6) for level in ("1", "4", "5")] == [0.1] * 3
    assert found["2+3"].small and set(found) == {"1", "4", "5", "2+3"}


def test_machines_read_the_same_groups_for_every_scenario():
    runs = [known(), known(FIFTHS[:2])]
    tables = [machine.levels(run, runs)["groups"] for run in runs]
    assert [(g["dimension"], g["level"]) for g in tables[0]] == [(g["dimension"], g["level"]) for g in tables[1]]


def test_the_page_s_dots_are_those_of_one_group_each():
    class Shown:
        today, plan = known(NEEDS[3:5]), known(lift=0.1)

    spots = {spot.name: spot for spot in group_lines(Shown)}
    assert spots["1 most deprived"].today[0] == pytest.approx(0.1) and spots["1 most deprived"].plan[
        0
    ] == pytest.approx(0.2)
    assert sum(" and " in name for name in spots) == 1
    assert all(
        spot.change == pytest.approx(0.1)
        for name, spot in spots.items()
        if name[:1].isdigit() and name[1:2] in ("", " ")
    )


def points(axes):
    return [[tuple(round(float(v), 6) for v in xy) for xy in box.lines[0].get_xydata()] for box in axes.containers]


def test_each_fifth_is_drawn_at_its_own_number_and_a_pooled_one_is_named():
    """An area without a most deprived fifth: 3, 4 and 5 were drawn at 1, 2 and 3."""
    axes = plt.figure().subplots()
    plots._deprivation(axes, [("Today", known(FIFTHS[:2])), ("More", known())])
    assert points(axes)[0] == [(3, 30), (4, 40), (5, 50)]
    assert [x for x, _ in points(axes)[1]] == [3.12, 4.12, 5.12]
    labels = [t.get_text() for t in axes.get_xticklabels()]
    assert dict(zip(axes.get_xticks(), labels, strict=True)) == {1.5: "1 and 2\ntoo few wants", 3: "3", 4: "4", 5: "5"}
    enough = known(FIFTHS[:2])
    enough.tally[:, FIFTHS[:2], Measure.ELIGIBLE] = 60
    axes = plt.figure().subplots()
    plots._deprivation(axes, [("Today", enough)])
    assert dict(zip(axes.get_xticks(), [t.get_text() for t in axes.get_xticklabels()], strict=True)) == {
        1.5: "1 and 2",
        3: "3",
        4: "4",
        5: "5",
    }
    plt.close("all")


def test_fifths_that_are_pooled_and_no_neighbours_stand_after_the_last():
    assert [plots.position(level) for level in ("4", "1+2", "2+3+4", "1+3")] == [4, 1.5, 3, 6]
    assert level_name("age", "18-24+85+") == "age 18-24 and 85+" and level_name("age", "85+") == "age 85+"


def test_an_empty_fifth_leaves_the_slope_over_the_others():
    made = known()
    made.tally[:, FIFTHS[0], [Measure.WANTS, Measure.ELIGIBLE, Measure.AVAILABLE]] = 0
    assert equity.slope(made).tolist() == pytest.approx([0.4] * 4)


def test_a_title_with_dollars_is_drawn_as_it_was_written():
    axes = plt.figure().subplots()
    plots._cascade(axes, [("_Today", known()), ("From $5 to $9", known())])
    written = [text for bars in axes.containers if not (text := bars.get_label()).startswith("_")]
    assert len(written) == 2 and not any(cbook.is_math_text(text) for text in written)
    plt.close("all")
