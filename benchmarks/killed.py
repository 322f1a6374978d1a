"""Every command that runs worlds, killed at random moments until it ends: the same bytes as one left alone?

    python -m benchmarks.killed --kills 200 --record

For each command: one undisturbed run; then the command again and again in another folder, ended at a random moment by
SIGKILL of the whole group, SIGKILL of its first process, SIGTERM, Ctrl-C, or two Ctrl-C in a row, until it has ended by
itself. Then every file and every word of the answer is held against the undisturbed run, and what is left over is
counted: processes, locks, temporary files. A job that is run again although its result was on disk is told too.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "killed.md"
SMALL = [
    "--people",
    "1000",
    "--place-size",
    "1000",
    "--draws",
    "12",
    "--replicates",
    "1",
    "--years",
    "1",
    "--burn-in",
    "200",
]
ROWS = ["--years", "1"]
GOAL = (
    'name = "tiny"\nquestion = "A trial?"\nfrontier = [0.3]\n[goal]\nlevel = 0.3\nworlds = 0.5\n[levers]\ndirectory = [0.1, 1.0]\n'
    "[run]\npeople = 1000\nplace_size = 500\nyears = 1\n[search]\nbundles = 8\nworlds = 4\nrounds = 0\nfresh = 20\ncandidates = 1\nsteps = 10\n"
)
WAYS = ("kill the group", "kill the first process", "SIGTERM", "Ctrl-C", "Ctrl-C twice")
OUTSIDE = {"timings.json"}
"""Files that tell how long a run took: they differ between any two runs."""
ENDS = (130, 0, -signal.SIGINT)
"""Exit codes after Ctrl-C. Python itself ends by the signal when the second comes while it closes; a shell shows that as 130."""


@dataclass
class Tally:
    """What happened to one command."""

    kills: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)
    again: int = 0
    left_processes: int = 0
    faults: list[str] = field(default_factory=list)


def commands(plan: Path, goal: Path) -> dict[str, list[str]]:
    """Arguments of each command; FOLDER stands for its folder of results."""
    return {
        "run": ["run", "today", "open_door", *SMALL, "--out", "FOLDER"],
        "batch": ["batch", "today", "open_door", "everyone", *SMALL, "--out", "FOLDER"],
        "relief": ["relief", "today", *SMALL, "--json"],
        "explain": ["explain", "today", "open_door", *SMALL, "--json"],
        "case": ["case", "open_door", *SMALL, "--out", "FOLDER/case.html"],
        "pilot": [
            "pilot",
            "open_door",
            "--draws",
            "12",
            "--replicates",
            "4",
            "--years",
            "1",
            "--burn-in",
            "200",
            "--place-size",
            "500",
            "--json",
        ],
        "sensitivity": [
            "sensitivity",
            "today",
            "--rows",
            "40",
            "--trajectories",
            "0",
            *ROWS,
            "--out",
            "FOLDER",
            "--json",
        ],
        "discover": [
            "discover",
            "today",
            "--at-least",
            "0.2",
            "--rows",
            "60",
            "--fresh",
            "60",
            *ROWS,
            "--out",
            "FOLDER",
            "--json",
        ],
        "solve": ["solve", str(goal), "--out", "FOLDER", "--json"],
        "calibrate": ["calibrate", str(plan), "--out", "FOLDER"],
    }


def start(arguments: list[str], folder: Path, cache: Path) -> subprocess.Popen[str]:
    """The command in a process group of its own."""
    folder.mkdir(exist_ok=True)
    words = [
        sys.executable,
        "-m",
        "peerscale",
        *(a.replace("FOLDER", str(folder)) for a in arguments),
        "--workers",
        "2",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PEERSCALE_CACHE": str(cache)}
    return subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def content(folder: Path, said: str) -> dict[str, bytes]:
    """Every file that stays, and what was said, without the folder's own name."""
    found = {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in OUTSIDE
    }
    return {name: b.replace(str(folder).encode(), b"FOLDER") for name, b in found.items()} | {
        "said": said.replace(str(folder), "FOLDER").encode()
    }


def finished(*folders: Path) -> dict[Path, int]:
    """Which file each kept job is: one that is written again is another file (a start that is used is stamped anew)."""
    paths = [p for folder in folders if folder.exists() for p in folder.rglob("*.job")]
    return {p: p.stat().st_ino for p in paths if p.exists()}


def end(process: subprocess.Popen[str], way: str, tally: Tally) -> None:
    """End it, and wait until every process of its group is gone."""
    number = {"SIGTERM": signal.SIGTERM, "Ctrl-C": signal.SIGINT, "Ctrl-C twice": signal.SIGINT}.get(
        way, signal.SIGKILL
    )
    begun = time.monotonic()
    (os.kill if way in ("kill the first process", "SIGTERM") else os.killpg)(process.pid, number)
    if way == "Ctrl-C twice":
        time.sleep(0.1)
        if process.poll() is None:
            os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    if way.startswith("Ctrl-C") and process.returncode not in ENDS:
        tally.faults.append(f"{way}: exit code {process.returncode}: {err[-200:]}")
    if "Traceback" in err:
        tally.faults.append(f"{way}: a traceback: {err[-200:]}")
    while not gone(process.pid) and time.monotonic() - begun < 30:
        time.sleep(0.02)
    tally.left_processes += not gone(process.pid)
    tally.worst[way] = round(max(tally.worst.get(way, 0.0), time.monotonic() - begun), 1)


def gone(group: int) -> bool:
    """Whether a process group has ended."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def one(arguments: list[str], home: Path, kills: int, luck: random.Random) -> Tally:
    """Undisturbed, then ended `kills` times and gone on with each time until it ends."""
    tally, whole, cache = Tally(), home / "untouched", home / "cache"
    begun = time.monotonic()
    process = start(arguments, whole, cache)
    said, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"{arguments}: exit code {process.returncode}: {err}")
    took, right = time.monotonic() - begun, content(whole, said)
    done = 0
    while done < kills:
        folder = home / "disturbed"
        shutil.rmtree(folder, ignore_errors=True)
        each, before, said = 0, dict[Path, int](), ""
        while True:
            process, last = start(arguments, folder, cache), each >= 6 or done >= kills
            try:
                said, err = process.communicate(timeout=None if last else luck.uniform(0.3, 1.1) * took)
            except subprocess.TimeoutExpired:
                way = luck.choice(WAYS)
                end(process, way, tally)
                tally.kills[way] += 1
                done, each = done + 1, each + 1
                now = finished(folder, cache)
                tally.again += sum(now.get(p, at) != at for p, at in before.items())
                before = now
                continue
            if process.returncode:
                tally.faults.append(f"gone on with: exit code {process.returncode}: {err[-300:]}")
            break
        found = content(folder, said)
        apart = sorted(name for name in right.keys() | found.keys() if right.get(name) != found.get(name))
        if apart:
            tally.faults.append(f"differs: {', '.join(apart[:5])}")
        left = [p.name for p in [*home.rglob(".*.part"), *home.rglob("*.lock")]]
        if left:
            tally.faults.append(f"left: {', '.join(left[:5])}")
    return tally


def main() -> None:
    """Kill, compare, tell; `--record` writes docs/killed.md."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", nargs="*", default=[])
    asked.add_argument("--record", action="store_true")
    given = asked.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    from tiny_plan import TINY

    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="killed-") as temporary:
        home = Path(temporary)
        (home / "plan.toml").write_text(TINY, "utf-8")
        (home / "tiny.toml").write_text(GOAL, "utf-8")
        chosen = {
            name: words
            for name, words in commands(home / "plan.toml", home / "tiny.toml").items()
            if not given.only or name in given.only
        }
        for name, words in chosen.items():
            (home / name).mkdir()
            tallies[name] = one(
                words, home / name, -(-given.kills // len(chosen)), random.Random(f"{given.seed} {name}")
            )
            print(name, tallies[name], flush=True)
    if given.record:
        PAGE.write_text(page(tallies, given.kills, given.seed), "utf-8")
    sys.exit(any(tally.faults or tally.left_processes for tally in tallies.values()))


def page(tallies: dict[str, Tally], kills: int, seed: int) -> str:
    """The last result, as a page."""
    rows = [
        f"| `{name}` | {t.kills.total()} | {t.again} | {t.left_processes} | {max(t.worst.values(), default=0.0):.1f} | {'; '.join(t.faults) or 'none'} |"
        for name, t in tallies.items()
    ]
    ways = sum((t.kills for t in tallies.values()), Counter[str]())
    return "\n".join(
        [
            "# Killed at random moments",
            "",
            f"Made by `python -m benchmarks.killed --kills {kills} --seed {seed} --record` on {time.strftime('%d %B %Y')}. Each command was run once",
            "undisturbed. Then it was ended at random moments and started again until it ended by itself. Every file it left and",
            "every word of its answer were compared with the undisturbed run (timings apart).",
            "",
            f"In all {sum(ways.values())} ends: {', '.join(f'{n} by {way}' for way, n in sorted(ways.items()))}.",
            "",
            "| command | times ended | jobs run again though on disk | processes left | slowest end, s | what differed |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
