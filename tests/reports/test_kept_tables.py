"""Every key of the manifests and every column of a sweep's tables is declared, so that the page of tables lists it."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest

import peerscale
from calibration.fit.gate import Checked
from calibration.fit.heldout import LeftOut
from calibration.fit.identify import Contraction, Informed, Ridge
from calibration.fit.rank_check import summarise
from calibration.fit.second_opinion import Agreement, Opinion
from calibration.fit.smc import Stage
from calibration.report.diagnose import rank_section, second_section
from peerscale.cli import call
from reports.tables import fitted, kept
from reports.tables.described import paths, undeclared
from scenarios.sweeps import dataset
from sim.numbers.parameters import Parameters

SMALL = {"people": 1000, "years": 1, "draws": 2, "burn_in": 30, "place_size": 1000, "workers": 1, "quiet": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


def test_every_key_of_a_results_folder_is_declared(folder):
    peerscale.run("open_door", out=folder / "run", seed=3, **SMALL)
    (manifest,) = folder.glob("run/open_door/manifest.json")
    assert not undeclared(paths(json.loads(manifest.read_text("utf-8"))), kept.manifest())
    assert not undeclared(paths(json.loads(manifest.with_name("timings.json").read_text("utf-8"))), kept.timings())


def test_every_column_and_key_of_a_sweep_is_declared(folder, capsys):
    small = [f"--{name.replace('_', '-')}={value}" for name, value in SMALL.items() if name != "quiet"]
    vary = ["--vary", "self_referral=0,1", "--vary", "directory=0,0.5", "--design", "one_at_a_time"]
    assert call(["sweep", *vary, *small, "--out", str(folder / "sweep"), "--json"]) == 0
    assert not undeclared(paths(json.loads(capsys.readouterr().out)), kept.sweep_says())
    held = dataset.load(folder / "sweep")
    assert not undeclared(paths(held.manifest), kept.sweep_manifest())
    declared = {one.title.partition(" ")[0].partition("/")[0]: one.columns for one in kept.of_sweeps()[:3]}
    tables = {"worlds": held.worlds(), "points.parquet": held.points(), "parameters": held.parameters()}
    shown = {"self_referral", "directory", "scenario"} | {one.name for one in fields(Parameters)}
    for name, table in tables.items():
        columns = [one for one in table.column_names if one not in shown]
        assert columns == [one.name for one in declared[name] if one.name in columns], name


def test_records_that_calibrate_says_whole_are_declared_whole():
    pairs = (
        (Checked, fitted.GATE),
        (Stage, fitted.STAGE),
        (Contraction, fitted.PARAMETER),
        (Informed, fitted.INFORMED),
        (LeftOut, fitted.LEFT_OUT),
    )
    for record, columns in pairs:
        assert [one.name for one in fields(record)] == [one.name for one in columns]
    assert {one.name for one in fields(Ridge)} == {one.name.removesuffix("[]") for one in fitted.RIDGE}


def test_sections_that_are_made_only_when_asked_for_have_the_columns_declared():
    opinion = Opinion(("a",), np.ones((3, 1)), np.full(3, 1 / 3), 1.0, 9)
    agreement = Agreement(*(1.0 if f.name != "name" else "a" for f in fields(Agreement)))
    ranks = summarise(("a",), np.arange(100)[:, None], 0.99, ())
    for section in (second_section(opinion, [agreement]), rank_section(ranks)):
        assert list(section.columns) == [one.name for one in fitted.DIAGNOSTICS[section.key][1]]
