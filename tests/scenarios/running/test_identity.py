"""What makes two runs the same: all code and tables behind a figure, and every setting; results that differ are not mixed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from posteriors import of_this_model

from peerscale.cli import call
from scenarios.reading.load import load
from scenarios.running import identity, store
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.posterior import choose
from scenarios.running.study import Study

ROOT = Path(__file__).parents[3]
CANNOT_CHANGE_A_FIGURE = {
    "calibration/extras.py": "what to install",
    "calibration/fit/trouble.py": "messages",
    "calibration/library/evidence_checks.py": "refuses bad rows",
    "calibration/library/evidence_library.py": "reads evidence; what a rival holds is in the identity",
    "calibration/library/evidence_record.py": "reads evidence; what a rival holds is in the identity",
    "calibration/library/statistics.py": "names of statistics, for the checks of evidence",
    "calibration/whole.py": "writing files",
    "scenarios/reading/rivals.py": "rivals by name; what one holds is in the identity",
    "scenarios/running/effect.py": "refuses what cannot take effect",
    "scenarios/reading/files.py": "finds scenario files; what they say is in the identity",
    "scenarios/reading/lines.py": "lines, for messages",
    "scenarios/running/model_code.py": "hashes",
    "sim/results/words.py": "words",
    "sim/results/caveats.py": "words",
    "scenarios/reading/write.py": "the policy as tables; these are in the identity",
}
ENTRANCES = (
    "scenarios.running.many",
    "scenarios.reading.load",
    "scenarios.reading.inventory",
    "scenarios.reading.own_area",
)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reached() -> set[str]:
    """Files of the model, the calibration and the scenarios that running a scenario may come by."""
    found: set[str] = set()
    todo = list(ENTRANCES)
    while todo:
        path = ROOT / (todo.pop().replace(".", "/") + ".py")
        name = str(path.relative_to(ROOT))
        if path.is_file() and name not in found:
            found.add(name)
            todo += [m for m in imports(path) if m.split(".")[0] in ("sim", "calibration", "scenarios")]
    return found


def test_all_code_behind_a_figure_is_in_the_hash():
    hashed = {str(path.relative_to(ROOT)) for name in identity.FIGURES for path in identity._files(ROOT / name)}
    assert reached() - hashed == set(CANNOT_CHANGE_A_FIGURE), "new code: into identity.FIGURES, or say why not"


def test_moving_a_file_changes_nothing_and_a_changed_rule_does(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "sim", tmp_path / "sim")
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    monkeypatch.setattr(identity, "FIGURES", ("sim",))
    before = identity.code.__wrapped__()
    (tmp_path / "sim" / "rules" / "elsewhere").mkdir()
    (tmp_path / "sim" / "draws.py").rename(tmp_path / "sim" / "rules" / "elsewhere" / "luck.py")
    assert identity.code.__wrapped__() == before
    rule = next((tmp_path / "sim" / "rules").glob("*.py"))
    rule.write_text(rule.read_text("utf-8") + "X = 1\n", "utf-8")
    assert identity.code.__wrapped__() != before


TINY = [
    "--people",
    "1000",
    "--place-size",
    "1000",
    "--years",
    "0.6",
    "--draws",
    "12",
    "--replicates",
    "1",
    "--workers",
    "1",
]
OTHERS = {
    "--posterior": (["--posterior", "of this model"], "posterior"),
    "--people": (["--people", "2000"], "people"),
    "--rival": (["--rival", "support_eases_loneliness_more"], "rival"),
    "--burn-in": (["--burn-in", "8"], "burn-in"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """`today` and `everyone` with the same options, then `today` with one option different each."""
    home = tmp_path_factory.mktemp("kept")
    assert call(["run", "today", "everyone", *TINY, "--burn-in", "30", "--out", str(home / "a")]) == 0
    own = str(of_this_model(home / "own"))
    for name, (options, _) in OTHERS.items():
        options = [own if word == "of this model" else word for word in options]
        given = dict(zip(TINY[::2], TINY[1::2], strict=True)) | {"--burn-in": "30"} | dict([options])
        assert (
            call(["batch", "today", *(word for pair in given.items() for word in pair), "--out", str(home / name)]) == 0
        )
    return home


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("command", ["case", "compare", "batch"])
def test_folders_that_differ_in_more_than_the_policy_are_refused_with_what_differs(
    kept, tmp_path, capsys, name, command
):
    """Shared cases 04 and 09: 47,975 pounds for one QALY became 31,114 to 56,448, and nothing was said."""
    mine, other = str(kept / "a" / "everyone"), str(kept / name / "today")
    asked = {
        "case": ["case", mine, "--against", other, "--out", str(tmp_path / "case.html")],
        "compare": ["compare", other, mine],
        "batch": ["batch", "today", *TINY, "--burn-in", "30", "--out", str(kept / name)],
    }[command]
    capsys.readouterr()
    assert call(asked) == 2
    said = capsys.readouterr().err
    assert OTHERS[name][1] in said and "Traceback" not in said and not (tmp_path / "case.html").exists()


def test_a_case_from_kept_runs_says_what_was_simulated_like_one_that_runs(kept, tmp_path, capsys):
    page = tmp_path / "case.html"
    assert call(["case", str(kept / "a" / "everyone"), "--against", str(kept / "a" / "today"), "--out", str(page)]) == 0
    sample = store.read(kept / "a" / "today").manifest["sample"]
    assert "12 worlds" in sample and "posterior" in sample and sample.split(".")[0] in page.read_text("utf-8")


def test_a_folder_of_other_code_is_refused_by_name(kept, capsys, monkeypatch):
    monkeypatch.setattr(identity, "code", lambda: "f" * 64)
    capsys.readouterr()
    assert call(["batch", "today", "open_door", *TINY, "--burn-in", "30", "--out", str(kept / "a")]) == 2
    assert "code" in capsys.readouterr().err


def test_a_damaged_table_is_made_again_and_the_rest_is_kept(kept, capsys):
    folder = kept / "a"
    whole = {p.name: p.read_bytes() for p in (folder / "today").iterdir()}
    was = (folder / "everyone" / "manifest.json").stat().st_mtime_ns
    (folder / "today" / "wants.parquet").write_bytes(b"PAR1")
    capsys.readouterr()
    assert call(["run", "today", "everyone", *TINY, "--burn-in", "30", "--out", str(folder)]) == 0
    assert "1 of 2 are already in" in capsys.readouterr().err
    assert {n: b for n, b in whole.items() if n != "timings.json"} == {
        p.name: p.read_bytes() for p in (folder / "today").iterdir() if p.name != "timings.json"
    }
    assert (folder / "everyone" / "manifest.json").stat().st_mtime_ns == was


@pytest.mark.slow
def test_two_searches_in_one_folder_do_not_harm_each_other(tmp_path):
    words = [sys.executable, str(ROOT / "tests" / "helpers" / "killed_solve.py"), str(tmp_path / "r")]
    both = [
        subprocess.Popen(
            words, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=600) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert said[0][0] == said[1][0] and '"headline"' in said[0][0]
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith((".part", ".lock"))]


def test_jobs_of_a_run_that_was_stopped_after_one_policy_are_cleared_by_the_run_that_ends_it(tmp_path):
    study = Study((22,), 1000, 2, weeks=31, burn_in=8, place_size=1000, posterior=choose())
    finished = FinishedJobs(tmp_path / ".jobs")
    ((_, result),) = run_many([load("today")], study, 1, finished=finished)
    store.write(tmp_path / "today", load("today"), study, result, 1.0)  # and here it was killed
    assert finished.folder.is_dir()
    small = [
        "--people",
        "1000",
        "--draws",
        "2",
        "--years",
        "0.6",
        "--burn-in",
        "8",
        "--place-size",
        "1000",
        "--workers",
        "1",
    ]
    assert call(["batch", "today", "open_door", *small, "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["open_door", "today"]


def test_of_many_tables_the_one_that_differs_is_named():
    """A list cut short before it showed the same words on both sides."""
    one = {"tables": {f"table_{n}.csv": "a" * 64 for n in range(9)}}
    two = {"tables": one["tables"] | {"table_8.csv": "b" * 64}}
    assert identity.apart(one, two) == ["tables: table_8.csv aaaaaaaa and table_8.csv bbbbbbbb"]
