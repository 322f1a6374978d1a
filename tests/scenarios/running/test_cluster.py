"""A small Dask cluster on this machine: the same bytes as without it, whoever is killed; what cannot serve is said at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import peerscale
from peerscale.cli import call
from scenarios.running import cluster
from scenarios.running.finished import FinishedJobs
from scenarios.running.pool import Job, Pool
from scenarios.sweeps import dataset
from sim.errors import UserError

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
SMALL = ["--people", "1000", "--years", "0.6", "--draws", "8", "--burn-in", "60", "--place-size", "1000"]
SWEEP = ["sweep", "--vary", "self_referral=0:1:10", *SMALL]
SECONDS = 120


class Loopback:
    """A scheduler and its workers, each a process that can be killed."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder, self.processes = folder, {}

    def start(self, name, *arguments):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def scheduler(self):
        port = self.address.rpartition(":")[2]
        self.start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")

    def worker(self, name):
        more = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60"]
        self.start(name, "worker", self.address, *more)

    def kill(self, name):
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ready(self, workers):
        from distributed import Client

        with Client(self.address, timeout=SECONDS, set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=SECONDS)


@pytest.fixture
def there(tmp_path_factory):
    made = Loopback(tmp_path_factory.mktemp("cluster"))
    made.scheduler()
    made.worker("one")
    made.worker("two")
    made.ready(2)
    yield made
    for name in list(made.processes):
        made.kill(name)


def content(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != dataset.TIMINGS)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "s"
    assert call([*SWEEP, "--out", str(folder), "--workers", "1"]) == 0
    return content(folder)


def begin(folder, address):
    return subprocess.Popen(
        [sys.executable, "-m", "peerscale", *SWEEP, "--out", str(folder), "--cluster", address],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def after_jobs(folder, count, going):
    until = time.monotonic() + SECONDS
    while len(list((folder / ".jobs").glob("*.job"))) < count and going.poll() is None and time.monotonic() < until:
        time.sleep(0.01)


def test_one_of_two_workers_is_killed_and_the_bytes_are_the_same(there, undisturbed, tmp_path):
    going = begin(tmp_path / "s", there.address)
    after_jobs(tmp_path / "s", 3, going)
    there.kill("one")
    _, said = going.communicate(timeout=SECONDS)
    assert going.returncode == 0, said
    assert content(tmp_path / "s") == undisturbed


def test_the_scheduler_is_killed_and_the_same_command_goes_on_without_it(there, undisturbed, tmp_path):
    folder = tmp_path / "s"
    going = begin(folder, there.address)
    after_jobs(folder, 4, going)
    there.kill("scheduler")
    _, said = going.communicate(timeout=SECONDS)
    assert going.returncode == 2 and "the cluster cannot be reached any more" in said and "is kept in" in said
    kept = {path.name for path in (folder / ".jobs").glob("*.job")}
    assert len(kept) >= 4
    assert call([*SWEEP, "--out", str(folder), "--workers", "1"]) == 0
    assert content(folder) == undisturbed


def test_the_client_is_killed_and_the_cluster_serves_the_next(there, undisturbed, tmp_path):
    going = begin(tmp_path / "s", there.address)
    after_jobs(tmp_path / "s", 4, going)
    going.kill()
    going.communicate(timeout=SECONDS)
    assert call([*SWEEP, "--out", str(tmp_path / "s"), "--cluster", there.address]) == 0
    assert content(tmp_path / "s") == undisturbed


def test_run_takes_it_and_a_worker_of_other_code_is_refused(there, tmp_path, monkeypatch, capsys):
    typed = ["run", "open_door", *SMALL, "--json"]
    assert call([*typed, "--cluster", there.address]) == 0
    far = capsys.readouterr().out
    assert call([*typed, "--workers", "1"]) == 0
    assert capsys.readouterr().out == far
    cluster.here.cache_clear()
    monkeypatch.setattr(cluster.identity, "code", lambda: "0" * 64)
    try:
        assert call([*typed, "--cluster", there.address]) == 2
        said = capsys.readouterr().err
        assert "the cluster has another version" in said and "code of the model: 000000000000 here" in said
    finally:
        cluster.here.cache_clear()


def fail(name, tell):
    raise ValueError(f"{name} is wrong")


def test_a_jobs_own_error_comes_back_and_an_executor_is_handed_over_in_python(there, tmp_path):
    executor = cluster.OnCluster(there.address)
    try:
        failed = []
        with Pool(2, executor) as pool:
            assert not list(pool.results([Job("a", "a", fail, ("a",))], FinishedJobs(tmp_path), failed=failed))
        assert failed[0].error == "ValueError: a is wrong"
        small = {"people": 1000, "years": 0.6, "draws": 2, "burn_in": 30, "place_size": 1000, "quiet": True}
        far = peerscale.run("today", executor=executor, **small)
        assert far.worlds().equals(peerscale.run("today", executor=there.address, **small).worlds())
        here = peerscale.run("today", workers=1, **small)
        assert far.worlds().equals(here.worlds())
    finally:
        executor.shutdown()


def test_a_cluster_without_workers_and_one_that_is_not_there_are_told(tmp_path):
    made = Loopback(tmp_path)
    with pytest.raises(UserError, match="no cluster there"):
        cluster.OnCluster(made.address)
    with pytest.raises(UserError, match="not the address"):
        cluster.OnCluster("my cluster")
    made.scheduler()
    try:
        made.ready(0)
        with pytest.raises(UserError, match="no workers") as told:
            cluster.OnCluster(made.address)
        assert "dask worker" in told.value.try_
    finally:
        made.kill("scheduler")


def test_what_differs_between_client_and_worker_is_named():
    ours = cluster.here()
    assert not cluster.differing(ours, dict(ours))
    assert cluster.differing(ours, ours | {"tables": "other"}) == [
        f"tables of the model: {ours['tables'][:12]} here, other there"
    ]
    with pytest.raises(UserError, match="another version"):
        cluster.checked(ours | {"numpy": "0.1"}, print)
