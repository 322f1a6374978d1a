"""Thousands of inputs made wrong on purpose. `python -m benchmarks.fuzz [KIND …] [--inputs 1000] [--seed 1] [--first 0] [--keep FOLDER]`

Every input is known by kind, seed and number, so that one that failed is made again with `--first NUMBER --inputs 1`.
Exit code 1 where an answer was not as it should be: a traceback, over two seconds, a path touched outside the input's folder.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.subjects import SUBJECTS
from benchmarks.fuzz.watch import Fault, Watch, answer


def inputs(kind: str, seed: int, first: int, count: int) -> Iterator[tuple[int, bytes]]:
    """(number, input) of one kind."""
    seeds = SUBJECTS[kind].seeds()
    for number in range(first, first + count):
        yield number, mutated(random.Random(f"{kind} {seed} {number}"), seeds)


def faults(kind: str, seed: int, first: int, count: int, watch: Watch) -> Iterator[tuple[int, bytes, Fault]]:
    """Those inputs that were not answered as they should be."""
    read = SUBJECTS[kind].read
    for number, data in inputs(kind, seed, first, count):
        with tempfile.TemporaryDirectory() as folder:
            fault = answer(read, data, Path(folder), watch)
        if fault:
            yield number, data, fault


def main() -> int:
    """Try, tell, keep what failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*SUBJECTS, []], metavar="KIND", help=", ".join(SUBJECTS))
    parser.add_argument("--inputs", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that failed, the first of each fault")
    given = parser.parse_args()
    watch, failed = Watch(), 0
    for kind in given.kinds or SUBJECTS:
        begun, found = time.monotonic(), Counter[str]()
        for number, data, fault in faults(kind, given.seed, given.first, given.inputs, watch):
            found[fault.kind] += 1
            if found[fault.kind] == 1:
                print(f"{kind} {number}: {fault.kind}\n{fault.told}", file=sys.stderr)
                _keep(given.keep, kind, number, data)
        print(
            f"{kind}: {given.inputs} inputs, {sum(found.values())} faults, {time.monotonic() - begun:.0f} s", flush=True
        )
        for what, times in found.most_common():
            print(f"  {times} x {what}", flush=True)
        failed += sum(found.values())
    return 1 if failed else 0


def _keep(folder: Path | None, kind: str, number: int, data: bytes) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{kind}-{number}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
