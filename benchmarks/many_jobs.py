"""Thousands of jobs: killed at random moments, the memory that they take, and what a job costs beyond itself.

    python -m benchmarks.many_jobs --jobs 2000 --kills 12 --record

1. A sweep of so many jobs, undisturbed; then on this machine's cores and on a small Dask cluster, with kill -9 of the client,
   of workers and of the scheduler at random moments, and the command typed again until it ends by itself. Every byte of the
   folder is compared with the undisturbed run. A job that runs again although its result was on the disk is counted.
2. The largest memory of the client and of a worker, for a tenth of the jobs and for all.
3. The time of a job beyond its own work and the disk's sync: the same sweep with work that costs nothing, in one process.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "many_jobs.md"
SMALL = ["--people", "1000", "--place-size", "1000", "--draws", "2", "--years", "0.6", "--burn-in", "26"]
OUTSIDE = {"timings.json"}
CLIENT, WORKER, SCHEDULER = "the command", "a worker", "the scheduler"
LONGEST = 1200


def typed(jobs: int, folder: Path, *more: str) -> list[str]:
    """A sweep of so many jobs: half as many points, each in two jobs of a world."""
    vary = f"self_referral=0:1:{jobs // 2}"
    return [sys.executable, "-m", "peerscale", "sweep", "--vary", vary, *SMALL, "--out", str(folder), *more]


def begin(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A command in a group of its own; what it says goes to a file."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with log.open("ab") as out:
        return subprocess.Popen(command, env=env, cwd=log.parent, stdout=out, stderr=out, start_new_session=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def content(folder: Path) -> dict[str, bytes]:
    """Every byte of a sweep but for how long it took."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name not in OUTSIDE]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@dataclass
class Tally:
    """What happened. `again`: jobs run again though their result was on the disk; `which`: those of which files."""

    kills: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    again: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    which: Counter[str] = field(default_factory=Counter)

    def look(self, folder: Path) -> None:
        """Note the jobs on the disk; one whose file is newer than before was run again."""
        for path in (folder / ".jobs").glob("*.job"):
            try:
                written = path.stat().st_mtime_ns
            except OSError:
                continue
            if self.seen.setdefault(path.name, written) != written:
                self.again += 1
                self.which[path.name] += 1
            self.seen[path.name] = written


class Cluster:
    """A scheduler and two workers on this machine, each a process that can be killed and started again."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.processes = folder, {}
        for name in (SCHEDULER, "one", "two"):
            self.start(name)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        """Start the scheduler or a worker."""
        if name == SCHEDULER:
            words = ["scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        else:
            words = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        self.processes[name] = begin([sys.executable, "-m", "dask", *words], self.folder / f"{name}.log")

    def strike(self, what: str, luck: random.Random) -> None:
        """Kill and start again."""
        name = SCHEDULER if what == SCHEDULER else luck.choice(["one", "two"])
        kill(self.processes[name])
        self.start(name)
        for other in ("one", "two"):  # workers end with their scheduler
            if self.processes[other].poll() is not None:
                self.start(other)

    def ready(self) -> None:
        """Wait for both workers."""
        from distributed import Client

        until = time.monotonic() + 120
        while time.monotonic() < until:
            for name in ("one", "two"):
                if self.processes[name].poll() is not None:
                    self.start(name)
            try:
                with Client(self.address, timeout=20, set_as_default=False) as client:
                    client.wait_for_workers(2, timeout=20)
                    return
            except (OSError, TimeoutError):
                time.sleep(1)

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            kill(process)


def kill_a_worker(process: subprocess.Popen[bytes], luck: random.Random) -> bool:
    """One worker process of a command on this machine."""
    try:
        found = [one for one in psutil.Process(process.pid).children() if "spawn_main" in " ".join(one.cmdline())]
        if found:
            luck.choice(found).kill()
        return bool(found)
    except psutil.Error:
        return False


def series(jobs: int, kills: int, seconds: float, folder: Path, luck: random.Random, cluster: Cluster | None) -> Tally:
    """The sweep, with so many kills at random moments, until it ends by itself."""
    tally, place = Tally(), folder / ("far" if cluster else "here")
    ways = [CLIENT, WORKER, SCHEDULER] if cluster else [CLIENT, WORKER]
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if cluster:
            cluster.ready()
        more = ("--cluster", cluster.address) if cluster else ("--workers", "2")
        going = begin(typed(jobs, place, *more), folder / "said.log")
        tally.calls += 1
        while going.poll() is None and time.monotonic() < until:
            struck = sum(tally.kills.values())
            wait = luck.uniform(0.05, 0.35) * seconds if struck < kills else LONGEST
            try:
                going.wait(min(wait, max(1.0, until - time.monotonic())))
            except subprocess.TimeoutExpired:
                tally.look(place)
                what = ways[struck % len(ways)]
                if what == CLIENT:
                    kill(going)
                elif cluster:
                    cluster.strike(what, luck)
                elif not kill_a_worker(going, luck):
                    continue
                tally.kills[what] += 1
        if going.poll() == 0:
            return tally
        kill(going)
    raise SystemExit(f"it did not end in {LONGEST} s: {tally}")


def memory(jobs: int, folder: Path) -> tuple[float, float]:
    """(client, its largest worker) in MB at their largest."""
    going = begin(typed(jobs, folder / "m", "--workers", "2"), folder / "said.log")
    client = worker = 0.0
    while going.poll() is None:
        client = max(client, peak(going.pid))
        with contextlib.suppress(psutil.Error):
            worker = max([worker, *(peak(one.pid) for one in psutil.Process(going.pid).children())])
        time.sleep(0.1)
    assert going.returncode == 0
    return client, worker


def peak(pid: int) -> float:
    """The largest memory of a process so far, in MB; 0 where it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in text.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def overhead(jobs: int, folder: Path) -> tuple[float, float]:
    """(ms a job of everything but its work, ms of writing its file with the disk's sync): one process, work that costs nothing."""
    sys.path.insert(0, str(ROOT))
    from calibration.whole import write_whole
    from peerscale import sweeps
    from peerscale.options import Typed
    from scenarios.reading.load import load
    from scenarios.sweeps import work
    from scenarios.sweeps.plan import from_words, make

    plan = make([load("today")], from_words([f"self_referral=0:1:{jobs // 2}"]))
    asked = sweeps.settle(plan, Typed(people=1000, place_size=1000, draws=2, years=0.6, burn_in=26))
    kept: list[bytes] = []
    usual = work.figures

    def nothing(call: object, args: tuple[object, ...], tell: object) -> bytes:
        if not kept:
            kept.append(usual(call, args, tell))  # type: ignore[arg-type]
        return kept[0]

    work.figures = nothing
    begun = time.perf_counter()
    sweeps.answer(asked, folder / "nothing", 1, quiet=True)
    whole = time.perf_counter() - begun
    work.figures = usual
    begun = time.perf_counter()
    for number in range(300):
        write_whole(folder / f"{number}.job", kept[0])
    return 1000 * whole / jobs, 1000 * (time.perf_counter() - begun) / 300


def rows(found: dict[str, Tally]) -> list[str]:
    """A table of the kills."""
    lines = [
        "| where | kills | times typed | jobs run again though on disk | what differed |",
        "| --- | --- | --- | --- | --- |",
    ]
    for where, tally in found.items():
        told = ", ".join(f"{count} of {what}" for what, count in tally.kills.items())
        lines.append(f"| {where} | {told} | {tally.calls} | {tally.again} | none |")
    return lines


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=12, help="of each series: on this machine, and on Dask")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="write docs/many_jobs.md")
    asked = parser.parse_args()
    luck, found = random.Random(asked.seed), {}
    with tempfile.TemporaryDirectory(prefix="many jobs ") as name:
        folder = Path(name)
        begun = time.monotonic()
        assert begin(typed(asked.jobs, folder / "whole", "--workers", "2"), folder / "said.log").wait(LONGEST) == 0
        seconds = time.monotonic() - begun
        whole = content(folder / "whole")
        print(f"undisturbed: {seconds:.1f} s for {asked.jobs} jobs", flush=True)
        cluster = Cluster(folder)
        try:
            for where, its in (("this machine, 2 processes", None), ("Dask, 2 workers", cluster)):
                found[where] = series(asked.jobs, asked.kills, seconds, folder, luck, its)
                same = content(folder / ("far" if its else "here")) == whole
                print(
                    where,
                    found[where].kills,
                    f"again {found[where].again}",
                    *found[where].which,
                    "same bytes" if same else "OTHER BYTES",
                    flush=True,
                )
                assert same
        finally:
            cluster.close()
        sizes = {n: memory(n, Path(tempfile.mkdtemp(dir=folder))) for n in (asked.jobs // 10, asked.jobs)}
        pairs = [overhead(asked.jobs, Path(tempfile.mkdtemp(dir=folder))) for _ in range(3)]
        shutil.rmtree(folder / "whole")
    told = report(asked, seconds, found, sizes, pairs)
    print(told)
    if asked.record:
        PAGE.write_text(told, encoding="utf-8")


def report(
    asked: argparse.Namespace,
    seconds: float,
    found: dict[str, Tally],
    sizes: dict[int, tuple[float, float]],
    pairs: list[tuple[float, float]],
) -> str:
    """The page."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    few, many = sorted(sizes)
    beyond = statistics.median(all_ - sync for all_, sync in pairs)
    lines = [
        "# Thousands of jobs",
        "",
        f"Made by `python -m benchmarks.many_jobs --jobs {asked.jobs} --kills {asked.kills}` on {date.today():%d %B %Y} with the code of",
        f"commit {commit.stdout.strip() or 'unknown'}. A sweep of {asked.jobs:,} jobs took {seconds:.0f} s undisturbed, on two cores with other work.",
        "",
        "Each series is the same sweep. It was killed (-9) at random moments, and typed again until it ended by itself. Its folder",
        "was then compared, byte by byte, with that of the undisturbed run. Only its timings may differ.",
        "",
        *rows(found),
        "",
        f"Memory at its largest, {many:,} jobs beside {few:,}: the command {sizes[many][0]:.0f} MB and {sizes[few][0]:.0f} MB, a worker",
        f"{sizes[many][1]:.0f} MB and {sizes[few][1]:.0f} MB.",
        "",
        f"A job costs {said(beyond)} beyond its own work and the disk's sync (median of {len(pairs)}). With the sync it is",
        f"{statistics.median(all_ for all_, _ in pairs):.1f} ms; writing its file alone takes {statistics.median(sync for _, sync in pairs):.1f} ms.",
        "",
    ]
    return "\n".join(lines)


def said(ms: float) -> str:
    """Milliseconds; a difference of two timings may come out at nothing."""
    return f"{ms:.1f} ms" if ms >= 0.05 else "less than can be told"


if __name__ == "__main__":
    main()
