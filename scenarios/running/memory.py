"""Whether the people of a run fit in memory, told before it begins."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.running import by_area
from scenarios.running.handed import handed
from sim.columns.state import PERSON_BYTES
from sim.errors import UserError

if TYPE_CHECKING:
    from scenarios.running.worlds import Batch

BESIDE = 1.25
"""Bytes of a person at work over those of their columns, for planning: 1.19 was measured (docs/running.md)."""
PROCESS_BYTES = 260_000_000
"""Of a process with its libraries, those that write tables too: 243 million were measured."""
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
USED = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def available() -> int | None:
    """Bytes that this process may still take; None where nobody says."""
    found = [_of_system(), *(_of_container(limit, used) for limit, used in zip(LIMITS, USED, strict=True))]
    return min((n for n in found if n is not None), default=None)


def _of_system() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    with contextlib.suppress(ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else None
    return None


def _of_container(limit: str, used: str) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(Path(limit).read_text("ascii")) - int(Path(used).read_text("ascii"))
    return None


def need(parts: Sequence[Batch], workers: int) -> int:
    """About how many bytes a run takes, whose largest parts run at once."""
    people = sorted((part.shape.people for part in parts), reverse=True)[: max(1, workers)]
    return PROCESS_BYTES + int(BESIDE * PERSON_BYTES) * sum(people)


def must_fit(parts: Sequence[Batch], workers: int) -> None:
    """Raises UserError, with what fits, where the people of a run need more memory than there is here; elsewhere nobody knows."""
    if handed() is not None:
        return
    free, needed = available(), need(parts, workers)
    if free is None or needed <= free or parts[0].study.engine == "mesa":
        return
    raise UserError(
        "these people do not fit in memory",
        key="--people",
        rule=f"about {needed / 1e9:.1f} GB free for {max(part.shape.people for part in parts):,} adults at once",
        got=f"{free / 1e9:.1f} GB",
        try_=_fits(parts, workers, free),
    )


def _fits(parts: Sequence[Batch], workers: int, free: int) -> str:
    """What to type instead."""
    fitting = [n for n in range(1, workers) if need(parts, n) <= free]
    if fitting:
        return f"--workers {fitting[-1]}"
    study, alone = parts[0].study, need(parts, 1)
    people = int(_in_all(parts) * max(0, free - PROCESS_BYTES) / (alone - PROCESS_BYTES))
    people = (
        (people - len(study.areas) * study.place_size) // 10_000 * 10_000
    )  # each area is rounded up to whole places
    fewer = f"--people {people:,} --workers 1" if people > 0 else "a machine with more memory"
    meet = len(study.areas) > 1 and parts[0].areas is None
    return fewer + (
        f", or a policy without {' and '.join(by_area.MEETING)}: areas then run by themselves" if meet else ""
    )


def _in_all(parts: Sequence[Batch]) -> int:
    """People of one world in all areas."""
    first = parts[0].worlds
    return sum(part.shape.people // len(part.worlds) for part in parts if part.worlds == first)
