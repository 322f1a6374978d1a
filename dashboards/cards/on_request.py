"""Work that somebody asks for with a button: told while it goes on, stopped when they move on, kept when it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import solara

from dashboards.cards.vue_parts import AskFor
from dashboards.work.doing import use_tell
from dashboards.work.runner import Cancelled, Fraction, the_runner
from dashboards.work.session import Work, plain, watched_call
from sim.errors import UserError

Step = tuple[str, Callable[[threading.Event, Fraction], Any]]
"""(what goes on, in words; the blocking call, given its stop flag and where to tell how far it is)."""


@dataclass(frozen=True)
class Request:
    """What was asked for: `found` holds a result for each step once it is there, else None."""

    found: tuple[Any, ...] | None
    work: Work
    ask: Callable[[], None]
    stop: Callable[[], None]

    def card(self, title: str, words: str, button: str) -> None:
        """The button with its progress."""
        AskFor(
            title=title,
            words=words,
            button=button,
            status=self.work.what,
            part=self.work.part,
            problem=self.work.problem,
            event_ask=lambda _: self.ask(),
            event_stop=lambda _: self.stop(),
        )


def use_request(key: Hashable, steps: Callable[[], Sequence[Step]]) -> Request:
    """The steps, done in order once they are asked for under this `key`; another key stops them."""
    asked: Any = solara.use_reactive(None)
    work = solara.use_reactive(Work())
    found: Any = solara.use_reactive(None)
    current: Any = solara.use_ref(None)

    def stop() -> None:
        if current.current is not None:
            current.current.set()
        asked.set(None)
        work.set(Work())

    async def job() -> None:
        if current.current is not None:
            current.current.set()
        if asked.value != key:
            work.set(Work(problem=work.value.problem if asked.value is None else ""))
            return
        flag = current.current = threading.Event()
        try:
            with the_runner().serving():
                done = [
                    await watched_call(work, flag, what, lambda tell, run=run: run(flag, tell))  # type: ignore[misc]
                    for what, run in steps()
                ]
            found.set((key, tuple(done)))
            work.set(Work())
        except Cancelled:
            return
        except UserError as error:
            asked.set(None)
            work.set(Work(problem=plain(error)))
        except Exception as error:  # noqa: BLE001 - whatever fails, the page says so and stays alive
            asked.set(None)
            work.set(
                Work(problem=f"The run failed ({type(error).__name__}). What you set is kept; ask again to try again.")
            )

    solara.lab.use_task(job, dependencies=[asked.value, key], raise_error=False, prefer_threaded=False)
    solara.use_effect(lambda: lambda: current.current and current.current.set(), [])
    use_tell(work.value.what)
    ready = found.value[1] if found.value is not None and found.value[0] == key else None
    return Request(ready, work.value, lambda: asked.set(key), stop)
