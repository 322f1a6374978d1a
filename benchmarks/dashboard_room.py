"""How the dashboard holds with a room full of people: first answers, whose state is on whose page, memory.

    python benchmarks/dashboard_room.py [clients=20] [minutes=30] [--small] [--warm=SECONDS]

Starts the server, waits until today's policy is settled and the levers' effects are learnt (a server started some
minutes before the workshop), then connects as many people as websocket clients (`room_client.py`). Each releases a
slider about every 8 seconds; every second one has all levers and charts open. Prints JSON: seconds from a slider
released to the first chart that answers it and to the model's own answer, marks of strangers received (must be none),
levers that were not as their owner left them (must be none), and the memory of the server and its workers.
A move not answered before the next one counts with the time it was given.
`--small` uses a study of a few hundred adults, to try the script itself. `--warm`: seconds given to the learning of
effects at most (1500; 60 with `--small`). Ctrl-C ends the room early, and what was measured until then is printed.
Do not change the code or the evidence under a running server: it would settle and learn again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import way_in  # noqa: E402
from benchmarks.room_client import Move, Person  # noqa: E402
from dashboards.server.where import free_port  # noqa: E402

SMALL = '{"people": 600, "draws": 4, "weeks": 104, "burn_in": 52, "place_size": 300}'
BETWEEN_MOVES_SECONDS = 8.0
GOAL_SECONDS = 2.0
SAMPLE_SECONDS = 30.0
FIRST_MINUTES = 5
REST_SECONDS = 12
REST_SHARE = 0.05
MOST_WARMING_SECONDS = {"small": 60.0, "full": 1500.0}
MEGABYTE = 2**20


class Server:
    """`peerscale dashboard` in a process of its own, with its workers."""

    def __init__(self, small: bool):
        port = free_port("127.0.0.1")
        env = os.environ | way_in.ENV | ({"PEERSCALE_DASHBOARD_STUDY": SMALL} if small else {})
        command = [sys.executable, "-m", "peerscale", "dashboard", "--no-open", "--port", str(port)]
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.address, self.top = f"http://127.0.0.1:{port}/", psutil.Process(self.process.pid)

    def stop(self) -> None:
        """End it; its workers end with it."""
        self.process.terminate()
        self.process.wait()

    def memory(self) -> tuple[float, float]:
        """(megabytes of the server, of its workers): resident, shared pages counted in each."""
        return _resident([self.top]), _resident(self.top.children(recursive=True))

    def work_seconds(self) -> float:
        """Processor seconds that its workers have used so far."""
        return sum(sum(one.cpu_times()[:2]) for one in self.top.children(recursive=True))

    async def rest(self, patience: float) -> float:
        """Wait until the workers have nothing to do: effects are learnt. Seconds that took, at most `patience`."""
        begun, before, idle = time.monotonic(), -1.0, 0
        while time.monotonic() - begun < patience and idle < 2:  # once may be a pause on a busy machine
            await asyncio.sleep(REST_SECONDS)
            now = self.work_seconds()
            idle = idle + 1 if now - before < REST_SHARE * REST_SECONDS else 0
            before = now
            print(f"effects of levers are learnt: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        return time.monotonic() - begun


def _resident(processes: list[psutil.Process]) -> float:
    total = 0
    for one in processes:
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / MEGABYTE


@dataclass
class Sample:
    """Memory (MB) and load at a time (seconds since the first move was due)."""

    at: float
    server: float
    workers: float
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def all(self) -> float:
        """Server and workers together."""
        return self.server + self.workers


async def until(true: Any, seconds: float, what: str) -> None:
    """Wait until `true()`; SystemExit when it takes longer."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"gave up after {seconds:.0f} s: {what}")
        await asyncio.sleep(0.05)


async def come(person: Person) -> None:
    """Open the page, again while the server is not up yet, and wait for today's policy on it."""
    for _ in range(300):
        try:
            await person.come()
            break
        except OSError:
            await asyncio.sleep(0.2)
    await until(lambda: person.up_to_date, 1500, "today's policy on the page")


async def use(person: Person, ended: asyncio.Event) -> None:
    """Move levers until the end, each time after eight seconds give or take a quarter."""
    jitter = random.Random(f"jitter {person.number}")
    await _pause(ended, BETWEEN_MOVES_SECONDS * jitter.random())
    while not ended.is_set():
        await person.move()
        await _pause(ended, BETWEEN_MOVES_SECONDS * jitter.uniform(0.75, 1.25))
    person.finish()


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    """Wait, but not beyond the end."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)


async def watch(server: Server, people: list[Person], seconds: float, ended: asyncio.Event) -> list[Sample]:
    """Memory from the first move on, with a line of progress each time; after `seconds` it is the end."""
    begun, samples = time.monotonic(), []
    while True:
        at = time.monotonic() - begun
        samples.append(Sample(round(at, 1), *server.memory()))
        last, now = samples[-1], answers([move for one in people for move in one.moves])
        print(
            f"{at / 60:5.1f} min: {now['moves']} moves, first {now['first_s']}, model {now['model_s']}, {kept_apart(people)}, "
            f"{last.server:.0f} + {last.workers:.0f} MB, load {last.load:.1f}",
            file=sys.stderr,
            flush=True,
        )
        if at >= seconds or ended.is_set():
            ended.set()
            return samples
        await _pause(ended, min(SAMPLE_SECONDS, max(0.1, seconds - at)))


async def room(server: Server, count: int, seconds: float, warm: float) -> dict[str, Any]:
    """A room of people from their coming to their going, and what was measured."""
    ended = asyncio.Event()
    people = [Person(n, server.address, unfolded=n % 2 == 1) for n in range(count)]
    await come(people[0])  # the first to come waits for the server and for today's policy
    warming = await server.rest(warm)
    begun = time.monotonic()
    await asyncio.gather(*(come(person) for person in people[1:]))
    coming = time.monotonic() - begun
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    watching = asyncio.create_task(watch(server, people, seconds, ended))
    await asyncio.gather(*(use(person, ended) for person in people))
    samples = await watching
    await asyncio.gather(*(person.go() for person in people))
    return {
        "clients": count,
        "minutes": round(samples[-1].at / 60, 1),
        "warming_s": round(warming),
        "all_here_s": round(coming, 1),
        **answers([move for person in people for move in person.moves]),
        **kept_apart(people),
        "memory": growth(samples),
        "load": spread([s.load for s in samples]),
    }


def answers(moves: list[Move]) -> dict[str, Any]:
    """Seconds to the first answer and to the model's own, over all moves."""
    done = [move for move in moves if move.waited > 0]
    return {
        "moves": len(done),
        "estimates_first": sum(move.guess for move in done),
        "first_s": _times([(move.first, move.waited) for move in done]),
        "model_s": _times([(move.model, move.waited) for move in done]),
    }


def _times(pairs: list[tuple[float | None, float]]) -> dict[str, Any]:
    """Median, p95 and slowest; what was not answered counts with the time it was given."""
    if not pairs:
        return {}
    values = sorted(waited if took is None else took for took, waited in pairs)
    return {
        "median": round(statistics.median(values), 2),
        "p95": round(values[min(len(values) - 1, int(0.95 * len(values)))], 2),
        "slowest": round(values[-1], 2),
        "before_the_next_move": sum(took is not None for took, _ in pairs),
        "within_2_s": sum(took is not None and took <= GOAL_SECONDS for took, _ in pairs),
    }


def kept_apart(people: list[Person]) -> dict[str, Any]:
    """Whether pages were kept apart. `own_marks` above none shows that a mark would have been seen."""
    return {
        "leaks": sum(len(person.strangers) for person in people),
        "strayed_levers": sum(person.strayed for person in people),
        "own_marks": min(person.own_marks for person in people),
        "problems": sorted(set().union(*(p.problems for p in people))),
        "received_mb": round(sum(person.received for person in people) / MEGABYTE),
    }


def growth(samples: list[Sample]) -> dict[str, Any]:
    """Megabytes after the first five minutes (of a shorter run: at its start), at the end and at most."""
    first = next((s for s in samples if s.at >= 60 * FIRST_MINUTES), samples[0])
    later = [s for s in samples if s.at >= first.at]
    last, most = samples[-1], max(later, key=lambda s: s.all)
    return {
        "from_minute": round(first.at / 60, 1),
        "mb": [_parts(first), _parts(last)],
        "most_mb": round(most.all),
        "growth_percent": round(100 * (last.all / first.all - 1), 1),
        "most_growth_percent": round(100 * (most.all / first.all - 1), 1),
        "every": [[round(s.at / 60, 1), round(s.server), round(s.workers)] for s in samples],
    }


def _parts(sample: Sample) -> dict[str, int]:
    return {"server": round(sample.server), "workers": round(sample.workers), "all": round(sample.all)}


def spread(values: list[float]) -> dict[str, float]:
    """Least, middle and most."""
    return {
        "least": round(min(values), 1),
        "median": round(statistics.median(values), 1),
        "most": round(max(values), 1),
    }


def main() -> None:
    """Measure and print as JSON."""
    given = [float(a) for a in sys.argv[1:] if not a.startswith("-")]
    count, minutes = given + [20, 30][len(given) :]
    size = "small" if "--small" in sys.argv else "full"
    warm = next(
        (float(a.removeprefix("--warm=")) for a in sys.argv if a.startswith("--warm=")), MOST_WARMING_SECONDS[size]
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is ended too
    server = Server(size == "small")
    try:
        found = asyncio.run(room(server, int(count), 60 * minutes, warm))
    finally:
        server.stop()
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(json.dumps({**found, "machine": machine, "study": size}, indent=1))


if __name__ == "__main__":
    main()
