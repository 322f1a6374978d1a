"""One browser's session: what is asked, how it moves, and the run behind it. The heart of every page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import solara

from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, Policy, question
from dashboards.asked.undo import Line
from dashboards.work.doing import use_tell
from dashboards.work.progress import Progress
from dashboards.work.runner import Cancelled, study_of, the_runner
from scenarios.reading.load import is_todays, load
from scenarios.running.durations import run_seconds
from scenarios.running.study import Study
from sim.errors import UserError
from sim.results.result import Result

DEBOUNCE_SECONDS = 0.12
TELL_SECONDS = 0.3
SETTLING = "Settling today’s policy, once"
THREADS = ThreadPoolExecutor(64, thread_name_prefix="page")


@dataclass(frozen=True, eq=False)
class Shown:
    """What a page draws: two runs on the same luck, and for which question they are the answer."""

    asked: Asked
    today: Result
    plan: Result
    guess: bool = False


@dataclass(frozen=True)
class Work:
    """What goes on: `part` 0 to 1 of all there is to do, `what` at the moment, how long is `left` in words.

    `problem`: in plain words, when the last run failed.
    """

    what: str = ""
    part: float = 0.0
    problem: str = ""
    left: str = ""


@dataclass
class Session:
    """The reactive values of one browser and the moves that change them."""

    asked: solara.Reactive[Asked]
    line: solara.Reactive[Line]
    shown: solara.Reactive[Shown | None]
    work: solara.Reactive[Work]
    notes: solara.Reactive[tuple[str, ...]]
    book: solara.Reactive[tuple[Any, ...]]
    heard: solara.Reactive[dict[str, int]]

    def move(self, change: Callable[[Asked], Asked], gesture: str = "") -> None:
        """Change what is asked; undo can bring the old back, all changes of one `gesture` at once."""
        old = self.asked.value
        new = change(old)
        if new != old:
            self.line.set(self.line.value.moved(old, new, gesture))
            self.asked.set(new)

    def go(self, **changes: Any) -> None:
        """Set fields of what is asked."""
        self.move(lambda asked: replace(asked, **changes))

    def set_lever(self, data: dict[str, Any]) -> None:
        """A lever moved on the page. The number of the touch is given back with the lever, once it is counted."""
        name, value = str(data["name"]), float(data["value"])
        gesture = f"{name} {data['gesture']}" if "gesture" in data else ""
        self.move(lambda asked: replace(asked, policy=_with(asked.policy, name, value)), gesture)
        self.heard.set(self.heard.value | {name: int(data.get("touch", 0))})

    def reset_lever(self, data: dict[str, Any]) -> None:
        """A lever back to today's value."""
        from sim.numbers.levers import BY_NAME

        name = str(data["name"])
        self.move(lambda asked: replace(asked, policy=_with(asked.policy, name, BY_NAME[name].today)))

    def undo(self) -> None:
        """One step back."""
        line, asked = self.line.value.undo(self.asked.value)
        self.line.set(line)
        self.asked.set(asked)

    def redo(self) -> None:
        """One step forward again."""
        line, asked = self.line.value.redo(self.asked.value)
        self.line.set(line)
        self.asked.set(asked)

    def tell(self, *notes: str) -> None:
        """Say something to this browser's people until they put it away."""
        self.notes.set(notes)


def _with(policy: Policy, name: str, value: float) -> Policy:
    """The policy with a lever set; freed again where the base has that very value throughout."""
    base = scenario_of(replace(policy, sets=()))
    plain = base.levers.get(name) == value and not any(name in change.levers for change in base.changes)
    return policy.with_lever(name, None if plain else value)


def use_session(first: Asked, notes: tuple[str, ...]) -> Session:
    """The session of this page, made once."""
    return Session(
        solara.use_reactive(first),
        solara.use_reactive(Line()),
        solara.use_reactive(None),  # type: ignore[arg-type]
        solara.use_reactive(Work("Starting")),
        solara.use_reactive(notes),
        solara.use_reactive(()),
        solara.use_reactive({}),
    )


@solara.component
def Runs(session: Session) -> None:
    """Keeps `shown` up with `asked`: stops the run that is stale, waits a moment, runs, tells how far it is."""
    asked = session.asked.value
    current: Any = solara.use_ref(None)
    key = question(asked)

    async def job() -> None:
        if current.current is not None:
            current.current.stop.set()
        mine = current.current = Progress()
        try:
            await _answer(session, asked, mine)
        except Cancelled:
            return
        except UserError as error:
            session.work.set(Work(problem=plain(error)))
        except Exception as error:  # noqa: BLE001 - whatever fails, the page says so and stays alive
            session.work.set(
                Work(
                    problem=f"The run failed ({type(error).__name__}). What you set is kept; move a lever to try again."
                )
            )

    solara.lab.use_task(job, dependencies=[key], raise_error=False, prefer_threaded=False)
    solara.use_effect(lambda: lambda: _stop(current.current), [])


def _stop(job: Progress | None) -> None:
    if job is not None:
        job.stop.set()


def plain(error: UserError) -> str:
    """An error as a sentence or two on a page."""
    parts = (f"{error.what[:1].upper()}{error.what[1:]}.", f"{error.where}: {error.rule}." if error.rule else "")
    return " ".join(part for part in parts if part)


async def _answer(session: Session, asked: Asked, mine: Progress) -> None:
    """Run today's policy and the one asked, on the same luck; at once where they are kept."""
    runner, study = the_runner(), study_of(asked)
    today, plan = load("today"), scenario_of(asked.policy)
    plan = today if is_todays(plan) else plan
    runner.last_asked = study
    base, other = runner.kept(today, study), runner.kept(plan, study)
    guess = runner.estimate(plan, study) if other is None else None
    if base is not None and guess is not None:
        session.shown.set(Shown(asked, base, guess, guess=True))
        session.work.set(Work("The model runs"))
    if base is None or other is None:
        await asyncio.sleep(DEBOUNCE_SECONDS)
        if mine.stop.is_set():
            raise Cancelled
    with runner.serving():
        await _run_both(session, asked, mine, guess)


async def _run_both(session: Session, asked: Asked, mine: Progress, guess: Result | None) -> None:
    """The model's own answer; an estimate shown before it is checked against it."""
    runner, study = the_runner(), study_of(asked)
    today, plan = load("today"), scenario_of(asked.policy)
    plan = today if is_todays(plan) else plan
    new = not runner.settled(study)
    runs = sum(runner.kept(one, study) is None for one in ([today] if plan is today else [today, plan]))
    mine.total, mine.seconds = (
        max(1, new * study.burn_in + runs * study.weeks),
        run_seconds(study, runs, runner.workers, int(new)),
    )
    if new:
        session.work.set(Work(SETTLING, left=mine.left()))
        await watched(session.work, mine, SETTLING, lambda: runner.settle(study, mine.stop, mine.tell), study.burn_in)
    base = await watched(
        session.work,
        mine,
        "Today’s policy",
        lambda: runner.run(today, study, mine.stop, mine.tell),
        study.weeks * (runner.kept(today, study) is None),
    )
    other = (
        base
        if plan is today
        else await watched(
            session.work, mine, "Your policy", lambda: runner.run(plan, study, mine.stop, mine.tell), study.weeks
        )
    )
    if not mine.stop.is_set():
        if guess is not None:
            runner.effects.check(guess, other)
        session.shown.set(Shown(asked, base, other))
        session.work.set(Work())


async def watched(
    work: solara.Reactive[Work], mine: Progress, what: str, run: Callable[[], Any], size: float = 1.0
) -> Any:
    """A blocking call in a thread, `size` of the whole, with progress told on the way."""
    mine.begin(size)
    future = asyncio.get_running_loop().run_in_executor(THREADS, run)
    while not future.done():
        await asyncio.wait({future}, timeout=TELL_SECONDS)
        if not future.done() and not mine.stop.is_set():
            work.set(Work(what, round(mine.far(), 2), left=mine.left()))
    if mine.stop.is_set():
        raise Cancelled
    return future.result()


async def watched_call(
    work: solara.Reactive[Work], stop: threading.Event, what: str, run: Callable[[Callable[[float], None]], Any]
) -> Any:
    """`watched` for work with a stop flag of its own; `run` is given where to tell how far it is."""
    mine = Progress(stop)
    return await watched(work, mine, what, lambda: run(mine.tell))


def use_results(session: Session, policies: tuple[Policy, ...]) -> tuple[dict[Policy, Result], Work]:
    """Results of several policies in the area at hand, as they come; and what goes on."""
    asked = session.asked.value
    nothing: dict[Policy, Result] = {}
    done = solara.use_reactive(nothing)
    work = solara.use_reactive(Work())
    current: Any = solara.use_ref(None)

    async def job() -> None:
        _stop(current.current)
        mine = current.current = Progress()
        found: dict[Policy, Result] = {}
        try:
            runner, study = the_runner(), study_of(asked)
            mine.total = len(policies)
            for policy in policies:
                found[policy] = await watched(
                    work, mine, "Running the pinned policies", _call(runner.run, policy, study, mine)
                )
                done.set(dict(found))
            work.set(Work())
        except Cancelled:
            return
        except UserError as error:
            work.set(Work(problem=plain(error)))

    solara.lab.use_task(
        job,
        dependencies=[(policies, question(replace(asked, policy=Policy())))],
        raise_error=False,
        prefer_threaded=False,
    )
    solara.use_effect(lambda: lambda: _stop(current.current), [])
    use_tell(work.value.what)
    return done.value, work.value


def _call(run: Callable[..., Result], policy: Policy, study: Study, mine: Progress) -> Callable[[], Result]:
    return lambda: run(scenario_of(policy), study, mine.stop, mine.tell)
