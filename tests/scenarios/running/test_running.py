"""The pool and the store: jobs end whatever happens to workers, and what ended is found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from calibration.whole import PART, clear_left_over, own_folder, write_whole, written_whole
from scenarios.running.finished import FinishedJobs
from scenarios.running.pool import Job, Pool, Stopped
from sim import plain
from sim.errors import UserError

ROOT = Path(__file__).parents[3]


def double(text, tell):
    """A job's work."""
    tell(0.5)
    return (text * 2).encode()


def die_once(mark, how, tell):
    """Kills its own worker the first time; `mark` is a file that remembers."""
    if not Path(mark).exists():
        Path(mark).write_text("tried")
        how()
    return b"done"


def die(how, tell):
    """Kills its own worker, every time."""
    how()


def by_signal():
    os.kill(os.getpid(), signal.SIGKILL)


def by_exit():
    os._exit(7)


def wait_long(tell):
    """Runs until it is told to stop."""
    while True:
        tell(0.1)
        time.sleep(0.01)


def note(folder, name, needs, tell):
    """Appends its name to a list; fails unless what it needs stands there."""
    path = Path(folder) / "order.txt"
    before = path.read_text().split() if path.exists() else []
    assert set(needs) <= set(before)
    with path.open("a") as file:
        file.write(name + "\n")
    return name.encode()


def jobs(*texts):
    return [Job(text, text, double, (text,)) for text in texts]


def contents(pool, what, *rest, **more):
    return {job.key: content for job, content in pool.results(what, *rest, **more)}


# ---------------------------------------------------------------- the store


def test_what_is_kept_is_found_and_what_is_damaged_is_taken_away(tmp_path):
    store = FinishedJobs(tmp_path)
    store.put("a", b"content\nwith a line")
    assert store.get("a") == b"content\nwith a line" and store.get("b") is None
    path = next(tmp_path.iterdir())
    whole = path.read_bytes()
    for spoilt in (b"", whole[:-1], whole + b"x", whole.replace(b"content", b"CONTENT"), b"\n", whole[10:]):
        path.write_bytes(spoilt)
        assert store.get("a") is None and not path.exists()


def test_a_store_takes_away_only_what_it_used_and_the_oldest_when_it_is_full(tmp_path):
    mine, other = FinishedJobs(tmp_path), FinishedJobs(tmp_path)
    mine.put("a", b"1")
    mine.get("a")
    other.put("b", b"2")
    mine.clear()
    assert [key for key, _ in other.all()] == ["b"]
    for age, key in ((30, "old"), (20, "older than new"), (10, "new")):
        other.put(key, b"x" * 1000)
        os.utime(other._path(key), (time.time() - age, time.time() - age))
    other.drop("b")
    other.tidy(2300)
    assert [key for key, _ in other.all()] == ["new", "older than new"]


def test_what_a_killed_writer_left_is_cleared_and_what_a_living_one_writes_is_not(tmp_path):
    (tmp_path / f".x.123{PART}").write_bytes(b"half")
    (tmp_path / f".y.123{PART}").mkdir()
    with own_folder(tmp_path / "z") as mine:
        clear_left_over(tmp_path)
        assert mine.is_dir() and [p.name for p in tmp_path.iterdir() if p.is_dir()] == [mine.name]
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_there_whole_or_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_whole(path, b"one")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"two")
    with pytest.raises(RuntimeError), written_whole(path) as part:
        part.write_bytes(b"three")
        raise RuntimeError
    assert path.read_bytes() == b"one" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    with written_whole(tmp_path / "a.png") as one, written_whole(tmp_path / "a.png") as two:
        assert one != two
        one.write_bytes(b"first")
        two.write_bytes(b"second")
    assert (tmp_path / "a.png").read_bytes() == b"first" and len(list(tmp_path.iterdir())) == 1


# ---------------------------------------------------------------- plain bytes


class Point:
    """A record."""

    def __init__(self, x, table):
        self.x, self.table = x, table


class Slotted:
    """A record with slots."""

    __slots__ = ("values",)


def test_records_and_arrays_come_back_as_they_were_with_what_they_share():
    shared = np.arange(6, dtype=np.uint16).reshape(2, 3)
    inner = Point(1.5, shared)
    slotted = Slotted()
    slotted.values = np.array(["a", "bc"])
    outer = Point([inner, inner, (1, None, True, "é"), {"k": shared, 7: b"\x00\xff"}, slotted], shared)
    back = plain.loads(plain.dumps(outer, (Point, Slotted)), (Point, Slotted))
    assert back.x[0] is back.x[1] and back.table is back.x[0].table is back.x[3]["k"]
    assert back.table.dtype == np.uint16 and back.table.tolist() == shared.tolist()
    assert back.x[2] == (1, None, True, "é") and back.x[3][7] == b"\x00\xff"
    assert back.x[4].values.tolist() == ["a", "bc"]
    back.table[0, 0] = 9
    assert shared[0, 0] == 0, "what was read is its own"


def test_the_same_is_read_from_a_file_that_begins_earlier_and_holds_the_pieces(tmp_path):
    thing = Point([np.arange(7, dtype=np.uint16), np.zeros((0, 3)), np.array([True, False])], np.full(9, 0.5))
    pieces = plain.pieces(thing, (Point,))
    assert b"".join(pieces) == plain.dumps(thing, (Point,))
    file = tmp_path / "thing"
    file.write_bytes(b"first\n" + b"".join(pieces))
    with file.open("rb") as opened:
        opened.readline()
        back = plain.loads(opened, (Point,))
    assert [a.tolist() for a in back.x] == [a.tolist() for a in thing.x] and back.table.tolist() == [0.5] * 9
    assert all(a.flags.writeable and a.flags.aligned for a in (*back.x, back.table))
    file.write_bytes(file.read_bytes()[:-1])
    with file.open("rb") as opened, pytest.raises(plain.NotPlain):
        opened.readline()
        plain.loads(opened, (Point,))


def test_a_result_in_pieces_is_kept_as_if_it_were_whole(tmp_path):
    store, pieces = FinishedJobs(tmp_path), [b"head\n", memoryview(np.arange(5)), b""]
    store.put("a", pieces)
    whole = (tmp_path / "a.job").read_bytes()
    store.put("a", b"".join(pieces))
    assert (tmp_path / "a.job").read_bytes() == whole and store.get("a") == b"".join(pieces)
    with store.opened("a") as opened:
        assert opened.readline() == b"head\n"
    (tmp_path / "a.job").write_bytes(whole[:-1])
    assert store.opened("a") is None and not store.has("a")


def test_what_may_not_be_written_is_refused_by_name():
    for thing in (Point(1, 2), object(), np.array([object()]), {1, 2}):
        with pytest.raises(plain.NotPlain):
            plain.dumps(thing)


def test_other_bytes_are_refused_and_run_nothing():
    good = plain.dumps(Point(1, np.arange(3)), (Point,))
    import pickle

    for bad in (
        b"",
        b"{}",
        good[:-1],
        good + b"x",
        good[1:],
        b"[" * 100_000,
        pickle.dumps(Point(1, 2)),
        good.replace(b"Point", b"Other"),
        good.replace(b"<i8", b"|O8"),
        good.replace(b"[3]", b"[-3]"),
        b'{"tree":{"same":0},"arrays":[]}\n',
        b'{"tree":{"array":5},"arrays":[]}\n',
        b'{"tree":{},"arrays":[]}\n',
    ):
        with pytest.raises(plain.NotPlain):
            plain.loads(bad, (Point,))


# ---------------------------------------------------------------- the pool


@pytest.mark.parametrize("workers", [1, 2])
def test_jobs_end_and_those_that_ended_before_are_not_run_again(tmp_path, workers):
    store, parts = FinishedJobs(tmp_path), []
    with Pool(workers) as pool:
        assert contents(pool, jobs("a", "b", "c"), store, tell=parts.append) == {"a": b"aa", "b": b"bb", "c": b"cc"}
        assert parts[-1] == 1.0 and parts == sorted(parts)
        never = [Job("a", "a", die, (by_exit,)), *jobs("d")]
        assert contents(pool, never, store) == {"a": b"aa", "d": b"dd"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_waits_for_those_before_it_and_what_only_they_needed_goes(tmp_path, workers):
    def made():
        start = Job("start", "start", note, (tmp_path, "start", ()), wanted=False)
        return [*(Job(n, n, note, (tmp_path, n, ("start",)), ("start",)) for n in ("x", "y")), start]

    store = FinishedJobs(tmp_path / "store")
    with Pool(workers) as pool:
        assert set(contents(pool, made(), store)) == {"x", "y"}
        assert not store.has("start") and store.has("x")
        assert set(contents(pool, made(), store)) == {"x", "y"}
    assert (tmp_path / "order.txt").read_text().split().count("start") == 1


@pytest.mark.parametrize(("how", "said"), [(by_signal, "killed by SIGKILL"), (by_exit, "failed with exit code 7")])
def test_a_lost_worker_is_told_from_a_failed_one_and_its_job_is_tried_once_more(tmp_path, how, said):
    store = FinishedJobs(tmp_path / "store")
    work = [Job("the first", "one", die_once, (str(tmp_path / "mark"), how)), *jobs("a", "b", "c")]
    with Pool(2) as pool:
        assert contents(pool, work, store) == {"one": b"done", "a": b"aa", "b": b"bb", "c": b"cc"}
    assert (
        len(store.tried_again) == 1 and store.tried_again[0].startswith("the first: ") and said in store.tried_again[0]
    )


def test_a_job_that_loses_its_worker_twice_is_told_after_the_rest_has_ended(tmp_path):
    store = FinishedJobs(tmp_path)
    with Pool(2) as pool, pytest.raises(UserError, match="lost twice over the same job"):
        contents(pool, [Job("bad", "bad", die, (by_signal,)), *jobs("a", "b", "c", "d")], store)
    assert {key for key, _ in store.all()} == {"a", "b", "c", "d"}


def test_a_worker_lost_while_it_has_nothing_to_do_is_made_again(tmp_path):
    with Pool(2) as pool:
        contents(pool, jobs("a", "b"), FinishedJobs(tmp_path))
        for worker in pool._all:
            if worker._process is not None:
                os.kill(worker._process.pid, signal.SIGKILL)
                worker._process.join()
        time.sleep(0.3)
        assert contents(pool, jobs("c", "d"), FinishedJobs(tmp_path)) == {"c": b"cc", "d": b"dd"}


@pytest.mark.parametrize("workers", [1, 2])
def test_whoever_asked_can_stop_it_and_the_workers_serve_the_next(tmp_path, workers):
    stop = threading.Event()
    with Pool(workers) as pool:
        threading.Timer(0.5, stop.set).start()
        with pytest.raises(Stopped):
            contents(pool, [Job(f"{n}", f"{n}", wait_long, (), kept=False) for n in range(3)], stop=stop)
        assert contents(pool, jobs("a", "b", "c")) == {"a": b"aa", "b": b"bb", "c": b"cc"}


def test_a_jobs_own_error_arrives_and_what_ended_is_kept(tmp_path):
    store = FinishedJobs(tmp_path)
    store.put("a", b"aa")
    with Pool(2) as pool, pytest.raises(AssertionError):
        contents(pool, [*jobs("a"), Job("x", "x", note, (tmp_path, "x", ("missing",)))], store)
    assert store.get("a") == b"aa"


def test_several_threads_share_one_pool():
    with Pool(2) as pool, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda n: contents(pool, jobs(f"a{n}", f"b{n}")), range(6)))
    assert found == [{f"a{n}": f"a{n}a{n}".encode(), f"b{n}": f"b{n}b{n}".encode()} for n in range(6)]


def test_any_executor_can_take_the_place_of_the_processes(tmp_path):
    store = FinishedJobs(tmp_path)
    with ThreadPoolExecutor(2) as theirs, Pool(2, theirs) as pool:
        assert contents(pool, jobs("a", "b", "c"), store) == {"a": b"aa", "b": b"bb", "c": b"cc"}
    assert {key for key, _ in store.all()} == {"a", "b", "c"}


# ---------------------------------------------------------------- a whole command


def command(folder, *more):
    small = ["--people", "1000", "--place-size", "1000", "--draws", "6", "--years", "1", "--burn-in", "200"]
    words = [
        sys.executable,
        "-m",
        "peerscale",
        "batch",
        "today",
        "open_door",
        "--out",
        str(folder),
        "--workers",
        "2",
        *small,
        *more,
    ]
    return subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished_jobs(folder):
    return {path.name: path.stat().st_mtime_ns for path in (folder / ".jobs").glob("*.job")}


def group_gone(pid):
    """Whether every process of a session's first group has ended."""
    for _ in range(60):
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "presses", "code"), [(signal.SIGINT, 1, 130), (signal.SIGINT, 2, 130), (signal.SIGTERM, 1, 143)]
)
def test_ctrl_c_ends_everything_says_what_is_kept_and_the_same_command_goes_on(tmp_path, number, presses, code):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    assert command(whole).wait(timeout=300) == 0
    process = command(stopped)
    while not finished_jobs(stopped) and process.poll() is None:
        time.sleep(0.01)
    for _ in range(presses):
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        time.sleep(0.05)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code and group_gone(process.pid)
    assert "Traceback" not in err and str(stopped / ".jobs") in err and "peerscale batch today open_door" in err
    before = finished_jobs(stopped)
    assert before
    again = command(stopped)
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0, err
    for name in ("today", "open_door"):
        same = {path.name: path.read_bytes() for path in (whole / name).iterdir() if path.name != "timings.json"}
        assert {p.name: p.read_bytes() for p in (stopped / name).iterdir() if p.name != "timings.json"} == same
    assert sorted(p.name for p in stopped.iterdir()) == ["open_door", "today"]
