"""A full disk, a folder that vanishes, a place where nothing can be written: one message, nothing lost, the same bytes afterwards."""

from __future__ import annotations

import errno
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from calibration import whole
from peerscale.cli import call
from scenarios.running import finished, memory
from scenarios.running.handed import using
from scenarios.sweeps import dataset, work
from sim.errors import UserError

SMALL = [
    "--people",
    "1000",
    "--years",
    "0.6",
    "--draws",
    "2",
    "--burn-in",
    "30",
    "--place-size",
    "1000",
    "--workers",
    "1",
]
SWEEP = ["sweep", "--vary", "self_referral=0:1:5", *SMALL]


def content(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != dataset.TIMINGS)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "s"
    assert call([*SWEEP, "--out", str(folder)]) == 0
    return content(folder)


def full_after(writes, usual):
    left = [writes]

    def write(*asked, **more):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(asked[0]))
        return usual(*asked, **more)

    return write


def goes_on(folder, undisturbed):
    assert call([*SWEEP, "--out", str(folder)]) == 0
    assert content(folder) == undisturbed


def test_the_disk_is_full_while_jobs_end(undisturbed, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "s"
    with monkeypatch.context() as patch:
        patch.setattr(finished, "write_whole", full_after(4, whole.write_whole))
        assert call([*SWEEP, "--out", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "the disk is full" in said and "is kept in" in said
    assert not (folder / dataset.MANIFEST).exists() and list((folder / ".jobs").glob("*.job"))
    goes_on(folder, undisturbed)


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_the_disk_is_full_while_the_tables_are_written(undisturbed, tmp_path, monkeypatch, capsys, writes):
    folder = tmp_path / "s"
    with monkeypatch.context() as patch:
        patch.setattr(dataset, "_write", full_after(writes, dataset._write))
        assert call([*SWEEP, "--out", str(folder)]) == 2
    assert "the disk is full" in capsys.readouterr().err
    with pytest.raises(UserError, match="holds no whole sweep"):
        dataset.load(folder)
    goes_on(folder, undisturbed)


def test_the_folder_vanishes_meanwhile(undisturbed, tmp_path, monkeypatch, capsys):
    folder, usual = tmp_path / "s", work.figures

    def vanish(run, args, tell):
        shutil.rmtree(folder, ignore_errors=True)
        return usual(run, args, tell)

    with monkeypatch.context() as patch:
        patch.setattr(work, "figures", vanish)
        assert call([*SWEEP, "--out", str(folder)]) == 2
    assert "taken the folder" in capsys.readouterr().err
    goes_on(folder, undisturbed)


def test_where_nothing_can_be_written_is_said_before_anything_runs(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert call([*SWEEP, "--out", str(tmp_path / "file" / "s")]) == 2
    assert "a file is in its way" in capsys.readouterr().err


def test_a_damaged_job_is_run_again(undisturbed, tmp_path, monkeypatch):
    folder = tmp_path / "s"
    with monkeypatch.context() as patch:
        patch.setattr(dataset, "_write", full_after(0, dataset._write))
        assert call([*SWEEP, "--out", str(folder)]) == 2
    for number, path in enumerate(sorted((folder / ".jobs").glob("*.job"))):
        found = path.read_bytes()
        path.write_bytes(found[:-5] if number % 2 else found[:-1] + b"?")
    goes_on(folder, undisturbed)


def test_a_manifest_that_somebody_changed_is_made_again(undisturbed, tmp_path):
    folder = tmp_path / "s"
    goes_on(folder, undisturbed)
    path = folder / dataset.MANIFEST
    path.write_text(path.read_text().replace('"complete": true', '"complete": false'))
    with pytest.raises(UserError, match="damaged"):
        dataset.load(folder)
    goes_on(folder, undisturbed)


def test_people_who_do_not_fit_in_memory_are_told_before_anything_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(memory, "available", lambda: 10_000_000)
    assert call([*SWEEP, "--out", str(tmp_path / "s")]) == 2
    assert "do not fit in memory" in capsys.readouterr().err and not list((tmp_path / "s").rglob("*.parquet"))
    with ThreadPoolExecutor(1) as elsewhere, using(elsewhere):
        assert call([*SWEEP, "--out", str(tmp_path / "s")]) == 0
