"""The peers side by side: the same toy in each library, each in an environment of its own, by turns, in rounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.toy import expected
from benchmarks.scale.intervals import Interval, mean, ratio, typical

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = "ours"


@dataclass(frozen=True)
class Peer:
    """A library: its module here, what is installed, how it is called, and whether its time is continuous."""

    module: str
    package: str
    name: str
    continuous: bool = False
    most_people: int = 10**9


PEERS = (
    Peer(OURS, "", "peerscale's way of writing"),
    Peer("laser", "laser-core", "LASER"),
    Peer("starsim", "starsim", "starsim"),
    Peer("simpy", "simpy", "SimPy", True, 20_000),
    Peer("mesa", "mesa", "Mesa", False, 20_000),
)
"""`most_people`: beyond it one measurement would take minutes."""
ANSWERS = {
    "waiting": "waiting",
    "started": "started",
    "gave_up": "gave up",
    "dropped_out": "dropped out",
    "waited": "wait",
}


@dataclass(frozen=True)
class Found:
    """One library at one size. `times`: its CPU time over ours, by pairs. `off`: each answer less the closed form, in percent
    of it. `holds`: the closed form is inside the interval of every answer (99% for all of them together)."""

    peer: Peer
    people: int
    version: str
    ns: Interval
    times: Interval
    off: dict[str, Interval]
    holds: bool


def python_of(peer: Peer, folder: Path) -> str:
    """The Python of a peer's environment in `folder`, which is made where it is not there yet."""
    if not peer.package:
        return sys.executable
    home = folder / peer.module
    python = home / "bin" / "python"
    if not (home / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", peer.package], check=True, stdout=sys.stderr)
        (home / "made").touch()
    return str(python)


def version_of(peer: Peer, python: str) -> str:
    """The version that is installed."""
    if not peer.package:
        return "this checkout"
    asked = f"import importlib.metadata as m; print(m.version({peer.package!r}))"
    return subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def once(peer: Peer, python: str, people: int, seed: int, seconds: float) -> dict[str, float]:
    """One measurement in a process of its own, on one thread. Raises RuntimeError with its last words."""
    told = os.environ | {"PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [python, "-m", f"benchmarks.peers.{peer.module}", "--people", str(people), "--seed", str(seed)]
    done = subprocess.run(
        [*command, "--seconds", str(seconds)], capture_output=True, text=True, cwd=ROOT, env=told, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{peer.name}: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(
    folder: Path, sizes: Sequence[int], rounds: int, seconds: float, peers: Sequence[Peer] = PEERS
) -> list[Found]:
    """Every library at every size that it can do, `rounds` times, by turns forwards and back. Ours has to be among them."""
    pythons = {peer: python_of(peer, folder) for peer in peers}
    told: list[Found] = []
    for people in sizes:
        here = [peer for peer in peers if people <= peer.most_people]
        runs: dict[Peer, list[dict[str, float]]] = {peer: [] for peer in here}
        for number in range(rounds):
            for peer in here if number % 2 == 0 else here[::-1]:
                runs[peer].append(once(peer, pythons[peer], people, number + 1, seconds))
        ours = [run["ns"] for peer, each in runs.items() if peer.module == OURS for run in each]
        told += [together(peer, people, version_of(peer, pythons[peer]), runs[peer], ours) for peer in here]
    return told


def together(peer: Peer, people: int, version: str, runs: Sequence[dict[str, float]], ours: Sequence[float]) -> Found:
    """Runs of one library at one size."""
    ns = [run["ns"] for run in runs]
    return Found(peer, people, version, typical(ns), ratio(ns, ours), off(peer, runs), holds(peer, runs))


def _parts(peer: Peer, runs: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """Each answer over its closed form, run by run."""
    answer = expected(peer.continuous)
    return {name: [run[f"found_{name}"] / answer[name] for run in runs] for name in ANSWERS}


def off(peer: Peer, runs: Sequence[dict[str, float]]) -> dict[str, Interval]:
    """How far each answer is from the closed form, in percent."""
    return {name: mean([100 * (part - 1) for part in parts]) for name, parts in _parts(peer, runs).items()}


def holds(peer: Peer, runs: Sequence[dict[str, float]]) -> bool:
    """Whether the closed form is inside every answer's interval; each is as wide as 99% for all of them asks for."""
    level = 1 - 0.01 / len(ANSWERS)
    each = [mean(parts, level) for parts in _parts(peer, runs).values()]
    return len(runs) > 1 and all(one.low <= 1 <= one.high for one in each)
