"""The section of a report on where the money went: lines that move, and a sentence that reads them."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from rich.console import Console

from reports import ledger
from reports.notebook import page
from sim.results.ledger import flow
from sim.results.result import Result
from sim.rules.ledger import Line, PayerLine


def made_up() -> Result:
    """Two whole years in which a payer awards nine tenths, and one organisation a world spends it on two things."""
    result = fake_result(replace(fake_shape(), all_places=(2,)))
    result.ledger[:], result.books[:] = 0, 0
    result.ledger[:, :, 1, [PayerLine.BUDGET, PayerLine.AWARDED, PayerLine.LAPSED]] = 20_000_00, 18_000_00, 2_000_00
    result.books[:, :, Line.FROM_COUNCIL] = 18_000_00
    result.books[:, :, [Line.POSTS, Line.COORDINATION]] = 12_000_00, 6_000_00
    result.books[:, :, Line.PLACE_WEEKS] = 52 * 4
    return result


def shown(*named: tuple[str, Result]) -> str:
    console = Console(file=StringIO(), width=100)
    ledger.show_ledger(console, named)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_pound_is_followed_from_its_payer_to_a_place() -> None:
    """20,000 adults: a pound each, 90p of it awarded; two thirds on peer workers; four places at £4,500."""
    found = flow(made_up())
    assert found.payers[PayerLine.BUDGET] == pytest.approx(1.0) and found.payers[PayerLine.AWARDED] == pytest.approx(
        0.9
    )
    assert found.organisations[Line.POSTS] == pytest.approx(0.6) and found.counts[Line.PLACE_WEEKS] == pytest.approx(
        2.0
    )
    said = ledger.sentence(found)
    assert (
        "payers awarded 90%" in said and "67% paid peer workers, 33% coordinators" in said and "£4,500 a year" in said
    )


def test_lines_that_never_move_are_left_out() -> None:
    said = shown(("Today", made_up()))
    assert "from councils" in said and "of this lapsed, unspent" in said
    assert "notice" not in said and "NHS trusts" not in said


def test_nothing_spent_is_said() -> None:
    nothing = made_up()
    nothing.books[:] = 0
    nothing.ledger[:] = 0
    assert "organisations spent nothing" in shown(("Today", nothing))


def test_payers_years_are_the_mean_of_worlds_in_pounds() -> None:
    result = made_up()
    result.ledger[0] *= 3
    rows = [row for row in ledger.years(result) if row["payer"] == "council"]
    assert [row["year"] for row in rows] == [1, 2] and rows[0]["budget"] == pytest.approx(
        20_000 * np.mean([3, 1, 1, 1])
    )


def test_for_machines_every_line_is_there_and_of_stocks_only_the_change() -> None:
    """An organisation's own income had the number of a payer's stock, and was left out."""
    found = ledger.as_dict(made_up())
    payers = {line.name.lower() for line in PayerLine} - {"unspent_at_start", "unspent_at_end"}
    lines = {line.name.lower() for line in Line if line < Line.POST_WEEKS} - {"held_at_start", "held_at_end"}
    assert set(found["payers_gbp_per_adult_year"]) == payers | {"unspent"}
    assert set(found["organisations_gbp_per_adult_year"]) == lines | {"put_by"}


def test_a_notebook_shows_it_with_every_title_escaped() -> None:
    said = page([("Today <b>", made_up())], "made up")
    assert "Where the money went" in said and "from councils" in said and "<b>" not in said
