"""How it scales, and the peers side by side: one command, for docs/scale.md, its picture and README's figures.

    python -m benchmarks.scale                     # about ten minutes on two quiet cores
    python -m benchmarks.scale --parts peers --environments kept --rounds 3
    python -m benchmarks.scale --people 10000,100000,1000000,10000000 --england
    python -m benchmarks.scale --record            # writes the page, the picture and README

Every measurement is in a process of its own. What is compared runs by turns, in rounds, so that whatever else the machine does
falls on all alike. Each peer has an environment of its own, made in --environments or in a temporary folder.
Leaves out unless asked: ten million adults, and all England.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import when
from benchmarks.scale import jobs, page, peers, sizes
from benchmarks.scale.picture import draw
from benchmarks.scale.study import Measured, Plan

PARTS = ("sizes", "peers", "jobs", "study")


@dataclass
class Results:
    """What was measured; None where it was not asked for."""

    sizes: sizes.Sizes | None = None
    overhead: jobs.Overhead | None = None
    spread: list[jobs.Spread] | None = None
    peers: list[peers.Found] | None = None

    def measured(self) -> Measured:
        """What the study on paper needs: of the largest size. ValueError without sizes and jobs."""
        if self.sizes is None or self.overhead is None:
            raise ValueError("the study needs the parts sizes and jobs")
        last = self.sizes.sizes[-1]
        grown = last.result * Plan().adults / last.people
        return Measured(
            last.ns.mean,
            self.sizes.person_bytes,
            self.sizes.settled_bytes,
            grown,
            self.overhead.bytes_a_world,
            self.overhead.beyond.mean,
        )


def numbers(text: str) -> list[int]:
    """`10000,100000` as numbers. Raises argparse's error for others."""
    try:
        found = [int(part.replace("_", "")) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"numbers with commas between, got {text!r}") from None
    if min(found) < 1_000:
        raise argparse.ArgumentTypeError(f"a thousand people at least, got {min(found)}")
    return found


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    made.add_argument("--people", type=numbers, default=[10_000, 100_000, 1_000_000], help="sizes of one world")
    made.add_argument("--england", action="store_true", help="all 42 areas too, once: some minutes and 10 GB")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--weeks", type=int, default=104)
    made.add_argument("--burn-in", type=int, default=26)
    made.add_argument("--jobs", type=int, default=2_000)
    made.add_argument("--spread-people", type=int, default=300_000, help="adults of each of 16 jobs that are spread")
    made.add_argument("--peer-people", type=numbers, default=[10_000, 1_000_000])
    made.add_argument("--seconds", type=float, default=1.0, help="CPU time of one measurement of a peer")
    made.add_argument("--environments", type=Path, help="where the peers' environments are, or are made")
    made.add_argument("--price", type=float, default=Plan().price, help="pounds a core-hour, for the study on paper")
    made.add_argument("--cores", type=int, default=Plan().cores)
    made.add_argument("--record", action="store_true", help="write docs/scale.md, docs/scale.png and README.md")
    return made


def run(asked: argparse.Namespace) -> Results:
    """Measure the parts that are asked for."""
    found, parts = Results(), asked.parts.split(",")
    if "sizes" in parts:
        found.sizes = sizes.measure(asked.people, asked.rounds, asked.burn_in, asked.weeks, asked.england)
        say("sizes", page.sizes_lines(found.sizes))
    if "peers" in parts:
        with tempfile.TemporaryDirectory() as name:
            folder = asked.environments or Path(name)
            found.peers = peers.measure(folder, asked.peer_people, asked.rounds, asked.seconds)
        say("peers", page.peers_lines(found.peers))
    if asked.record:  # should what follows fail, this is kept
        record(found, asked)
    if "jobs" in parts:
        found.overhead = jobs.overhead(asked.jobs, min(3, asked.rounds))
        found.spread = jobs.spread(min(3, asked.rounds), people=asked.spread_people)
        say("jobs", page.jobs_lines(found.overhead, found.spread))
    if "study" in parts:
        say("study", study(found, asked))
    return found


def study(found: Results, asked: argparse.Namespace) -> list[str]:
    """The national study on paper."""
    return page.study_lines(found.measured(), Plan(price=asked.price, cores=asked.cores))


def say(name: str, lines: Sequence[str]) -> None:
    """Print a part."""
    print(f"\n## {name}\n", *lines, sep="\n", flush=True)


def typed(words: Sequence[str]) -> str:
    """The command as others would type it: without where this machine keeps the environments."""
    kept = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not word.startswith("--environments") and before != "--environments"
    ]
    return " ".join(["python -m benchmarks.scale", *kept])


def record(found: Results, asked: argparse.Namespace) -> None:
    """Write the page's blocks of the parts that were measured, the picture, and README's block where both its parts were."""
    text = page.PAGE.read_text("utf-8")
    said = [f"`{typed(sys.argv[1:])}`, {when()}.", ""]
    blocks: dict[str, Callable[[], list[str]]] = {}
    if found.sizes:
        blocks["sizes"] = lambda: page.sizes_lines(found.sizes)
    if found.overhead and found.spread:
        blocks["jobs"] = lambda: page.jobs_lines(found.overhead, found.spread)
    if found.peers:
        blocks["peers"] = lambda: page.peers_lines(found.peers)
    if found.sizes and found.overhead:
        blocks["study"] = lambda: study(found, asked)
    for name, lines in blocks.items():
        text = page.with_block(text, name, [*said, *lines()])
    if found.sizes and found.peers:
        lines = page.readme_lines(found.sizes, found.peers)
        text = page.with_block(text, page.IN_README, lines)
        readme = page.with_block(page.README.read_text("utf-8"), page.IN_README, lines)
        page.write(page.README, readme)
        draw(found.sizes, found.peers, page.PICTURE)
        shown = f"![Cost by size, and the libraries side by side]({page.PICTURE.name})"
        text = page.with_block(text, "picture", [shown])
    page.write(page.PAGE, text)


def main() -> None:
    """The command line."""
    made = parser()
    asked = made.parse_args()
    strange = set(asked.parts.split(",")) - set(PARTS)
    if strange:
        made.error(f"--parts: of {', '.join(PARTS)}, got {', '.join(sorted(strange))}")
    if "study" in asked.parts.split(",") and not {"sizes", "jobs"} <= set(asked.parts.split(",")):
        made.error("--parts: study needs sizes and jobs")
    begun = time.monotonic()
    found = run(asked)
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    if asked.record:
        record(found, asked)


if __name__ == "__main__":
    main()
