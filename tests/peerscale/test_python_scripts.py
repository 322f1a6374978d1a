"""Scripts of one's own: without a `__main__` guard, and beside a file that has the name of one of our folders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peerscale.rooms import NAMES
from scenarios.running.pool import THREADS_MOST

ROOT = Path(__file__).parents[2]
SMALL = "people=1000, draws=2, years=0.6, burn_in=30, place_size=1000, workers=2, quiet=True"


def ran(folder, *command):
    """(exit code, output, errors) of a fresh Python in a folder."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PEERSCALE_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_a_script_without_a_guard_is_told_of_the_guard(tmp_path):
    processes = SMALL.replace("workers=2", f"workers={THREADS_MOST + 1}")
    (tmp_path / "mine.py").write_text(f"import peerscale\npeerscale.run('open_door', {processes})\n")
    code, _, err = ran(tmp_path, "mine.py")
    assert code == 1 and 'if __name__ == "__main__"' in err and "mine.py" in err
    assert "memory" not in err and "bootstrapping" not in err and err.count("Traceback") == 1


def test_a_script_with_its_guard_runs_on_several_processes(tmp_path):
    processes = SMALL.replace("workers=2", f"workers={THREADS_MOST + 1}")
    text = f"import peerscale\nif __name__ == '__main__':\n    print(peerscale.run('open_door', {processes}).names)\n"
    (tmp_path / "mine.py").write_text(text)
    assert ran(tmp_path, "mine.py")[:2] == (0, "['today', 'open_door']\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_script_without_a_guard_runs_where_it_starts_no_process(tmp_path, workers):
    here = SMALL.replace("workers=2", f"workers={workers}")
    (tmp_path / "mine.py").write_text(f"import peerscale\nprint(peerscale.run('open_door', {here}).names)\n")
    assert ran(tmp_path, "mine.py")[:2] == (0, "['today', 'open_door']\n")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["file", "package"])
def test_a_file_with_the_name_of_one_of_our_folders_is_named(tmp_path, name, kind):
    if kind == "file":
        (tmp_path / f"{name}.py").write_text("mine = 1\n")
    else:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / "mine.py").write_text("import peerscale\npeerscale.run\n")
    code, _, err = ran(tmp_path, "mine.py")
    last = err[err.index("HiddenError") :]
    assert (
        code == 1
        and f"cannot find its own module '{name}'" in last
        and str(tmp_path) in last
        and "another name" in last
    )
    assert "No module named" not in err


def test_one_that_was_imported_before_is_named_too(tmp_path):
    (tmp_path / "sim.py").write_text("mine = 1\n")
    (tmp_path / "mine.py").write_text("import sim\nfrom peerscale import run\n")
    code, _, err = ran(tmp_path, "mine.py")
    assert code == 1 and "cannot find its own module 'sim'" in err


def test_the_command_is_told_so_in_one_message(tmp_path):
    (tmp_path / "sim.py").write_text("mine = 1\n")
    code, out, err = ran(tmp_path, "-m", "peerscale", "levers")
    assert (code, out) == (2, "") and "sim.py" in err and "Traceback" not in err
    assert ran(tmp_path, "-P", "-m", "peerscale", "--version")[0] == 0


def test_a_folder_of_scenario_files_hides_nothing(tmp_path):
    (tmp_path / "scenarios").mkdir()
    text = 'name = "mine"\ntitle = "Mine"\nquestion = "What happens then?"\nextends = "today"\n[levers]\nself_referral = 1\n'
    (tmp_path / "scenarios" / "mine.toml").write_text(text)
    (tmp_path / "mine.py").write_text("import peerscale\nprint(peerscale.scenario('scenarios/mine.toml').name)\n")
    assert ran(tmp_path, "mine.py")[:2] == (0, "mine\n")
