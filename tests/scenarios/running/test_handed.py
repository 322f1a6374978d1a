"""Jobs of an executor that somebody hands over, and jobs that fail while the rest goes on."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from calibration.fit.posterior import write_posterior
from scenarios.evidence.model_runs import Setting, simulator_of
from scenarios.reading.load import load
from scenarios.running.finished import FinishedJobs
from scenarios.running.handed import using
from scenarios.running.many import run_many
from scenarios.running.pool import Job, Pool
from scenarios.running.posterior import choose
from scenarios.running.study import Study, places_for, world_parameters
from scenarios.running.worlds import Task, batches, jobs_of, pack
from sim.errors import UserError
from sim.version import MODEL

STUDY = Study((5,), people=1000, draws=2, weeks=40, burn_in=20, place_size=1000)


def text(name, tell):
    return name.encode()


def wrong(tell):
    raise ValueError("this one is wrong")


def full(tell):
    raise OSError(28, "No space left on device")


def after(folder, key, tell):
    """What stands in the store under a key, in a folder that only the client has."""
    found = FinishedJobs(folder).get(key)
    return b"after " + (found or b"nothing")


def made(name, *before, work=text, args=None):
    return Job(f"job {name}", name, work, (name,) if args is None else args, before)


class Carrying(ThreadPoolExecutor):
    """An executor that takes once what many jobs need."""

    def __init__(self):
        super().__init__(2)
        self.held, self.times = {}, 0

    def carry(self, key, content):
        self.times += key not in self.held
        return self.held.setdefault(key, content)

    def forget(self, key):
        self.held.pop(key, None)


class Broken(ThreadPoolExecutor):
    def submit(self, *work):
        raise BrokenExecutor("the cluster has gone")


class SometimesLost(ThreadPoolExecutor):
    """Its worker is lost whenever it is given a job that is called so."""

    def submit(self, call, job, *more):
        if "lost" not in job.what:
            return super().submit(call, job, *more)
        future = Future()
        future.set_exception(BrokenExecutor("its machine was switched off"))
        return future


def contents(jobs, store, **more):
    with Pool(**more) as pool:
        return {job.key: content for job, content in pool.results(jobs, store)}


def test_whatever_is_handed_over_does_the_work_of_every_pool(tmp_path):
    with ThreadPoolExecutor(3) as theirs, using(theirs):
        assert contents([made("a"), made("b")], FinishedJobs(tmp_path)) == {"a": b"a", "b": b"b"}
        with Pool() as pool:
            assert pool.workers == 3
        with Pool(5) as pool:
            assert pool.workers == 5
    with Pool(1) as pool:
        assert pool.workers == 1


def test_what_a_job_needs_goes_with_it_to_workers_that_see_no_disk_of_ours(tmp_path):
    elsewhere = Path("/no/such/folder")
    start = Job("start", "start", text, ("state",), wanted=False)
    jobs = [start, *(made(n, "start", work=after, args=(elsewhere, "start")) for n in "xyz")]
    with ProcessPoolExecutor(2) as theirs, using(theirs, 2):
        assert set(contents(jobs, FinishedJobs(tmp_path)).values()) == {b"after state"}


def test_what_many_jobs_need_is_carried_once_and_then_forgotten(tmp_path):
    start = Job("start", "start", text, ("state",), wanted=False)
    jobs = [start, *(made(n, "start", work=after, args=(Path("/no/such/folder"), "start")) for n in "uvwxyz")]
    with Carrying() as theirs, using(theirs):
        assert len(contents(jobs, FinishedJobs(tmp_path))) == 6
    assert (theirs.times, theirs.held) == (1, {})


def test_something_else_than_an_executor_is_refused():
    with pytest.raises(UserError, match="not an executor"), using("tcp://there"):
        pass


def test_an_executor_that_broke_ends_the_work_in_words_and_what_ended_stays(tmp_path):
    store = FinishedJobs(tmp_path)
    store.put("a", b"a")
    with Broken(1) as theirs, using(theirs), pytest.raises(UserError, match="lost twice") as told:
        contents([made("a"), made("b")], store)
    assert "the cluster has gone" in told.value.got and store.get("a") == b"a"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_fails_is_noted_with_those_that_need_it_and_the_rest_goes_on(tmp_path, workers):
    jobs = [made("w", work=wrong, args=()), made("x", "w"), made("y", "x"), made("z")]
    failed = []
    with Pool(workers) as pool:
        found = {job.key for job, _ in pool.results(jobs, FinishedJobs(tmp_path), failed=failed)}
    assert found == {"z"}
    assert {(one.key, one.because) for one in failed} == {("w", ""), ("x", "job w"), ("y", "job w")}
    assert next(one for one in failed if one.key == "w").error == "ValueError: this one is wrong"


def test_a_job_that_loses_its_worker_twice_is_noted_too(tmp_path):
    failed = []
    with SometimesLost(2) as theirs, using(theirs), Pool() as pool:
        found = {job.key for job, _ in pool.results([made("lost"), made("z")], FinishedJobs(tmp_path), failed=failed)}
    assert found == {"z"} and "its machine was switched off" in failed[0].error


def test_a_full_disk_is_nobody_elses_failure_and_ends_the_work(tmp_path):
    with Pool(1) as pool, pytest.raises(OSError, match="No space left"):
        list(pool.results([made("a", work=full, args=()), made("b")], FinishedJobs(tmp_path), failed=[]))


def written(folder):
    """A posterior of one parameter."""
    about = {"version": f"model {MODEL}, code 0"}
    values = np.linspace(0.02, 0.03, 5)[:, None]
    return write_posterior(folder / "posterior.json", ("search_rate",), values, np.ones(5), about)


def of_nowhere(folder):
    """A study on a posterior that was chosen here, and whose files nobody finds any longer."""
    study = Study(**{**vars(STUDY), "posterior": choose(str(written(folder)))})
    drawn = world_parameters(study, study.worlds).search_rate
    assert len(set(drawn)) == 2 and 0.019 < min(drawn) < max(drawn) < 0.031
    for path in folder.glob("posterior.*"):
        path.unlink()
    return study


def drawn_by(study, tell):
    """The calibrated parameter of each world, and what a row of runs finds, where this runs."""
    setting = Setting(load("today"), study, places_for(study), ("mouth_rate",), ("available",))
    found = simulator_of(setting)(np.full((2, 1), 0.2), np.array([1, 2]))
    return world_parameters(study, study.worlds).search_rate.tobytes() + found.tobytes()


@pytest.mark.parametrize("fresh", [True, False], ids=["another process", "this one"])
def test_a_posterior_goes_to_workers_that_do_not_have_its_file(tmp_path, fresh):
    (tmp_path / "p").mkdir()
    study = of_nowhere(tmp_path / "p")
    here = drawn_by(study, None)
    theirs = ProcessPoolExecutor(1, get_context("spawn")) if fresh else ThreadPoolExecutor(1)
    with theirs, using(theirs):
        assert contents([Job("a", "a", drawn_by, (study,))], FinishedJobs(tmp_path / "jobs")) == {"a": here}
        far = [pack(result) for _, result in run_many([load("today")], study, 1, None, FinishedJobs(tmp_path / "far"))]
    assert far == [pack(result) for _, result in run_many([load("today")], study, 1)]


def test_a_start_that_the_store_of_a_run_holds_is_not_put_there_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PEERSCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PEERSCALE_STARTS", raising=False)
    list(run_many([load("today")], STUDY, 1))  # the start is in the cache now
    store = FinishedJobs(tmp_path / "jobs")
    with ThreadPoolExecutor(1) as theirs, using(theirs):
        (batch,) = batches(STUDY, 1, store)

        def put():
            jobs_of(batch, [Task(load("today"))], store)
            return {path.name: path.stat().st_ino for path in store.folder.glob("*.job")}

        first = put()
        assert len(first) == 2 and put() == first  # how many worlds go together, and the start
