"""How a page follows a job of `jobs`: it is kept going while the link wants it, and looked at again while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import solara

from dashboards.jobs import OVER, J, Jobs

REFRESH_SECONDS = 1.0


def keep_job(jobs: Jobs[Any], key: str, begin: Callable[[str], None]) -> None:
    """Begin or join the job of `key` ("" for none); the one before is left."""
    before: Any = solara.use_ref("")
    who = solara.get_session_id()

    def follow() -> None:
        if before.current and before.current != key:
            jobs.leave(before.current, who)
        if key:
            begin(who)
        before.current = key

    solara.use_effect(follow, [key])


def use_job(jobs: Jobs[J], key: str, going: str, nudge: int) -> J | None:
    """The job of `key` for who wants it (`going`) or ever asked for it; another `nudge` draws it again at once."""
    tick = solara.use_reactive(0)
    who = solara.get_session_id()
    asked: Any = solara.use_ref((key, going))
    asked.current = (key, going)

    async def refresh() -> None:
        # One loop for as long as the page is there: one begun anew for each key can be lost when two follow each other.
        told: tuple[int, str] | None = None
        while True:
            now: tuple[str, str] = asked.current
            job = _mine(jobs, now[0], now[1], who)
            # The state is read before the page looks, so that its last look is at the end.
            seen = (id(job), job.state) if job is not None else None
            if seen != told or (job is not None and job.state not in OVER):
                told = seen
                tick.set(tick.value + 1)
            await asyncio.sleep(REFRESH_SECONDS)

    solara.lab.use_task(refresh, dependencies=[], raise_error=False, prefer_threaded=False)
    return _mine(jobs, key, going, who) if tick.value >= 0 else None


def _mine(jobs: Jobs[J], key: str, going: str, who: str) -> J | None:
    job = jobs.get(key) if key else None
    return job if job is not None and (going or who in job.known_to) else None
