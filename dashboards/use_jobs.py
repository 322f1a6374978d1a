"""How a page follows a job of `jobs`: it is kept going while the link wants it, and looked at again while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import solara

from dashboards.jobs import DONE, FAILED, STOPPED, J, Jobs

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
    """The job of `key` for who wants it (`going`) or ever asked for it; another `nudge` looks again."""
    tick = solara.use_reactive(0)
    who = solara.get_session_id()

    async def refresh() -> None:
        job = _mine(jobs, key, going, who)
        while going or job is not None:
            # Whether it is over is asked before the page looks, so that the page's last look is at the end.
            over = job is not None and job.state in (DONE, FAILED, *(() if going else (STOPPED,)))
            tick.set(tick.value + 1)
            if over:
                return
            await asyncio.sleep(REFRESH_SECONDS)
            job = _mine(jobs, key, going, who)

    solara.lab.use_task(refresh, dependencies=[key, going, nudge], raise_error=False, prefer_threaded=False)
    return _mine(jobs, key, going, who) if tick.value >= 0 else None


def _mine(jobs: Jobs[J], key: str, going: str, who: str) -> J | None:
    job = jobs.get(key) if key else None
    return job if job is not None and (going or who in job.known_to) else None
