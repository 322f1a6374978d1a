"""Worlds on threads of one process: the same bytes as on processes, stopped within a moment."""

from __future__ import annotations

import threading
import time

import pytest

from scenarios.reading.load import load
from scenarios.running import pool as pools
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import pool_for, run_tasks
from scenarios.running.pool import Pool, Stopped
from scenarios.running.study import Study
from scenarios.running.worlds import Task, pack

STUDY = Study((5,), people=1000, draws=3, weeks=27, burn_in=20, place_size=1000)


def kinds(pool: Pool) -> set[str]:
    """What kind of workers a pool has."""
    with pool:
        return {type(worker).__name__ for worker in pool._all}


def test_who_runs_what():
    assert kinds(pool_for(STUDY, 2)) == {"_Thread"}
    assert kinds(pool_for(STUDY, pools.THREADS_MOST + 1)) == {"_Process"}
    assert kinds(pool_for(Study((5,), engine="mesa"), 2)) == {"_Process"}
    assert kinds(Pool(2)) == {"_Process"}


@pytest.mark.slow
def test_threads_and_processes_give_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("PEERSCALE_STARTS", "0")
    found = []
    for number, pool in enumerate((Pool(2, threads=True), Pool(2), Pool(1))):
        with pool:
            store = FinishedJobs(tmp_path / str(number))
            found.append([pack(result) for _, result in run_tasks([Task(load("today"))], STUDY, pool, None, store)])
    assert found[0] == found[1] == found[2]


def test_a_thread_stops_within_a_moment(tmp_path, monkeypatch):
    monkeypatch.setenv("PEERSCALE_STARTS", "0")
    stop, long = threading.Event(), Study((5,), people=1000, draws=2, weeks=27, burn_in=50_000, place_size=1000)
    with Pool(2, threads=True) as pool:
        timer = threading.Timer(0.5, stop.set)
        timer.start()
        with pytest.raises(Stopped):
            list(run_tasks([Task(load("today"))], long, pool, None, FinishedJobs(tmp_path), stop))
        until = time.monotonic() + 60
        while len(pool._free) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(pool._free) == 2, "both threads have left their work"


def test_what_a_job_raises_in_a_thread_is_raised_here(tmp_path):
    def fails(tell):
        raise ValueError("of its own")

    with Pool(2, threads=True) as pool, pytest.raises(ValueError, match="of its own"):
        list(pool.results([pools.Job("a", "a", fails, ()), pools.Job("b", "b", fails, ())]))
