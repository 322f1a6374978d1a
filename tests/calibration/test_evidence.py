"""The evidence library: what is in it, bad input, choosing among rivals, and the named statistics."""

from __future__ import annotations

import json
import math
import tomllib

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import EVIDENCE
from calibration.library import evidence_library as lib
from calibration.library.plausible import CHECKED, compare
from calibration.library.statistics import STATISTICS, measure, measure_all
from peerscale.cli import call
from peerscale.options import Typed, make_study
from scenarios.reading.rival_evidence import alternatives
from scenarios.reading.scenario import RunSettings
from scenarios.running.sample import sample
from scenarios.running.study import world_parameters
from sim.errors import UserError
from sim.numbers.parameters import quantile, records
from sim.results.result import FIRST_LEVEL, WEEKLY, Measure
from sim.vocabulary import GATES, LONGEST_WAIT, NEEDS, Event

GOOD = {
    "id": "mine",
    "role": "target",
    "statistic": "take_up_when_offered",
    "quantity": "Took up a place",
    "value": "0.6",
    "low": "0.5",
    "high": "0.7",
    "se": "0.05",
    "se_kind": "judged",
    "unit": "share",
    "population": "One town",
    "year": "2024",
    "source": "Our own survey",
    "grade": "published",
    "discrepancy": "0.1",
    "discrepancy_reason": "One town",
    "rival_set": "take_up",
    "informs": "accept_offer",
    "remark": 'says "so", here',
}


def plan(name: str = "second_edition") -> dict:
    return tomllib.loads((EVIDENCE / f"{name}_plan.toml").read_text("utf-8"))


def table(tmp_path, *changes: dict[str, str], without: str = "", name: str = "mine.csv"):
    """A CSV of good rows with one change each."""
    names = [n for n in dict.fromkeys([*GOOD, *(key for change in changes for key in change)]) if n != without]
    lines = [",".join(names)]
    for i, change in enumerate(changes or ({},)):
        row = dict.fromkeys(names, "") | GOOD | {"id": f"mine{i}"} | change
        lines.append(",".join('"' + row[n].replace('"', '""') + '"' for n in names))
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ------------------------------------------------------------------ the shipped library


def test_every_source_id_of_a_parameter_is_a_figure_of_the_library_that_informs_it():
    rows = lib.library()
    for record in records().values():
        for source in record.source_id.split():
            assert record.name in rows[source].informs


def test_no_fitted_figure_was_recalled_and_each_says_what_its_discrepancy_is_for():
    for row in lib.shipped():
        if row.fitted_or_held:
            assert row.grade != "recalled" and row.discrepancy > 0 and row.discrepancy_reason and row.reference


def test_a_parameter_that_a_target_informs_has_a_prior_without_a_peak_at_the_target():
    """A figure that is fitted may not shape the prior as well."""
    fitted = {row.id for row in lib.shipped() if row.role == "target"}
    for record in records().values():
        if fitted & set(record.source_id.split()):
            assert record.prior == "uniform" and record.role == "calibrated", record.name


def test_at_most_a_dozen_are_calibrated_and_some_thirty_carry_priors():
    roles = [record.role for record in records().values()]
    assert roles.count("calibrated") <= 12
    assert 25 <= roles.count("prior") <= 40
    assert all((r.prior == "fixed") == (r.role == "fixed") for r in records().values() if r.role != "value")


def test_a_uniform_prior_is_uniform():
    record = records()["leave_early"]
    assert quantile(record, 0.0) == record.low
    assert quantile(record, 0.25) == pytest.approx(record.low + 0.25 * (record.high - record.low))


UNDEFINED = "sup_befriend_recruit_problem"
"""A share of organisations that could take a volunteer on: in half of the worlds there are none to count it on."""


def test_the_plan_fits_one_of_each_set_of_rivals_and_nothing_that_is_held_back():
    chosen, rows = plan()["targets"], lib.library()
    assert [r.id for r in lib.chosen(rows, "target", chosen["rivals"]) if r.id != UNDEFINED] == sorted(
        chosen["fitted"], key=list(rows).index
    )
    assert {r.id for r in lib.chosen(rows, "validation", chosen["rivals"])} == set(chosen["held_back"])
    assert not set(chosen["fitted"]) & set(chosen["held_back"])
    assert set(plan("shipped")["outputs"]["names"]) <= set(STATISTICS)


def test_what_the_first_plan_fitted_and_held_back_keeps_its_role():
    first, rows = plan("shipped")["targets"], lib.library()
    assert {rows[name].role for name in first["fitted"]} == {"target"}
    assert {rows[name].role for name in first["held_back"]} == {"validation"}
    assert set(first["held_back"]) <= set(plan()["targets"]["held_back"])


# ------------------------------------------------------------------ a researcher's own


def test_a_good_file_joins_in_and_reads_back_as_written(tmp_path):
    path = table(tmp_path)
    row = lib.library([path])["mine0"]
    assert row.remark == 'says "so", here' and row.informs == ("accept_offer",) and row.line == 2
    lib.write([row], tmp_path / "again.csv")
    again = lib.read(tmp_path / "again.csv")[0]
    assert lib.cells(again) == lib.cells(row)


def test_counts_are_read_and_the_first_of_them_follows_where_only_the_second_was_printed():
    rows = lib.library()
    assert rows["sup_ndps_ret6"].counted == (76, 104)
    assert rows["ref_csp_uptake"].counted == (103, 145)  # 71% of 145
    assert rows["dem_bereaved_none"].counted is None


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1)


@settings(max_examples=40, deadline=None)
@given(value=st.floats(0.001, 0.999), se=st.floats(1e-6, 0.5), text=TEXT)
def test_any_number_and_any_text_survive_writing(tmp_path_factory, value, se, text):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    base = lib.library()["ref_csp_uptake"]
    lib.write([lib.Evidence(**{**base.__dict__, "value": value, "se": se, "remark": text})], path)
    row = lib.read(path)[0]
    assert row.value == pytest.approx(value, rel=1e-14) and row.se == pytest.approx(se, rel=1e-14)
    assert row.remark == text


BAD = [
    ({"se": "0"}, "column se", "above zero"),
    ({"se": "-0.1"}, "column se", "above zero"),
    ({"se": ""}, "column se", "needs another se"),
    ({"se_kind": "guess"}, "column se_kind", "needs another"),
    ({"low": "0.7", "high": "0.5"}, "column low, high", "upside down"),
    ({"value": "0.9"}, "column value", "outside its own interval"),
    ({"value": "60", "low": "", "high": ""}, "column value", "needs another value"),
    ({"value": "sixty"}, "column value", "not a number"),
    ({"value": "60%"}, "column value", "not a number"),
    ({"value": "nan"}, "column value", "not a number"),
    ({"value": "1e999"}, "column value", "not a number"),
    ({"value": "", "low": "", "high": ""}, "column value", "no figure"),
    ({"statistic": "take_up_when_ofered"}, "statistic", "no statistic called"),
    ({"statistic": ""}, "statistic", "no statistic called"),
    ({"role": "targets"}, "column role", "no role is called"),
    ({"grade": "good"}, "column grade", "no grade is called"),
    ({"grade": "recalled"}, "column grade", "needs another grade"),
    ({"unit": "%"}, "column unit", "needs another unit"),
    ({"discrepancy": "-1"}, "column discrepancy", "cannot be negative"),
    ({"discrepancy": ""}, "column discrepancy", "needs another discrepancy"),
    ({"discrepancy_reason": ""}, "column discrepancy_reason", "needs another"),
    ({"informs": "accept_ofer"}, "column informs", "no parameter is called"),
    ({"id": ""}, "column id", "has no id"),
    ({"id": "../up"}, "column id", "cannot be used"),
    ({"source": ""}, "column source", "has no source"),
    ({"id": "sup_ndps_ret6"}, "column id", "used twice"),
    ({"n": "0"}, "column n", "cannot be used"),
    ({"bound": "least"}, "column bound", "no bound is called"),
    ({"role": "validation", "informs": "accept_offer"}, "column informs", "needs another informs"),
    ({"of": "0"}, "column of", "cannot be used"),
    ({"of": "12.5"}, "column of", "cannot be used"),
    ({"count": "62"}, "column of", "a count needs"),
    ({"count": "-1", "of": "100"}, "column count", "cannot be used"),
    ({"count": "101", "of": "100"}, "column count", "cannot be used"),
    ({"count": "30", "of": "100"}, "column count", "not what its counts make"),
    ({"people": "0"}, "column people", "cannot be used"),
]


@pytest.mark.parametrize(
    ("change", "where", "what"), BAD, ids=[f"{list(c)[0]}={list(c.values())[0]}" for c, _, _ in BAD]
)
def test_a_bad_row_is_named_with_file_line_and_column(tmp_path, capsys, change, where, what):
    path = table(tmp_path, {}, change)
    assert call(["evidence", "check", str(path)]) == 2
    said = capsys.readouterr().err
    assert what in said and f"{path}, line 3, " in said.replace("\n", " ") and where in said
    assert "Traceback" not in said


FILES = {
    "missing column": (lambda p: table(p, without="se"), "column 'se' is missing"),
    "empty": (lambda p: _file(p, b""), "empty"),
    "blank": (lambda p: _file(p, b"\n \n"), "empty"),
    "header only": (lambda p: _file(p, (",".join(GOOD) + "\n").encode()), "no rows"),
    "binary": (lambda p: _file(p, bytes(range(256))), "not text"),
    "zeros": (lambda p: _file(p, b"id,role\0\n"), "not text"),
    "open quote": (lambda p: _file(p, (",".join(GOOD) + '\n"a,b\n').encode()), "not a CSV"),
    "short row": (lambda p: _file(p, (",".join(GOOD) + "\na,b\n").encode()), "wrong number of columns"),
    "unknown column": (lambda p: _file(p, (",".join([*GOOD, "valeu"]) + "\n").encode()), "no column is called"),
    "column twice": (lambda p: _file(p, (",".join([*GOOD, "value"]) + "\n").encode()), "there twice"),
    "same id twice": (lambda p: table(p, {"id": "a"}, {"id": "a"}), "used twice"),
    "a folder": (lambda p: p, "folder"),
    "not there": (lambda p: p / "none.csv", "no such evidence file"),
}


def _file(folder, content: bytes):
    path = folder / "bad.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_in_one_message(tmp_path, capsys, name):
    make, what = FILES[name]
    assert call(["evidence", "check", str(make(tmp_path))]) == 2
    said = capsys.readouterr().err
    assert what in said and "Traceback" not in said


def test_a_file_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(lib, "LARGEST_BYTES", 10)
    with pytest.raises(UserError, match="too large"):
        lib.read(table(tmp_path))


def test_add_joins_files_whole_or_not_at_all(tmp_path, capsys):
    own = tmp_path / "own.csv"
    assert call(["evidence", "add", str(table(tmp_path)), "--library", str(own)]) == 0
    first = own.read_bytes()
    for bad in ({"id": "mine0"}, {"se": "0", "id": "x"}):
        assert call(["evidence", "add", str(table(tmp_path, bad, name="bad.csv")), "--library", str(own)]) == 2
        assert own.read_bytes() == first
    assert call(["evidence", "add", str(table(tmp_path, {"id": "second"}, name="b.csv")), "--library", str(own)]) == 0
    assert [row.id for row in lib.read(own)] == ["mine0", "second"]
    assert not list(tmp_path.glob(".own*"))


def test_the_shipped_library_is_never_written_to(tmp_path, capsys):
    before = lib.LIBRARY.read_bytes()
    assert call(["evidence", "add", str(table(tmp_path)), "--library", str(lib.LIBRARY)]) == 2
    assert call(["evidence", "add", str(table(tmp_path)), "--library", str(EVIDENCE / "new.csv")]) == 2
    assert lib.LIBRARY.read_bytes() == before and not (EVIDENCE / "new.csv").exists()


def test_text_of_a_researcher_is_shown_as_it_is(tmp_path, capsys):
    path = table(tmp_path, {"remark": "[red]x[/red] =cmd()"})
    assert call(["evidence", "show", "mine0", "--evidence", str(path)]) == 0
    assert "[red]x[/red] =cmd()" in capsys.readouterr().out


def test_commands_speak_to_machines(capsys):
    assert call(["evidence", "list", "--role", "target", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["role"] for row in rows} == {"target"} and rows[0]["low"] is None
    assert call(["evidence", "show", "sup_ndps_ret6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["informs"] == ["leave_early"]
    assert call(["evidence", "statistics", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(STATISTICS)


# ------------------------------------------------------------------ rivals


def test_rivals_have_to_be_chosen_and_all_may_stay():
    rows = lib.library()
    choice = dict(plan()["targets"]["rivals"])
    both = lib.chosen(rows, "target", choice | {"take_up": "all"})
    assert {"ref_csp_uptake", "ref_becca_matched"} <= {row.id for row in both}
    del choice["take_up"]
    with pytest.raises(UserError, match="take_up"):
        lib.chosen(rows, "target", choice)
    for wrong in ({"take_up": "sup_ndps_ret6"}, {"take_ups": "all"}):
        with pytest.raises(UserError):
            lib.chosen(rows, "target", choice | {"take_up": "all"} | wrong)


def test_rivals_name_each_other():
    for name, rows in lib.rivals(lib.library().values()).items():
        assert len(rows) > 1, name


# ------------------------------------------------------------------ statistics


def with_week(result, **columns):
    for name, values in columns.items():
        result.weekly[:, :, WEEKLY.index(name)] = np.asarray(values).reshape(-1, 1)
    return result


def test_every_statistic_is_one_number_a_world():
    found = measure_all(fake_result(fake_shape(worlds=3, areas=(22, 3))), list(STATISTICS))
    assert {name: values.shape for name, values in found.items()} == dict.fromkeys(STATISTICS, (3,))


def test_retention_follows_each_week_s_recruits():
    """Ten recruits a week of whom six are there 26 weeks later; recruits too late to be followed do not count."""
    weeks = np.arange(104)
    result = with_week(
        fake_result(),
        volunteers_recruited=np.where(weeks < 78, 10, 1000),
        volunteers_at_26_weeks=np.where(weeks >= 26, 6, 0),
    )
    assert measure(result, "volunteer_retention_26_weeks") == pytest.approx([0.6] * 4)


def test_retention_of_a_year_is_unknown_in_a_run_of_a_year():
    result = fake_result(fake_shape(weeks=52))
    assert np.isnan(measure(result, "volunteer_retention_52_weeks")).all()


def test_take_up_is_what_is_left_of_offers():
    result = with_week(
        fake_result(), n_offered=np.full(104, 10), n_declined=np.full(104, 3), n_never_came=np.full(104, 1)
    )
    assert measure(result, "take_up_when_offered") == pytest.approx([0.6] * 4)


def test_gate_shares_leave_out_wants_that_have_not_come_to_an_end():
    result = fake_result()
    result.tally[:] = 0
    level = FIRST_LEVEL["needs group"] + NEEDS.index("bereavement")
    for gate, wants in {"existed": 10, "knew": 20, "way_in": 10, "room": 5, "kept": 55}.items():
        result.tally[:, level, Measure.FAILED + GATES.index(gate)] = wants
    result.tally[:, level, [Measure.OPEN, Measure.LEFT, Measure.ALREADY]] = 1_000
    assert measure(result, "bereaved_who_found_no_way") == pytest.approx([0.30] * 4)
    assert measure(result, "bereaved_who_found_nothing") == pytest.approx([0.15] * 4)


def test_carers_who_did_not_know_leaves_out_those_for_whom_nothing_existed_and_those_who_came():
    result = fake_result()
    result.tally[:] = 0
    level = FIRST_LEVEL["needs group"] + NEEDS.index("carers")
    for gate, wants in {"existed": 500, "knew": 30, "asked": 60, "attended": 10, "kept": 400}.items():
        result.tally[:, level, Measure.FAILED + GATES.index(gate)] = wants
    assert measure(result, "carers_who_did_not_know") == pytest.approx([0.30] * 4)


def test_the_wait_for_an_offer_is_counted_from_the_queue_and_gives_up_with_the_person():
    result = fake_result()
    rows = [
        (520, 1, Event.QUEUED),
        (524, 1, Event.OFFERED),
        (530, 2, Event.QUEUED),
        (531, 2, Event.GAVE_UP),
        (540, 2, Event.OFFERED),
        (600, 3, Event.QUEUED),
        (608, 3, Event.OFFERED),
    ]
    result.events = np.array([(week, person, int(kind), 0) for week, person, kind in rows], np.int64)
    found = measure(result, "weeks_to_offer")
    assert found[0] == 6.0 and math.isnan(found[1])


def test_a_short_run_of_the_model_has_every_statistic():
    from scenarios.reading.load import load
    from scenarios.running.study import Study, run_together

    study = Study((22,), people=1_000, draws=2, weeks=60, burn_in=60, place_size=1_000)
    result = run_together([load("today")], study)[0]
    found = measure_all(result, list(STATISTICS))
    held = result.column("volunteers_at_26_weeks").sum()
    assert held <= result.column("volunteers_recruited").sum() + result.column("volunteers").max()
    assert (result.column("groups_open_after_3_years") <= result.column("groups_founded_before_3_years")).all()
    # counts of an area's organisations come to a sample in whole ones, the rest carried on: their running totals are in order
    short, recruiting = (np.cumsum(result.column(f"organisations_{name}"), axis=0) for name in ("short", "recruiting"))
    assert (short <= recruiting + 1).all() and recruiting[-1].sum() > 0
    assert (result.column("carers_used_last_year") <= result.column("carers")).all()
    assert 0.05 < (result.column("carers") / result.column("adults")).mean() < 0.15
    assert np.isfinite(found["carers_used_last_year"]).all()
    for name in (name for name, s in STATISTICS.items() if s.unit == "share"):
        assert np.all(np.isnan(found[name]) | ((found[name] >= 0) & (found[name] <= 1))), name


# ------------------------------------------------------------------ plausible today


def test_nothing_held_back_is_shown_beside_the_baseline():
    rows = lib.library()
    for statistic, ids in CHECKED.items():
        assert all(rows[id_].role == "target" and rows[id_].statistic == statistic for id_ in ids)


def test_figures_in_other_units_than_shares_are_told_in_theirs(capsys):
    from peerscale.commands.plausible import _cells

    result = with_week(fake_result(), in_groups=np.full(104, 120), groups=np.full(104, 10))
    told = {check.id: _cells(check) for check in compare(result, lib.library())}["sup_group_size"]
    assert told[1] == "14 people" and told[3].startswith("12 people") and told[4].startswith("-2 people")


def test_weeks_waited_are_counted_over_everybody():
    result = fake_result()
    result.waits = np.zeros((len(result.shape.worlds) * len(result.shape.areas), 2, LONGEST_WAIT + 1), np.int64)
    result.waits[:, 0, 3], result.waits[:, 1, 8] = 4, 3
    assert measure(result, "weeks_waited") == pytest.approx([3.0] * 4)


def test_the_distance_counts_both_the_error_and_the_discrepancy():
    """0.71 with error 0.0377 and discrepancy 0.1 against 0.6: 11 points low, one standard deviation."""
    result = with_week(
        fake_result(), n_offered=np.full(104, 10), n_declined=np.full(104, 3), n_never_came=np.full(104, 1)
    )
    checks = {check.id: check for check in compare(result, lib.library())}
    one = checks["ref_csp_uptake"]
    assert one.off == pytest.approx(-0.11) and one.sds == pytest.approx(-0.11 / math.hypot(0.0377, 0.1))
    assert one.verdict == "within" and checks[""].verdict == "no published figure"
    far = with_week(result, n_declined=np.full(104, 9))
    assert {c.id: c.verdict for c in compare(far, lib.library())}["ref_csp_uptake"] == "too far off"


def test_the_plausible_command_reports_to_people_machines_and_pages(capsys):
    small = [
        "--people",
        "1000",
        "--years",
        "1",
        "--draws",
        "2",
        "--burn-in",
        "60",
        "--place-size",
        "1000",
        "--workers",
        "1",
    ]
    assert call(["plausible", *small, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {c["id"] for c in found["checks"]} > {"sup_ndps_ret6", ""}
    assert call(["plausible", *small, "--markdown"]) == 0
    page = capsys.readouterr().out
    assert "no published figure" in page and "knew the model's levels" in page
    assert call(["plausible", "--people", "-1"]) == 2


def test_rival_evidence_takes_the_place_of_what_is_used_and_is_said():
    study = make_study(Typed(rivals=("wants_are_short", "young_groups_fold_sooner")), RunSettings())
    values = world_parameters(study, study.worlds[:3])
    assert dict(study.fixed)["want_length_weeks"] == records()["want_length_weeks"].low
    assert set(values.want_length_weeks.tolist()) == {records()["want_length_weeks"].low}
    assert "Rival evidence: young groups fold sooner; wants are short." in sample(study)
    assert "Rival" not in sample(make_study(Typed(), RunSettings()))


@pytest.mark.parametrize(
    ("names", "said"),
    [(["wants_are_shrot"], "wants_are_short"), (["wants_are_short", "wants_are_long"], "the same question")],
)
def test_rival_evidence_that_cannot_be_used_is_one_message(names, said, capsys):
    assert call(["run", *(part for name in names for part in ("--rival", name))]) == 2
    assert said in capsys.readouterr().err


def test_every_rival_is_listed_with_what_it_holds_and_rests_on(capsys):
    assert call(["evidence", "rivals"]) == 0
    told = capsys.readouterr().out
    assert all(one.name in told and one.words in told for one in alternatives().values())
    assert "weeks: 20" in told
