"""Numbers that follow from published figures: every formula gives what the model declares; units, prices, roles, page."""

from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.library import derived as d
from calibration.library import formulas as f
from calibration.library.evidence_library import library, shipped
from peerscale.cli import call
from reports.calibration.evidence_page import page
from scenarios.evidence.calibrating import make_task
from scenarios.evidence.calibration_plan import read_plan
from sim.errors import UserError
from sim.numbers.prices import price_year
from sim.numbers.structure import declared

ROWS = d.derivations()
JUDGED = "judgement"


def name_of(one: d.Derivation) -> str:
    return f"{one.parameter}-{one.end}"


# ------------------------------------------------------------------ what is declared is what the rows give


@pytest.mark.parametrize("one", ROWS, ids=name_of)
def test_the_formula_gives_what_the_table_declares(one):
    assert d.holds(one), f"{d.result(one):.6g} against {d.declared_end(one):g}"


@pytest.mark.parametrize("one", [one for one in ROWS if d.rows_of(one) and d.declared_end(one)], ids=name_of)
def test_a_figure_that_changes_is_noticed(one, monkeypatch):
    """The control that must fail: a first figure twice as large (a share: at most two thirds nearer to one) gives another."""

    def larger(row):
        ends = {
            end: min(2 * x, (2 + x) / 3) if 0 < x < 1 else 2 * x
            for end in d.ENDS
            if math.isfinite(x := getattr(row, end))
        }
        return replace(row, **ends)

    first = d.rows_of(one)[0]
    changed = library() | {first.id: larger(first)}
    monkeypatch.setattr(d, "library", lambda: changed)
    assert not d.holds(one)


def test_every_number_that_is_not_judgement_has_a_formula():
    valued = {one.parameter for one in ROWS if one.end == "value"}
    for record in declared().values():
        assert record.grade == JUDGED or record.name in valued, record.name
    assert len({(one.parameter, one.end) for one in ROWS}) == len(ROWS)


def test_judgement_says_so_where_it_is_read_even_with_a_formula():
    for record, _ in d.by_parameter():
        assert record.grade != JUDGED or JUDGED in record.source, record.name


@pytest.mark.parametrize("one", ROWS, ids=name_of)
def test_what_comes_out_is_of_the_kind_that_is_declared(one):
    assert d.kind_given(one) == d.kind(declared()[one.parameter].unit) != ""
    assert one.per


@pytest.mark.parametrize("one", [one for one in ROWS if d.kind_given(one) == "money"], ids=name_of)
def test_pounds_are_of_the_price_year_that_is_declared_or_it_is_said_why(one):
    assert one.prices == price_year(declared()[one.parameter].unit)
    assert one.why or not d.other_years(one)


def test_no_number_but_a_judgement_rests_on_a_figure_that_was_recalled():
    for record in declared().values():
        cited = [library()[id_] for id_ in record.source_id.split()]
        used = [row for one in ROWS if one.parameter == record.name for row in d.rows_of(one)]
        recalled = [row.id for row in [*cited, *used] if row.grade == "recalled"]
        assert not recalled or record.grade == JUDGED, (record.name, recalled)


def test_a_number_that_rests_on_a_figure_that_may_be_fitted_has_a_flat_range():
    for record, _ in d.by_parameter():
        assert not d.fitted(record.name) or record.prior == "uniform", record.name


def test_rows_on_which_a_number_rests_are_inputs_or_may_be_fitted():
    for record in declared().values():
        for id_ in record.source_id.split():
            assert library()[id_].role in ("input", "target"), (record.name, id_)


# ------------------------------------------------------------------ the formulas themselves


@given(share=st.floats(0.01, 0.99), weeks=st.floats(1, 500))
def test_a_weekly_chance_comes_to_the_share(share, weeks):
    assert 1 - (1 - f.weekly(share, weeks)) ** weeks == pytest.approx(share)


@given(chance=st.floats(0.01, 0.99), times=st.floats(0.1, 20))
def test_the_usual_chance_has_the_odds(chance, times):
    usual = f.usual(chance, times)
    assert times * usual / (1 - usual) == pytest.approx(chance / (1 - chance))


def test_an_odds_ratio_gives_back_the_counts_it_came_from():
    """CORE: 64 of 218 readmitted against 83 of 216."""
    odds_ratio = (64 / 154) / (83 / 133)
    assert f.fewer_by_odds(odds_ratio, 83 / 216) == pytest.approx(1 - (64 / 218) / (83 / 216))


def test_the_triangle_of_an_effect_has_the_standard_error_of_its_interval():
    a, b, c = f.strength_low(0.3, 0.19, 0.41, 1.0), f.strength_high(0.3, 0.19, 0.41, 1.0), 0.3
    sd = math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)
    assert sd == pytest.approx((0.41 - 0.19) / (2 * NormalDist().inv_cdf(0.975)))
    assert f.strength_low(0.13, 0.01, 0.25, 1.0) == 0.0


@given(sd=st.floats(1, 30), mean=st.floats(40, 80))
def test_the_sd_of_levels_is_that_of_a_normal_score(sd, mean):
    score = NormalDist(mean, sd)
    under, over = score.cdf(47), 1 - score.cdf(72.4)
    if 1e-6 < under < 1 - 1e-6 and 1e-6 < over < 1 - 1e-6:
        assert f.sd_of_levels(47, 72.4, under, over) == pytest.approx(sd, rel=1e-3)


def test_halves_of_a_normal_trait_lie_as_far_apart_as_is_known():
    assert f.sds_apart(0.5) == pytest.approx(2 * math.sqrt(2 / math.pi))


def test_groups_that_close_at_a_rate_are_as_many_as_that_rate_loses():
    standing = f.standing(37, 0.15, 914_000, 0.79)
    assert standing * 914_000 * 0.79 / 10_000 * 0.15 == pytest.approx(37)


# ------------------------------------------------------------------ bad input


GOOD = "attend_first,value,same,1-sup_smith_never,2,,of people,"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (GOOD.replace("attend_first", "attend_frst"), "no parameter is called"),
        (GOOD.replace(",same,", ",__import__,"), "no formula is called"),
        (GOOD.replace(",same,", ",os.system,"), "no formula is called"),
        (GOOD.replace(",value,", ",middle,"), "no end is called"),
        (GOOD.replace("sup_smith_never", "sup_smith_nevr"), "no figure is called"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_refused_with_its_line(tmp_path, monkeypatch, row, what):
    path = tmp_path / "derived.csv"
    path.write_text(f"parameter,end,formula,of,figures,prices,per,why\n{GOOD}\n{row}\n", encoding="utf-8")
    monkeypatch.setattr(d, "TABLE", path)
    with pytest.raises(UserError, match=what) as caught:
        d.derivations.__wrapped__()
    assert caught.value.line == 3 and caught.value.file == str(path)


# ------------------------------------------------------------------ roles, argued


ASKED = (
    "sup_group_size sup_membership_len sup_close_attendance dem_selfhelp_year_us dem_hiv_used_2017 dem_hiv_used_2022"
    " dem_rapsid_interest dem_bww_convert sup_wait_weeks sup_wait_share spr_psw_2015 spr_psw_2019 spr_psw_2024_plan"
    " spr_lw_2022 spr_lw_2025 ref_sp_n_2023 ref_sp_received ref_sp_contact spr_epp_2002 spr_hiv_2025 fund_no_statutory"
)


def test_the_role_of_each_figure_is_argued_and_ten_are_held_back():
    rows = library()
    for name in ASKED.split():
        assert rows[name].why, name
    for row in shipped():
        assert row.why or not row.fitted_or_held, row.id
    assert sum(row.role == "validation" for row in shipped()) >= 10


def test_a_figure_that_is_held_back_has_shaped_no_number():
    held = {row.id for row in shipped() if row.role == "validation"}
    for record in declared().values():
        assert not held & set(record.source_id.split()), record.name
    assert not held & {row.id for one in ROWS for row in d.rows_of(one)}


def test_a_least_wait_is_never_taken_for_a_wait():
    bounds = [row for row in shipped() if row.bound]
    assert {"sup_wait_weeks", "spr_psw_2019"} <= {row.id for row in bounds}
    assert [row.id for row in bounds if row.fitted_or_held] == ["spr_psw_2019_rate"]
    task = make_task(read_plan("second_edition"))
    assert {r.id: r.bound for r in task.targets.records if r.bound} == {"spr_psw_2019_rate": "lower"}


def test_a_share_is_never_nearer_to_the_truth_than_those_asked_allow():
    for row in shipped():
        if row.fitted_or_held and row.unit == "share" and row.se_kind == "computed" and math.isfinite(row.n):
            assert row.se == pytest.approx(math.sqrt(row.value * (1 - row.value) / row.n), rel=0.08), row.id


def test_an_identifier_is_one():
    for row in shipped():
        assert not row.doi or re.fullmatch(r"10\.\d{4,9}/\S+|PMC\d+|PMID \d+", row.doi), row.id


# ------------------------------------------------------------------ shown


def test_the_page_is_made_from_the_tables():
    held = (Path(__file__).parents[2] / "docs" / "evidence_rows.md").read_text("utf-8")
    assert held == page(), "python -m reports.calibration.evidence_page > docs/evidence_rows.md"


def test_formulas_are_told_to_people_and_machines(capsys):
    assert call(["evidence", "formulas", "attend_first"]) == 0
    assert "0.82 (1 - sup_smith_never)" in capsys.readouterr().out
    assert call(["evidence", "formulas", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told) == len(ROWS) and all(one["holds"] for one in told)
    for name, what in (("trust_speed", "no published figure"), ("atend_first", "evidence formulas")):
        assert call(["evidence", "formulas", name]) == 2
        assert what in capsys.readouterr().err


def test_the_table_has_no_column_that_is_not_read():
    with d.TABLE.open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["parameter", "end", "formula", "of", "figures", "prices", "per", "why"]
