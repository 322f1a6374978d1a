"""`import peerscale`: the same answers as the command line, as tables; and one clear message for what a person can put right."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result

import peerscale
from peerscale.cli import call
from scenarios.running import worlds as running
from scenarios.running.store import checksum, read_manifest
from scenarios.running.study import make_shape
from scenarios.running.tables import TABLES, make_tables
from scenarios.running.worlds import pack
from sim.errors import Several
from sim.version import VERSION

SMALL = {"people": 1_000, "draws": 2, "years": 0.6, "burn_in": 30, "place_size": 1_000, "workers": 1, "quiet": True}
TYPED = [
    "--people",
    "1000",
    "--draws",
    "2",
    "--years",
    "0.6",
    "--burn-in",
    "30",
    "--place-size",
    "1000",
    "--workers",
    "1",
]
SETTINGS = {"draws": 6, "years": 2, "workers": 1, "quiet": True}


@pytest.fixture
def engine(monkeypatch):
    """An engine that answers at once; what a policy lifts is read from one lever."""

    def go_on(batch, task, start, folder, tell):
        lift = int(40 * (task.policy.levers["self_referral"] - 0.5))
        return pack(fake_result(make_shape(batch.study, batch.worlds), lift))

    monkeypatch.setattr(running, "settle_batch", lambda batch, policy, tell: b"")
    monkeypatch.setattr(running, "go_on_batch", go_on)


@pytest.fixture(scope="module")
def small():
    return peerscale.run("open_door", **SMALL)


def printed(capsys, *arguments):
    assert call([str(a) for a in arguments]) == 0
    return json.loads(capsys.readouterr().out)


# ------------------------------------------------------------------ the command and the call


def test_a_call_and_the_command_give_the_same_answer(small, capsys):
    assert small.as_dict() == printed(capsys, "run", "open_door", *TYPED, "--json")


def test_a_call_and_the_command_write_the_same_tables(small, capsys, tmp_path):
    small.save(tmp_path / "call")
    printed(capsys, "run", "open_door", *TYPED, "--out", tmp_path / "typed", "--json")
    for name in ("today", "open_door"):
        kept, typed = (read_manifest(tmp_path / by / name) for by in ("call", "typed"))
        assert kept == typed
        assert kept["checksum"] == typed["checksum"] and kept["files"] == typed["files"]


def test_levers_of_a_call_are_those_of_set(engine, capsys):
    found = peerscale.run(peerscale.scenario("today", self_referral=1, mode_diagnosis="opt_out"), **SETTINGS)
    settings = ["--set", "self_referral=1", "--set", "mode_diagnosis=opt_out"]
    typed = printed(capsys, "run", "today", *settings, "--draws", 6, "--years", 2, "--workers", 1, "--json")
    assert found.as_dict() == typed


def test_compare_gives_what_the_command_gives(small, capsys, tmp_path):
    small.save(tmp_path)
    a, b = tmp_path / "today", tmp_path / "open_door"
    typed = printed(capsys, "compare", a, b, "--json")
    assert {"a": str(a), "b": str(b), **peerscale.compare(a, b).change()} == typed
    assert peerscale.compare(small["today"], small["open_door"]).change() == peerscale.compare(a, b).change()


def test_a_folder_of_runs_is_gone_on_with(engine, tmp_path):
    first = peerscale.run("open_door", out=tmp_path, **SETTINGS)
    again = peerscale.run("open_door", out=tmp_path, **SETTINGS)
    assert again.as_dict() == first.as_dict()


# ------------------------------------------------------------------ a result


def test_what_was_saved_is_read_back_the_same(small, tmp_path):
    folders = small.save(tmp_path / "r")
    back = peerscale.load(*folders)
    assert back.names == ["today", "open_door"] and back.as_dict() == small.as_dict()
    assert back.worlds().equals(small.worlds()) and back.levers().equals(small.levers())
    (copy,) = back["open_door"].save(tmp_path / "elsewhere")
    assert peerscale.load(copy).worlds().equals(small["open_door"].worlds())


def test_worlds_have_outcomes_and_the_parameters_they_ran_with(small):
    found = small.worlds()
    assert list(found.columns[:4]) == ["scenario", "world", "draw", "replicate"] and len(found) == 4
    assert not found.columns.duplicated().any()
    assert set(peerscale.parameters().query("role == 'prior'")["name"]) <= set(found.columns)
    today, other = (found[found["scenario"] == name] for name in small.names)
    assert today["want_prevalence"].tolist() == other["want_prevalence"].tolist()


def test_the_headline_is_the_median_of_the_worlds(engine):
    found = peerscale.run("open_door", **SETTINGS)
    headline = found.headline().set_index(["scenario", "outcome"])
    worlds = found.worlds().groupby("scenario")
    assert headline.loc[("open_door", "available"), "median"] == pytest.approx(
        worlds["available"].median()["open_door"]
    )
    assert set(headline.reset_index()["outcome"]) <= set(found.worlds().columns)
    assert headline.loc[("today", "gbp_per_start"), "unit"].startswith("GBP")


def test_differences_are_paired_by_world(engine):
    found = peerscale.run("open_door", **SETTINGS)
    row = found.differences().set_index("outcome").loc["available"]
    assert (row["scenario"], row["against"], row["higher"], row["lower"]) == ("open_door", "today", 6, 0)
    apart = found.worlds().pivot(index="world", columns="scenario", values="available")
    assert row["median"] == pytest.approx((apart["open_door"] - apart["today"]).median())
    assert found["today"].differences().empty


@pytest.mark.parametrize("name", TABLES)
def test_each_table_of_the_folder_is_a_table_of_the_result(small, name):
    found = small.table(name)
    for policy in small.names:
        rows = found[found["scenario"] == policy].drop(columns="scenario")
        columns = {c: rows[c].to_numpy() for c in rows.columns}
        assert checksum({name: columns}) == checksum({name: make_tables(small.counts[policy])[name]})


@pytest.mark.parametrize("name", ["headline", "differences", "worlds", "groups", "cascade", "levers", *TABLES])
def test_every_column_of_a_table_is_described(small, name):
    found = small.table(name) if name in TABLES else getattr(small, name)()
    described = set(small.columns(name)["name"])
    others = {"<parameter>": peerscale.parameters()["name"], "<lever>": peerscale.levers()["name"]}
    known = described.union(*(names for word, names in others.items() if word in described))
    assert set(found.columns) <= known


def test_groups_and_the_cascade_add_up(small):
    cascade = small.cascade().groupby("scenario")["share"].sum()
    assert cascade.to_numpy() == pytest.approx(np.ones(2))
    assert {"deprivation fifth", "age", "needs group"} <= set(small.groups()["dimension"])


def test_a_notebook_shows_a_page_and_its_texts_are_escaped(engine):
    policy = peerscale.scenario("today", title="<script>alert(1)</script>", self_referral=1, name="mine")
    page = peerscale.run(policy, **SETTINGS)._repr_html_()
    assert "&lt;script&gt;" in page and "<script" not in page
    assert "illustrative: no local inventory" in page and "Offered is not helped" in page and "6 / 0 worlds" in page


def test_a_picture_is_shown_and_kept_and_leaves_the_users_own_pictures_alone(engine, tmp_path):
    import matplotlib

    before = matplotlib.rcParams["backend"]
    picture = peerscale.run("open_door", **SETTINGS).plot(tmp_path / "p.svg")
    assert (tmp_path / "p.svg").read_text("utf-8").lstrip().startswith("<?xml")
    assert picture._repr_png_().startswith(b"\x89PNG") and len(picture.figure.axes) == 2
    assert matplotlib.rcParams["backend"] == before


# ------------------------------------------------------------------ policies, and what can be named


def test_a_policy_has_the_name_that_it_was_given_or_one_of_its_levers():
    assert peerscale.scenario("today", self_referral=0.5).name == "today_self_referral_0_5"
    mine = peerscale.scenario("open_door", name="mine", question="What then follows?", link_workers=np.int64(1))
    assert (mine.name, mine.title, mine.question, mine.levers["link_workers"]) == (
        "mine",
        "Mine",
        "What then follows?",
        1.0,
    )


def test_a_lever_replaces_its_changes_over_time():
    base = peerscale.scenario("funding_cliff")
    moved = {name for change in base.changes for name in change.levers}
    name = min(name for name in moved if base.levers[name] <= 1)
    mine = peerscale.scenario(base, name="steady", **{name: base.levers[name]})
    assert name not in {lever for change in mine.changes for lever in change.levers}


def test_tables_say_what_can_be_named(capsys):
    levers = peerscale.levers()
    assert {"name", "label", "unit", "low", "high", "today", "source"} <= set(levers.columns)
    assert levers["name"].tolist() == [row["name"] for row in printed(capsys, "levers", "--json")]
    assert peerscale.areas().to_dict("records") == printed(capsys, "areas", "--json")
    assert peerscale.parameters()["name"].tolist() == [row["name"] for row in printed(capsys, "parameters", "--json")]


def test_the_page_can_be_followed(engine, tmp_path, monkeypatch):
    """Every block of Python in docs/python.md, in order, but for the script with its guard."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scenarios.running.pool.cores", lambda: 1)
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "__main__" not in block]
    names = {"__name__": "page"}
    for block in blocks:
        exec(block, names)
    assert names["result"].names == ["today", "open_door", "mine"] and names["change"].names == ["today", "mine"]
    assert names["easy"].names == ["today_own_agents"] and (tmp_path / "results" / "mine").is_dir()


def test_a_run_with_agents_of_ones_own_differs_by_them_only_and_is_not_kept(tmp_path):
    from sim.agents.model import Agents
    from sim.agents.person import Person

    class Unchanged(Person):
        """As usual."""

    class Silent(Person):
        """Somebody who would choose nothing."""

        def would_choose(self, offer):
            return False

    more = SMALL | {"people": 4_000}  # so that somebody starts
    usual, same, silent = (
        peerscale.run("today", agents=Agents(person=kind), **more) for kind in (Person, Unchanged, Silent)
    )
    assert same.worlds().equals(usual.worlds())
    assert same.worlds()["available"].equals(peerscale.run("today", **more).worlds()["available"])
    assert silent.worlds()["starts_per_want"].max() < usual.worlds()["starts_per_want"].max()
    for keep in (lambda: usual.save(tmp_path), lambda: peerscale.run("today", agents=Agents(), out=tmp_path, **SMALL)):
        with pytest.raises(peerscale.UserError, match="is not kept"):
            keep()


# ------------------------------------------------------------------ what a person can put right

WRONG = [
    (lambda: peerscale.run("tody"), "no scenario is called", "today"),
    (lambda: peerscale.run(people=5), "people is out of range", "people=10000"),
    (lambda: peerscale.run(people="lots"), "not a valid integer", "whole number"),
    (lambda: peerscale.run(people=True), "not a valid integer", "whole number"),
    (lambda: peerscale.run(draws=2.5), "not a valid integer", "whole number"),
    (lambda: peerscale.run(years="five"), "years is not a number", "years=5"),
    (lambda: peerscale.run(years=31), "years is out of range", "years=5"),
    (lambda: peerscale.run(areas=["bnsg"]), "no area is called", "bnssg"),
    (lambda: peerscale.run(areas=[]), "no area is named", "areas bnssg"),
    (lambda: peerscale.run(areas=3), "areas are named by texts", "peerscale.areas()"),
    (lambda: peerscale.run(workers=-1), "workers is out of range", "workers=0"),
    (lambda: peerscale.run(engine="meas"), "no engine is called", "engine mesa"),
    (lambda: peerscale.run(rivals="nobody"), "no rival evidence is called", "peerscale evidence rivals"),
    (lambda: peerscale.run(inventory="no_such.csv"), "no_such.csv", ""),
    (lambda: peerscale.run(3), "no scenario is called '3'", "scenarios list"),
    (lambda: peerscale.run("today", "today"), "named twice", "leave one out"),
    (lambda: peerscale.scenario("today", link_worker=1), "unknown key 'link_worker'", "link_workers"),
    (lambda: peerscale.scenario("today", self_referral="yes"), "self_referral is a number", "0 to 1"),
    (lambda: peerscale.scenario("today", name="My policy!"), "the name cannot be used", "small letters"),
    (lambda: peerscale.scenario("today", title=" " * 200), "title cannot be used", "up to 120 letters"),
    (lambda: peerscale.scenario("today", question="And then"), "question cannot be used", "question mark"),
    (lambda: peerscale.solve("halff"), "no goal", "half"),
    (lambda: peerscale.load("nowhere"), "not a results folder", "nothing there"),
    (lambda: peerscale.compare("nowhere", "nowhere"), "not a results folder", "nothing there"),
]


@pytest.mark.parametrize(("call_", "what", "hint"), WRONG, ids=[words for _, words, _ in WRONG])
def test_bad_input_is_one_message_in_words_of_python(call_, what, hint):
    with pytest.raises(peerscale.UserError) as refused:
        call_()
    said = str(refused.value)
    assert what in said and hint in said and "--" not in said


def test_all_that_is_wrong_with_levers_is_said_together():
    with pytest.raises(Several) as refused:
        peerscale.scenario("today", self_referral=7, directory=-1)
    assert len(refused.value.found) == 2


def test_results_of_other_settings_are_not_compared(engine):
    one, two = (peerscale.run("today", **(SETTINGS | {"seed": seed})) for seed in (1, 2))
    with pytest.raises(peerscale.UserError, match="do not share their people and luck"):
        peerscale.compare(one, two)


def test_a_result_names_what_it_has(engine, tmp_path):
    found = peerscale.run("open_door", **SETTINGS)
    for wrong, hint in ((lambda: found["opendoor"], "open_door"), (lambda: found.table("week"), "weekly")):
        with pytest.raises(peerscale.UserError, match=hint):
            wrong()
    with pytest.raises(peerscale.UserError, match="one policy with another"):
        peerscale.compare(found, found)
    with pytest.raises(peerscale.UserError, match="kind is not known"):
        found.plot(tmp_path / "p.pdf")
    (tmp_path / "today").mkdir()
    (tmp_path / "today" / "notes.txt").write_text("mine")
    with pytest.raises(peerscale.UserError, match="not a results folder"):
        found.save(tmp_path)
    assert (tmp_path / "today" / "notes.txt").read_text() == "mine"


# ------------------------------------------------------------------ what importing costs

HELP = {
    "calibration",
    "calibration.extras",
    "peerscale",
    "peerscale.cli",
    "peerscale.commands",
    "peerscale.commands.calibrate",
    "peerscale.commands.evidence",
    "peerscale.given",
    "peerscale.given_types",
    "peerscale.signatures",
    "peerscale.signatures.atlas",
    "peerscale.signatures.levers",
    "peerscale.signatures.local",
    "peerscale.signatures.many",
    "peerscale.needs",
    "peerscale.signatures.questions",
    "peerscale.stopping",
    "peerscale.streams",
    "peerscale.waiting",
    "scenarios",
    "scenarios.reading",
    "scenarios.reading.scenario",
    "scenarios.running",
    "scenarios.running.durations",
    "sim",
    "sim.errors",
    "sim.version",
}
"""Modules of ours that `--help` reads."""
HEAVY = {"numpy", "pandas", "numba", "matplotlib", "pyarrow", "pydantic", "mesa", "scipy", "solara"}


def loaded(code):
    """Modules that a fresh Python has after some code."""
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_reads_these_modules_and_nothing_heavy():
    found = loaded("from peerscale.cli import call; call(['--help'])")
    rooms = ("peerscale", "sim", "calibration", "scenarios", "reports", "dashboards")
    assert {name for name in found if name.split(".")[0] in rooms} == HELP
    assert not found & HEAVY


def test_importing_reads_nothing_before_it_is_used():
    ours = {"sim", "scenarios", "reports", "calibration"}
    assert not loaded("import peerscale; dir(peerscale)") & (HEAVY | ours)
    assert not loaded("import peerscale; peerscale.__version__") & HEAVY


def test_every_public_name_is_there():
    assert {"run", "compare", "load", "solve", "scenario", "areas", "levers", "parameters"} <= set(peerscale.__all__)
    assert all(getattr(peerscale, name) is not None for name in peerscale.__all__)
    assert set(peerscale.__all__) <= set(dir(peerscale)) and peerscale.__version__ == VERSION
    with pytest.raises(AttributeError):
        peerscale.rum  # noqa: B018 - a name that is not there


def test_the_version_is_said(capsys):
    assert call(["--version"]) == 0
    assert capsys.readouterr().out.startswith(f"peerscale {VERSION}")
