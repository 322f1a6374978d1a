"""Whether a sample's share of worlds is its area's: one policy, the same draws, samples and whole areas side by side.

`python -m benchmarks.shares [--areas 20] [--draws 20] [--folder FOLDER] [--record]`. For each area the goal is the median of
the whole area's draws, so that a share of a half is at stake, where luck pulls least, and the upper quintile, where it pulls more.
Results are kept as they are made: run again to go on. The time is told first.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.record import record, table
from peerscale.solved import whole_seconds
from scenarios.questions.solve.columns import pick
from scenarios.questions.solve.confirm import whole
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.questions.solve.noise import Noise, measured
from scenarios.questions.solve.runs import Runs
from scenarios.reading.load import load
from sim.people.population import load_areas

POLICY = "everyone"
QUINTILE = 0.2
"""The goal that four whole draws of five meet lies at this quantile of their results."""
TEXT = """
name = "shares"
question = "Does a sample's share of worlds agree with its area's?"
base = "today"
[goal]
level = 0.5
[levers]
directory = [0.1, 1.0]
[search]
average_luck = true
"""


@dataclass(frozen=True)
class Area:
    """One area: the goal's outcome of each draw, whole, in samples of one run, and averaged over as many as `noise` asks for."""

    name: str
    whole: np.ndarray
    single: np.ndarray
    averaged: np.ndarray
    noise: Noise

    def shares(self, quantile: float) -> tuple[float, float, float]:
        """Share of draws that meet the goal at a quantile of the whole area's: whole, one run, averaged."""
        level = np.quantile(self.whole, quantile)
        return tuple(float((one >= level).mean()) for one in (self.whole, self.single, self.averaged))


def goal(area: int) -> Goal:
    """The goal of the benchmark in one area; its base is the policy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shares.toml"
        path.write_text(TEXT, encoding="utf-8")
        return replace(load_goal(path), base=load(POLICY), areas=(area,))


def measure(area: int, draws: int, folder: Path, workers: int) -> Area:
    """One area. The draws are fresh: the search's own come before."""
    one = goal(area)
    fresh = range(one.file.search.worlds, one.file.search.worlds + draws)
    with Runs(one, folder / str(area) / "sample", workers) as runs:
        noise = measured(runs, one.today)
        single = pick(runs.each(one.today, fresh, 1), "available")[:, 0]
        averaged = pick(runs.each(one.today, fresh, noise.replicates), "available").mean(axis=1)
    with Runs(whole(one), folder / str(area) / "whole", workers) as runs:
        all_ = pick(runs.columns(one.today[None], fresh)[0], "available")
    return Area(str(load_areas().short_name[area]), all_, single, averaged, noise)


def lines(found: list[Area], draws: int) -> list[str]:
    """What is recorded."""
    rows = []
    for one in found:
        half, most = one.shares(0.5), one.shares(QUINTILE)
        gap = float((one.averaged - one.whole).mean())
        rows.append(
            [one.name, _runs(one.noise), f"{one.noise.share:.1%}", f"{100 * gap:+.2f}"]
            + [f"{share:.0%}" for share in (*half, *most)]
        )
    head = ["area", "runs of luck", "luck of the variance", "sample less whole, points"]
    head += [f"{where}: {what}" for where in ("median", "quintile") for what in ("whole", "one run", "averaged")]
    apart = np.array([one.shares(q)[2] - one.shares(q)[0] for one in found for q in (0.5, QUINTILE)])
    said = f"Policy {POLICY}, {draws} draws an area. Shares of averaged samples less those of whole areas: mean {100 * apart.mean():+.1f} points, "
    return [said + f"root mean square {100 * np.sqrt((apart**2).mean()):.1f}.", "", *table(head, rows)]


def _runs(noise: Noise) -> str:
    """Runs of luck that were averaged, and how many it would take where those are more."""
    if noise.wanted == noise.replicates:
        return f"{noise.replicates}"
    return f"{noise.replicates} (of {noise.wanted or 'more than can be told'})"


def main() -> None:
    """Tell the time, measure, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=20)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=None, help="keep the runs here, and go on with them")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--dry-run", action="store_true", help="tell the time, and no more")
    chosen = parser.parse_args()
    areas = [int(i) for i in np.linspace(0, len(load_areas().code) - 1, chosen.areas)]
    seconds = sum(whole_seconds(goal(area), chosen.workers) for area in areas) * chosen.draws / 20
    print(f"about {seconds / 60:.0f} minutes here")
    if chosen.dry_run:
        return
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(area, chosen.draws, chosen.folder or Path(folder), chosen.workers) for area in areas]
    told = lines(found, chosen.draws)
    print("\n".join(told))
    if chosen.record:
        record("solve shares", "python -m benchmarks.shares --record", told)


if __name__ == "__main__":
    main()
