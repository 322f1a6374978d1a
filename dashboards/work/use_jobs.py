"""How a page follows a job of `jobs`: it is kept going while the link wants it, and looked at again while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import solara

from dashboards.work.doing import use_tell
from dashboards.work.jobs import OVER, RUNNING, WAITING, J, Job, Jobs

REFRESH_SECONDS = 1.0


def keep_job(jobs: Jobs[Any], key: str, begin: Callable[[str], None], words: str) -> None:
    """Begin or join the job of `key` ("" for none); the one before is left. `words`: what the header says while it goes on."""
    before: Any = solara.use_ref("")
    who = solara.get_session_id()

    def follow() -> None:
        if before.current and before.current != key:
            jobs.leave(before.current, who)
        if key:
            begin(who)
        before.current = key

    solara.use_effect(follow, [key])
    job = use_job(jobs, key, key, 0)
    use_tell(words if job is not None and job.state not in OVER else "")


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


def by_another(job: Job | None, who: str) -> str:
    """That another person stopped this browser's job; "" where nobody did."""
    halted = job is not None and job.state not in (RUNNING, WAITING) and job.halted_by not in ("", who)
    return "Somebody in the room stopped it. " if halted else ""


def use_others(jobs: Jobs[Any], key: str) -> tuple[list[dict[str, Any]], Callable[[str], None]]:
    """(what else of this kind goes on on this server, and what stops one of them), looked at every second."""
    nothing: list[dict[str, Any]] = []
    rows = solara.use_reactive(nothing)
    who = solara.get_session_id()
    asked: Any = solara.use_ref(key)
    asked.current = key

    async def refresh() -> None:
        while True:
            rows.set(_rows(jobs, asked.current, who))
            await asyncio.sleep(REFRESH_SECONDS)

    def stop(name: str) -> None:
        jobs.stop(name, who)
        rows.set(_rows(jobs, asked.current, who))

    solara.lab.use_task(refresh, dependencies=[], raise_error=False, prefer_threaded=False)
    return [row for row in rows.value if row["key"] != key], stop


def _rows(jobs: Jobs[Any], key: str, who: str) -> list[dict[str, Any]]:
    return [
        {
            "key": name,
            "title": job.title(),
            "words": f"{_state_words(job, who)}: {job.title()}",
            "going": job.state not in OVER,
            "stopping": job.stop.is_set(),
        }
        for name, job in jobs.others(key).items()
    ]


def _state_words(job: Job, who: str) -> str:
    """What a job of others does, in a word or two."""
    if job.state not in OVER:
        return (
            "Stopping"
            if job.stop.is_set()
            else "This machine works on"
            if job.state == RUNNING
            else "Waiting for its turn"
        )
    return "Stopped here" if job.halted_by == who else "Stopped by somebody in the room"


def _mine(jobs: Jobs[J], key: str, going: str, who: str) -> J | None:
    job = jobs.get(key) if key else None
    return job if job is not None and (going or who in job.known_to) else None
