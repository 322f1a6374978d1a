"""`discover`: "it works unless …", as rules that held on fresh runs."""

from __future__ import annotations

import sys
from pathlib import Path

from peerscale.commands.sensitivity import MOST_ROWS, ask_about, names_of, question_seconds
from peerscale.given_types import check_plot, must_have_room
from peerscale.keeping import staying
from peerscale.options import Typed
from peerscale.waiting import progress
from reports.as_json import say
from reports.questions.discover import as_dict, show
from reports.questions.sensitivity import of_runs
from scenarios.questions.discover import FOUND_ON, LEAST_ROWS, TESTED_ON, Aim, Looked, discover, rows_for
from scenarios.questions.rows import Question, asker, check_number, claim, lever_inputs

MOST_FRESH = 6_000


def discover_command(
    scenario: str,
    against: str | None,
    aim: Aim,
    levers: list[str],
    only: str | None,
    sizes: tuple[int, int],
    typed: Typed,
    folder: Path,
    plot: Path | None,
    as_json: bool,
    workers: int,
) -> None:
    """Run what the folder does not hold yet, look for rules, test them on fresh runs, tell."""
    check_plot(plot)
    aim.check()
    question = ask_about(scenario, against, typed, names_of(only), lever_inputs(levers))
    check_sizes(*sizes)
    must_have_room(folder)
    claim(folder, question)
    looked = look(question, aim, *sizes, folder, workers)
    if as_json:
        say({"sample": of_runs(looked.question), **as_dict(looked)})
    else:
        show(looked, folder)
    if plot:
        from reports.pictures.discover import draw

        draw(plot, looked)
        print(f"Picture: {plot}", file=sys.stderr)


def check_sizes(rows: int, fresh: int) -> None:
    """Raises UserError for too few or too many runs."""
    check_number("--rows", rows, LEAST_ROWS, MOST_ROWS, "a rule needs enough runs to be found in")
    check_number("--fresh", fresh, LEAST_ROWS, MOST_FRESH, "a rule needs enough fresh runs to be tested on")


def look(question: Question, aim: Aim, rows: int, fresh: int, folder: Path, workers: int) -> Looked:
    """Run, and look for rules about the rarer side."""
    seed = question.study.seed
    print(f"{rows} runs to find rules on, {fresh} fresh ones to test them; kept in {folder}", file=sys.stderr)
    with progress("Running", question_seconds(question, rows + fresh, workers)) as tell, staying(folder) as finished:
        first = asker(question, aim.outcome, finished, workers, lambda part: tell(part * rows / (rows + fresh)))
        units, y = rows_for(first, len(question.inputs), rows, 1, seed, FOUND_ON)
        second = asker(
            question, aim.outcome, finished, workers, lambda part: tell((rows + part * fresh) / (rows + fresh))
        )
        others, z = rows_for(second, len(question.inputs), fresh, 1, seed, TESTED_ON)
    failing = bool(aim.works(y).mean() >= 0.5)
    cases, fresh_cases = (aim.works(v) != failing for v in (y, z))
    return Looked(question, aim, rows, fresh, failing, discover(units, cases, others, fresh_cases), int(cases.sum()))
