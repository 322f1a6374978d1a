"""The page of tables says what the code declares, and every column and key that is written is declared."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result
from make_golden import path_of
from posteriors import FIRST

from reports import as_json, frames, ledger
from reports.questions import behaviours, explain, relief
from reports.tables import others, results, studies
from reports.tables.described import Column, paths, undeclared
from reports.tables.page import everything, page
from scenarios.evidence.output_evidence import OutputEvidence
from scenarios.questions.behaviours import BEHAVIOURS, Found
from scenarios.questions.explain import Ledger, Share
from scenarios.questions.relief import SHOWN, Gain
from scenarios.reading.load import load
from scenarios.running.posterior import PRIORS
from scenarios.running.study import Study, run_together, world_parameters
from scenarios.running.tables import make_tables, parameter_table
from scenarios.worth.pilot import MEASURES, Pilot, Power
from sim.results import summary

ROOT = Path(__file__).parents[2]
WRITTEN = {one.title: one for _, some in everything() for one in some}


def names(columns: tuple[Column, ...]) -> list[str]:
    return [one.name for one in columns]


def test_the_page_is_what_the_code_declares():
    said = (ROOT / "docs" / "tables.md").read_text("utf-8")
    assert said == page(), "make it again: python -m reports.tables.page > docs/tables.md"


def test_every_column_of_a_results_folder_is_declared_in_its_order():
    study = Study((22,), 1000, 1, weeks=27, burn_in=8, place_size=1000, posterior=PRIORS)
    result = run_together([load("today")], study)[0]
    drawn = parameter_table(world_parameters(study, result.shape.worlds), result.shape.worlds)
    written = make_tables(result) | {"parameters": drawn}
    declared = {one.title.removesuffix(".parquet"): names(one.columns) for one in results.folder()}
    assert {name: list(columns) for name, columns in written.items()} == declared


def test_every_key_that_run_and_compare_say_is_declared():
    scenarios, runs = [load("today"), load("open_door")], [fake_result(), fake_result(lift=40)]
    said, compared, money = studies.written()
    whole = as_json.study(scenarios, runs, "made up")
    assert not undeclared(paths(whole), said.columns)
    about = {"a": "one", "b": "two", "sample": "", "status": ""}
    assert not undeclared(paths(about | as_json.change(*runs)), compared.columns)
    assert not undeclared(paths([ledger.document("kept", "today", one) for one in runs]), money.columns)


def test_every_column_of_the_tables_in_python_is_declared_in_its_order():
    pytest.importorskip("pandas")
    study = Study((22,), 1000, 4)
    pairs = [("today", fake_result()), ("open_door", fake_result(lift=40))]
    worlds = pairs[0][1].shape.worlds
    drawn = parameter_table(world_parameters(study, worlds), worlds)
    made = {
        "headline()": frames.headline(pairs),
        "differences()": frames.differences(pairs),
        "groups()": frames.groups(pairs),
        "cascade()": frames.cascade(pairs),
    }
    assert {name: list(table.columns) for name, table in made.items()} == {
        name: names(WRITTEN[name].columns) for name in made
    }
    before = names(WRITTEN["worlds()"].columns)[:-1]
    assert list(frames.worlds(pairs, [drawn, drawn]).columns) == before + names(
        results.parameters()[len(results.WORLD) :]
    )


def test_every_key_of_an_answer_is_declared():
    runs = fake_result(), fake_result(lift=40)
    ledger = Ledger(
        "available",
        "a",
        "b",
        np.ones(4),
        (Share("directory", np.ones(4), 0.0),),
        2,
        True,
        {"directory": ("directory",)},
    )
    assert not undeclared(
        paths({"sample": "", **explain.as_dict(ledger, *runs)}), WRITTEN["peerscale explain --json"].columns
    )
    pairs = {name: summary.difference(*runs)[name] for name in SHOWN}
    gains = relief.as_dict([Gain(("knew",), "everybody knows", pairs)])
    assert not undeclared(
        paths({"scenario": "", "sample": "", "gates": gains}), WRITTEN["peerscale relief --json"].columns
    )
    found = behaviours.as_dict(Found(BEHAVIOURS[0], np.ones(4), np.zeros(4)))
    assert not undeclared(paths({"sample": "", "behaviours": [found]}), WRITTEN["peerscale behaviours --json"].columns)


@pytest.mark.parametrize("name", ["posterior", "outputs", "fit"])
def test_every_key_of_a_posterior_is_declared(name):
    content = json.loads((FIRST / f"{name}.json").read_text("utf-8"))
    assert not undeclared(paths(content), WRITTEN[f"{name}.json of peerscale calibrate"].columns)


def test_records_that_are_written_whole_are_declared_whole():
    for record, declared in ((OutputEvidence, others.OUTPUT), (Power, others.POWER), (Pilot, others.SIZE)):
        assert [field.name for field in fields(record)] == names(declared)
    assert all(measure in others.POWER[0].meaning for measure in MEASURES)


def test_golden_tables_have_the_columns_declared():
    head = path_of("today").read_text("utf-8").splitlines()[0]
    assert head.split(",") == names(WRITTEN["tests/golden/*.csv"].columns)


def test_every_column_has_a_meaning_and_no_table_one_twice():
    for one in WRITTEN.values():
        assert all(column.meaning for column in one.columns)
        assert len(set(names(one.columns))) == len(one.columns), one.title


def test_what_is_not_declared_is_found():
    declared = (Column("levers[].lever", "x"), Column("drift.<stock>", "x"), Column("who.worst", "x"))
    assert undeclared(paths({"levers": [{"lever": "a", "mean": 1}]}), declared) == ["levers[].mean"]
    assert not undeclared(paths({"levers": [], "drift": {"adults": 0.1}, "who": None}), declared)
    assert paths({"a": {"median": 1, "low": 1, "high": 1, "worlds": 1, "of": 1}}) == {"a"}
