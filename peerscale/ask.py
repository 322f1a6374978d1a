"""A question to the model, settled and answered: the one way of the command line and of Python (`peerscale.face`)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from peerscale import dry_run
from peerscale.asked import agreed
from peerscale.given_types import must_have_room
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import Tell, progress, run_seconds
from scenarios.reading.scenario import RunSettings, Scenario
from scenarios.running import store
from scenarios.running.effect import unfinished
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import burn_ins, job_keys, run_many
from scenarios.running.sample import foremost
from scenarios.running.study import Study, make_shape, run_together, sampled, timeline_of
from sim.errors import UserError
from sim.results.result import Result

if TYPE_CHECKING:
    from sim.agents.model import Agents


@dataclass(frozen=True)
class Question:
    """Policies (the first is the baseline), what was typed, the `[run]` of their files, and the study made of both."""

    scenarios: tuple[Scenario, ...]
    typed: Typed
    run: RunSettings
    study: Study

    @property
    def about(self) -> str:
        """What is simulated, in words, and what is still on its way when the run ends."""
        return dry_run.about(self.study, self.typed, self.run) + unfinished(self.scenarios, self.study.weeks)

    @property
    def notes(self) -> str:
        """Of that, what is unusual of this run, numbers of one's own first; "" for most."""
        boards = "".join(f" {one}" for one in dry_run.boards_named(self.typed, self.run))
        return f"{foremost(self.study)}{boards}{unfinished(self.scenarios, self.study.weeks)}".strip()


@dataclass(frozen=True)
class Ran:
    """One policy's run. `seconds` since the work began; `tried_again`: jobs whose worker was lost, in words. `own`: with agents
    of somebody's own, which no folder can name."""

    scenario: Scenario
    study: Study
    result: Result
    seconds: float = 0.0
    tried_again: tuple[str, ...] = ()
    own: bool = False

    def write(self, folder: Path) -> Path:
        """Keep it as a results folder. Raises what `store.write` does, and UserError for agents of somebody's own."""
        if self.own:
            raise kept_nowhere()
        return store.write(folder, self.scenario, self.study, self.result, self.seconds, self.tried_again)


def settle(scenarios: Sequence[Scenario], typed: Typed) -> Question:
    """The question with every setting decided. Raises UserError for what disagrees, or cannot take effect."""
    run = agreed(typed, scenarios)
    study = make_study(typed, run)
    possible(scenarios, study)
    return Question(tuple(scenarios), typed, run, study)


def possible(scenarios: Sequence[Scenario], study: Study) -> None:
    """Raises UserError for what cannot take effect in this study, before anything is run."""
    shape = make_shape(study)
    for scenario in scenarios:
        timeline_of(scenario, shape)


def must_be_free(folder: Path | None, question: Question) -> None:
    """Raises UserError where `folder` holds something else than this question's runs."""
    for scenario in question.scenarios if folder else ():
        store.must_be_free(folder / scenario.name, scenario, question.study)  # type: ignore[operator]


def answer(
    question: Question, folder: Path | None = None, workers: int = 0, quiet: bool = False, again: str | None = None
) -> list[Ran]:
    """Each policy's run, in order; those that `folder` holds whole are read, the others run and kept there.

    `quiet`: nothing is said meanwhile. `again`: how to go on after a stop, in words (None: the command as it was typed).
    """
    found = _held(question, folder, quiet)
    left = [i for i in range(len(question.scenarios)) if i not in found]
    must_have_room(folder, len(left) * len(question.study.worlds) * len(question.study.areas))
    with keeping(folder, again) as finished:
        before = burn_ins([question.scenarios[i] for i in left], question.study, workers, finished)
        with _told(question.study, len(left), workers, quiet, before) as tell:
            found |= _run(question, left, folder, workers, tell, finished)
        finished.used |= job_keys(
            question.scenarios, question.study, finished
        )  # those of an earlier call that was stopped
    return [found[i] for i in range(len(question.scenarios))]


def answer_with(question: Question, agents: Agents, quiet: bool = False) -> list[Ran]:
    """Each policy's run in the readable engine with agents of one's own, in this process; nothing is kept."""
    study, policies = question.study, len(question.scenarios)
    trace, found = sampled(make_shape(study)), []
    with _told(study, policies, 1, quiet) as tell:
        for number, scenario in enumerate(question.scenarios):

            def progress(done: int, of: int, before: int = number) -> None:
                tell((before + done / of) / policies)

            (result,) = run_together([scenario], study, trace=trace, progress=progress, agents=agents)
            found.append(Ran(_own(scenario), study, result, own=True))
    return found


def _own(scenario: Scenario) -> Scenario:
    """The policy by another name: beside the usual one it would not be told from it."""
    return replace(scenario, name=f"{scenario.name}_own_agents", title=f"{scenario.title}, with agents of your own")


def kept_nowhere() -> UserError:
    """Why a run with agents of somebody's own is not written: its folder would say that it is the usual model's."""
    return UserError(
        "a run with agents of your own is not kept as a results folder",
        key="agents",
        rule="a results folder is of the model as it ships",
        got="agents of your own",
        try_="keep its tables: result.worlds().to_csv(...)",
    )


def _run(
    question: Question, left: Sequence[int], folder: Path | None, workers: int, tell: Tell, finished: FinishedJobs
) -> dict[int, Ran]:
    """Runs by the policy's number, each written as it ends."""
    found, begun = {}, time.monotonic()
    scenarios = [question.scenarios[i] for i in left]
    for number, result in run_many(scenarios, question.study, workers, tell, finished):
        ran = Ran(scenarios[number], question.study, result, time.monotonic() - begun, tuple(finished.tried_again))
        if folder:
            ran.write(folder / ran.scenario.name)
        found[left[number]] = ran
    return found


def _told(
    study: Study, policies: int, workers: int, quiet: bool, before: int | None = None
) -> AbstractContextManager[Tell]:
    """Progress on standard error. `before`: how often the years before are run (None: as for a first run)."""
    silent: Callable[[float], None] = lambda part: None  # noqa: E731
    return nullcontext(silent) if quiet else progress("Running", run_seconds(study, policies, workers, before))


def _held(question: Question, folder: Path | None, quiet: bool) -> dict[int, Ran]:
    """Runs that a folder holds whole, by number."""
    if folder is None:
        return {}
    found = {}
    for i, scenario in enumerate(question.scenarios):
        kept = store.held(folder / scenario.name, scenario, question.study)
        if kept is not None:
            found[i] = Ran(scenario, question.study, kept.result)
    if found and not quiet:
        print(f"{len(found)} of {len(question.scenarios)} are already in {folder}", file=sys.stderr)
    return found
