"""The case behind its page: the study of `peerscale case` on the page's own runner, then the same sections in one view."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass, field, replace

from dashboards.asked.names import area_name, policy_name
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, View
from dashboards.work.jobs import Job, Jobs
from dashboards.work.runner import SMALLER, Cancelled, study_of, the_runner
from reports.case import page as case_page
from reports.case.board import board
from reports.case.page import Section
from reports.case.sections import lead, main_sections
from reports.case.told import Told
from reports.case.whole import RUNNING, all_sections, levers, title
from scenarios.reading.load import is_todays
from scenarios.reading.scenario import CASE
from scenarios.reading.write import as_dict
from scenarios.running.identity import tables_hash
from scenarios.running.model_code import code_hash
from scenarios.running.posterior import choose
from scenarios.running.sample import foremost, sample, settled
from scenarios.running.study import Study, world_parameters
from scenarios.worth import case, links
from sim.errors import UserError
from sim.version import VERSION

WORDS = ("Today’s policy", "The policy", "Today’s policy again", "The policy with its own link workers")
"""What is being run, by its place in `scenarios.worth.links.to_run`."""


@dataclass(frozen=True)
class Made:
    """A case in one view. `sections`: all of them, or those that were ready first; `board`: the page for a board, of those;
    `page`: the whole as HTML, "" until then."""

    told: Told
    sections: tuple[Section, ...]
    board: tuple[Section, ...] = ()
    page: str = ""


@dataclass
class CaseJob(Job):
    """One policy, place and view. `made` is there before the end: first what does not need the regressions."""

    asked: Asked = field(default_factory=Asked)
    what: str = ""
    part: float = 0.0
    made: Made | None = None

    def title(self) -> str:
        """The policy and where."""
        return f"{policy_name(self.asked.policy)}, {area_name(self.asked.area)}"

    def work(self, stop: threading.Event) -> Made:
        """Runs (kept by the runner for other views), then sections. Raises Cancelled, UserError."""
        self.made = None
        told = self._told(stop)
        self.what = "What is not known, and what knowing it would be worth"
        self.made = Made(told, tuple(main_sections(told)), tuple(board(told)))

        def tell(part: float) -> None:
            self.part = part
            if stop.is_set():
                raise Cancelled

        sections = all_sections(told, tell)
        first = board(told, sections)
        self.made = Made(told, tuple(sections), tuple(first), case_page.page(title(told), lead(told), sections, first))
        return self.made

    def _told(self, stop: threading.Event) -> Told:
        asked, study, runner = self.asked, case_study(self.asked), the_runner()
        plan, view = scenario_of(asked.policy), asked.view
        results = []
        with runner.serving():
            to_run = links.to_run([runner.today, plan])
            for k, scenario in enumerate(to_run):
                self.what = f"{WORDS[k]}, {len(study.worlds)} worlds"

                def tell(part: float, done: int = k) -> None:
                    self.part = RUNNING * (done + part) / len(to_run)

                results.append(runner.run(scenario, study, stop, tell))
        settled([(s.title, r) for s, r in zip(to_run, results, strict=True)])
        runs = case.check(case.of((runner.today.title, plan.title), results, world_parameters(study, study.worlds)))
        seen = case.view(view.unit, view.side, "trial" if view.hospital else "none")
        moved, notes = levers(as_dict(runner.today), as_dict(plan)), foremost(study).strip()
        return Told(runs, seen, plan.question, moved, sample(study), notes=notes)


def case_study(asked: Asked) -> Study:
    """The study of `peerscale case`: that of the page with more draws, and replicates to tell luck from parameters."""
    study = study_of(asked)
    draws = max(case.FEWEST_DRAWS, study.draws) if os.environ.get(SMALLER) else CASE.draws
    return replace(study, draws=draws, replicates=CASE.replicates)


def key_of(asked: Asked) -> str:
    """What makes two cases the same but for the view: policy, area, seed, inventory, rival evidence, parameters, version."""
    policy = asked.policy
    said = [
        policy.base,
        policy.sets,
        policy.file,
        asked.area,
        asked.seed,
        asked.inventory,
        asked.rivals,
        choose().sha256,
        tables_hash(),
        code_hash(),
        VERSION,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def view_key(asked: Asked) -> str:
    """The same, in the view at hand."""
    view: View = asked.view
    return f"{key_of(asked)}-{view.side}-{view.unit}-{int(view.hospital)}"


def nothing_to_say(asked: Asked) -> str:
    """Why no case can be made of the policy at hand; "" where one can."""
    try:
        plan = scenario_of(asked.policy)
    except UserError as error:
        return f"The policy at hand is refused: {error.what}."
    if is_todays(plan):
        return "The policy at hand is today’s. Choose a policy above, or move a lever in Explore: its case is made against today’s policy."
    return ""


_one: Jobs[CaseJob] = Jobs()


def the_cases() -> Jobs[CaseJob]:
    """The server's own: one is made at a time."""
    return _one
