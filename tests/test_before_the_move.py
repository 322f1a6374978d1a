"""What was made before the code was laid out again is read, or refused with what to do; and nothing of it is lost.

`old/before_the_move.zip` was written by the code before (commit 4933abf): `peerscale run today mine/own.toml --out results`, a
folder of scenario files of one's own, share links, and what that code said of all three.
"""

import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

import peerscale
from dashboards.asked.link import decode
from peerscale.cli import call
from scenarios.reading.load import as_dict, load
from sim.errors import UserError

OLD = Path(__file__).parent / "old" / "before_the_move.zip"
TOLD = json.loads(zipfile.ZipFile(OLD).read("told.json"))
LINKS = TOLD["links"]
SMALL = [
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


@pytest.fixture
def old(tmp_path):
    with zipfile.ZipFile(OLD) as kept:
        kept.extractall(tmp_path)
    return tmp_path


def content(folder):
    """Every file of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def told(capsys, *arguments):
    code = call([str(a) for a in arguments])
    text = capsys.readouterr()
    return code, text.out, text.err


# ------------------------------------------------------------------ results folders


def test_results_of_the_first_edition_are_refused_and_left_whole(old, capsys):
    """The same names mean something else: they are neither read nor compared."""
    before = content(old / "results" / "own")
    with pytest.raises(UserError, match="first edition"):
        peerscale.load(old / "results" / "today", old / "results" / "own")
    code, _, err = told(capsys, "compare", old / "results" / "today", old / "results" / "own")
    assert code == 2 and "first edition" in err and "run the scenario again" in err
    assert content(old / "results" / "own") == before


def test_a_run_into_a_folder_of_old_results_is_refused_and_leaves_it_whole(old, capsys):
    before = content(old / "results" / "today")
    code, _, err = told(capsys, "run", "today", *SMALL, "--out", old / "results")
    assert code == 2 and "holds another run" in err and "code:" in err and "--out with another name" in err
    assert content(old / "results" / "today") == before


def test_old_results_and_new_ones_are_not_compared_and_the_message_says_why(old, capsys):
    assert told(capsys, "run", "today", *SMALL, "--out", old / "new", "--json")[0] == 0
    code, _, err = told(capsys, "compare", old / "results" / "today", old / "new" / "today")
    assert code == 2 and "first edition" in err and "run the scenario again" in err


# ------------------------------------------------------------------ scenario files


def test_a_folder_of_old_scenario_files_says_what_it_said(old):
    assert as_dict(load(old / "mine" / "own.toml")) == TOLD["policy"]


def test_old_scenario_files_are_found_from_beside_their_folder(old, monkeypatch, capsys):
    monkeypatch.chdir(old)
    code, out, _ = told(capsys, "scenarios", "validate", "mine/own.toml", "mine/base_of_ours.toml")
    assert code == 0 and out.count("good") == 2


# ------------------------------------------------------------------ share links


@pytest.mark.parametrize("name", [name for name in LINKS if not name.startswith("chart ")])
def test_an_old_link_asks_for_what_it_asked_for(name):
    asked, notes = decode(LINKS[name]["link"])
    now = json.loads(json.dumps(asdict(asked)))
    was = LINKS[name]["asked"]
    assert notes == [] and {key: now[key] for key in was if key != "chart"} == {
        k: v for k, v in was.items() if k != "chart"
    }


def test_every_chart_of_an_old_link_is_a_chart_of_its_own_still():
    links = [one["link"] for name, one in LINKS.items() if name.startswith("chart ")]
    read = [decode(link) for link in links]
    assert all(notes == [] for _, notes in read)
    assert len({asked.chart for asked, _ in read}) == len(links)
