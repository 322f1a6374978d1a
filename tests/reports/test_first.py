"""The first screen: 24 lines of 80 columns at most, in one order; what got worse is always there; nothing is without its whole."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from rich.console import Console

from reports import first
from reports.first import HEADLINES, LINES, WHOLE, WIDTH, after, got_worse, lines
from reports.terminal import STILL
from scenarios.running.posterior import PRIORS, Chosen
from sim.results import outcomes
from sim.results.result import WEEKLY, Measure

LONG = "A policy whose title goes on and on, as titles of people who write policies do"


def more_wait(result, times: float = 2.0):
    """The same run with more people waiting in every week."""
    weekly = result.weekly.copy()
    weekly[:, :, WEEKLY.index("waiting")] = weekly[:, :, WEEKLY.index("waiting")] * times + 1
    return replace(result, weekly=weekly)


def pair(lift: int = 40):
    return [("Today's policy", fake_result()), ("More places", fake_result(lift=lift))]


def flat(found: list[str]) -> str:
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("policies", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("areas", [(22,), (22, 5), tuple(range(20))])
def test_it_fits_a_screen_whatever_is_run(policies, areas):
    shape = fake_shape(areas=areas)
    named = [(f"{LONG} {k}", more_wait(fake_result(shape, lift=10 * k), 1 + k)) for k in range(policies)]
    found = lines(named, after(["today", "a" * 40, "b"], []))
    assert len(found) <= LINES and max(map(len, found)) <= WIDTH
    assert found[-1].startswith("  ") or found[-1].startswith("Next: ")
    assert "How sure: " in "\n".join(found) and "Cost: " in "\n".join(found)


OWN = "Held at a value of your own: accept_offer at 0.5 (chance). With them no level is a finding."
NOT_SHIPPED = [PRIORS, None, Chosen("mine", "0" * 64, own=True)]
"""Where parameters may come from, but for a posterior that says which levels it narrowed."""


@pytest.mark.parametrize("notes", ["", OWN, f"{OWN} {LONG}. " * 5])
@pytest.mark.parametrize("posterior", NOT_SHIPPED)
@pytest.mark.parametrize("policies", [1, 2, 3, 4, 9])
def test_what_holds_the_rest_back_and_how_sure_it_is_stand_on_every_screen(policies, posterior, notes):
    """Three alternatives that all got worse, with a long note, once left no line for what holds the rest back."""
    shape = fake_shape(areas=tuple(range(20)))
    named = [(f"{LONG} {k}", more_wait(fake_result(shape, lift=10 * k), 1 + k)) for k in range(policies)]
    found = lines(named, after(["today", "a" * 40, "b"], []), posterior, notes)
    text = "\n".join(found)
    assert len(found) <= LINES and max(map(len, found)) <= WIDTH
    assert (
        "Holds the rest back" in text
        and "How sure: " in text
        and "Cost: " in text
        and ("Note: " in text) == bool(notes)
    )
    assert notes != OWN or OWN in flat(found)


@pytest.mark.parametrize("width", [40, 60, 79])
@pytest.mark.parametrize("policies", [1, 2, 4])
def test_a_narrow_terminal_has_the_same_words_and_no_row_that_wraps(policies, width):
    named = [(f"{LONG} {k}", more_wait(fake_result(lift=10 * k), 1 + k)) for k in range(policies)]
    asked = (named, after(["today", "b"], []), PRIORS, OWN)
    wide, narrow = lines(*asked), lines(*asked, width)
    assert max(map(len, narrow)) <= width and not any("   " in line.strip() for line in narrow)
    text = flat(narrow)
    for line in wide[wide.index(WHOLE) :]:
        assert line.strip() in text
    assert ("Available over worlds: " in text) == (policies == 1)
    figures = set(re.findall(r"[+-]?\d+\.\d", " ".join(wide[: wide.index(WHOLE)])))
    assert figures <= set(re.findall(r"[+-]?\d+\.\d", text))


def test_a_command_to_type_is_on_one_line_of_a_narrow_terminal_too():
    asked = after(["today", "a_policy_with_a_long_name"], [])
    narrow = lines(pair(), asked, width=40)
    for command in asked:
        assert any(command in line for line in narrow), command
    assert max(map(len, narrow)) > 40 >= max(len(line) for line in narrow if "peerscale " not in line)


def test_a_console_of_few_columns_shows_the_narrow_screen():
    console = Console(file=io.StringIO(), width=50)
    first.show(console, pair())
    shown = console.file.getvalue().splitlines()
    assert shown == lines(pair(), width=50) and max(map(len, shown)) <= 50


def test_how_sure_it_is_says_what_parameters_were_fitted_to():
    said = [flat(lines(pair(), posterior=one)) for one in NOT_SHIPPED]
    assert "not fitted to figures yet" in said[0]
    assert "a posterior that is not known here" in said[1] and "not fitted" not in said[1]
    assert "numbers of your own" in said[2] and "leave 'available' wide" not in said[2]


def test_it_answers_in_one_order_with_the_area_named_and_every_whole():
    text = flat(lines(pair(), after(["open_door"], [])))
    order = [
        fake_result().shape.names[0],
        "20,000 of",
        "adults",
        "beside: More places",
        "Of 100 wants",
        *HEADLINES.values(),
        "Of wants that last their target wait or longer",
        "Worse: ",
        "Holds the rest back, of 100 wants: ",
        "Cost: ",
        "an adult a year",
        "How sure: ",
        "Next: the same command with --full; peerscale explain today open_door; peerscale ladder open_door",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_each_headline_has_both_levels_the_difference_and_its_range():
    named = pair()
    row = next(line for line in lines(named) if line.startswith("Available"))
    numbers = [float(one) for one in re.findall(r"[+-]?\d+\.\d", row)]
    levels = [100 * np.median(outcomes.of_group(result, "available")) for _, result in named]
    assert numbers[:2] == [round(level, 1) for level in levels] and numbers[2] > 0
    assert row.endswith("no range        4 of 4")


def test_people_waiting_are_worse_and_the_reason_is_beside_where_more_is_available():
    base = fake_result()
    found = got_worse(base, more_wait(fake_result(lift=40)))
    assert found[0].startswith("people waiting per 10,000 adults: +") and "more ask" in found[0]
    assert "more ask" not in got_worse(base, more_wait(fake_result()))[0]
    assert "people waiting" in flat(lines([("A", base), ("B", more_wait(fake_result(lift=40)))]))


def test_a_fall_of_the_headline_is_told_as_worse_and_who_loses():
    found = got_worse(fake_result(lift=80), fake_result())
    assert any(one.startswith("available") for one in found)


def test_that_nothing_got_worse_is_said_too():
    assert "Worse: nothing that is measured" in flat(lines(pair()))


def test_that_nothing_differs_is_said():
    named = [("A", fake_result()), ("B", fake_result())]
    assert " ".join(STILL.split()[:8]) in flat(lines(named))


def test_a_policy_alone_is_not_said_to_be_compared():
    text = flat(lines([("Today's policy", fake_result())], after(["today"], [])))
    assert "Nothing is compared" in text and "Worse" not in text and "peerscale run today everyone" in text


def test_who_pays_is_named_and_the_pounds_are_of_an_adult_a_year():
    base, other = fake_result(), fake_result()
    weekly = other.weekly.copy()
    weekly[:, :, WEEKLY.index("spent_board_pence")] += 200_000
    cost = flat(lines([("A", base), ("B", replace(other, weekly=weekly))]))
    assert re.search(r"Cost: £[\d.,]+ an adult a year; \+£[\d.,]+ \(paid as board \+£", cost)


def test_a_command_that_does_not_fit_is_left_out_not_cut():
    said = lines(pair(), ["peerscale case " + "x" * 200, "peerscale ladder today"])
    assert flat(said).endswith("the same command with --full; peerscale ladder today.")


@pytest.mark.parametrize("policies", [2, 3])
def test_what_is_unusual_of_a_run_has_a_line_at_least(policies):
    named = [(f"{LONG} {k}", more_wait(fake_result(lift=10 * k), 1 + k)) for k in range(policies)]
    found = lines(named, after([], []), notes="The change of budget_board is complete after the run. " * 6)
    assert len(found) <= LINES and "Note: The change of budget_board" in "\n".join(found)
    assert not [line for line in lines(named) if line.startswith("Note")]


def test_nothing_counted_is_no_figure_and_no_error():
    base = fake_result()
    tally = base.tally.copy()
    tally[:, :, Measure.ELIGIBLE] = 0
    empty = replace(base, tally=tally)
    assert "none" in flat(lines([("A", empty), ("B", empty)]))


@pytest.mark.parametrize(
    ("names", "settings", "said"),
    [
        ([], [], ["peerscale explain today open_door", "peerscale ladder open_door"]),
        (["everyone"], [], ["peerscale explain today everyone", "peerscale ladder everyone"]),
        (["today"], [], ["peerscale run today everyone", "peerscale ladder today"]),
        (["today"], ["directory=1"], ["peerscale ladder today"]),
        (["a.toml", "b.toml", "c"], [], ["peerscale explain a.toml b.toml", "peerscale ladder b.toml"]),
        (["my own.toml"], [], ["peerscale explain today 'my own.toml'", "peerscale ladder 'my own.toml'"]),
    ],
)
def test_what_to_type_next_can_be_typed(names, settings, said):
    assert after(names, settings) == said
    assert first.LINES == 24 and first.WIDTH == 80
