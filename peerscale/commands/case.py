"""`case`: run or read the policies, write the page whole or not at all, and say the answer in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from calibration.whole import write_whole
from peerscale.ask import possible
from peerscale.asked import agreed, no_effect, options_of
from peerscale.given_types import check_page
from peerscale.keeping import keeping
from peerscale.options import Typed, load_all, make_study
from peerscale.waiting import Tell, progress, run_seconds
from reports.as_json import say
from reports.case import page as case_page
from reports.case.board import board
from reports.case.page import Section
from reports.case.sections import lead
from reports.case.told import Told
from reports.case.whole import RUNNING, all_sections, doing_nothing, levers, title
from reports.console import out
from scenarios.reading.load import load
from scenarios.reading.scenario import CASE, RunSettings, Scenario
from scenarios.reading.write import as_dict
from scenarios.running import store
from scenarios.running.many import run_many
from scenarios.running.sample import foremost, foremost_of_kept, sample, settled
from scenarios.running.study import Study, world_parameters
from scenarios.worth import case, links
from scenarios.worth.case import Runs
from sim.errors import UserError
from sim.version import VERSION


def case_command(
    names: Sequence[str],
    typed: Typed,
    currency: str,
    perspective: str,
    hospital: bool,
    page: Path | None,
    as_json: bool,
    workers: int,
) -> None:
    """`names`: the baseline, the policy, then any others. Everything typed is checked before anything is run."""
    seen = case.view(currency, perspective, "trial" if hospital else "none")
    path = _path(page, names[1])
    planned = _planned(names, typed)
    with progress(
        "Making the case", run_seconds(planned[1], len(links.to_run(planned[0])), workers) / RUNNING if planned else 0.0
    ) as tell:
        told = _from_runs(*planned, workers, tell) if planned else _from_folders([Path(n) for n in names])
        told = replace(told, view=replace(seen, link_workers=told.view.link_workers))
        sections = all_sections(told, tell)
    first = board(told, sections)
    _write(path, case_page.page(title(told), lead(told), sections, first))
    if as_json:
        say(
            {
                "title": title(told),
                "page": str(path),
                "lead": list(lead(told)),
                "board": [_plain(s) for s in first],
                "sections": [_plain(s) for s in sections],
            }
        )
        return
    for sentence in lead(told):
        out.print(sentence, markup=False)
    out.print(f"Page: {path}", markup=False)


def _plain(section: Section) -> dict[str, Any]:
    """A section for machines: what is read, without the picture, and once."""
    return {key: value for key, value in asdict(section).items() if key not in ("picture", "short")}


# ------------------------------------------------------------------ runs


def _planned(names: Sequence[str], typed: Typed) -> tuple[list[Scenario], Study] | None:
    """What is to be run; None for results folders, which are read. All of one kind, or UserError."""
    folders = [Path(name).is_dir() for name in names]
    if any(folders) and not all(folders):
        raise UserError(
            "results folders and scenarios are mixed",
            key="--against",
            got=" and ".join(names),
            rule="all results folders of one `peerscale run --out`, or all scenarios",
            try_="--against results/today",
        )
    if all(folders):
        no_effect(
            options_of(typed),
            "results folders are read as they were run",
            "leave it out, or name scenarios and no folders",
        )
        return None
    scenarios = _load(names)
    study = study_of(typed, scenarios, CASE)
    case.enough(study.draws)
    return with_nothing(scenarios), study


def _from_folders(paths: Sequence[Path]) -> Told:
    kept = [store.read(path) for path in paths]
    store.must_share(kept)
    store.must_be_of_this_code(kept)
    runs = case.check(Runs(tuple(k.title for k in kept), tuple(k.result for k in kept), kept[0].parameters()))
    settled([(k.title, k.result) for k in kept])
    tables = [k.manifest["scenario"] for k in kept]
    charged = any(links.moved(table["levers"], table.get("change", ())) for table in tables[:2])
    return Told(
        runs,
        case.View(link_workers=charged),
        str(tables[1].get("question", "")),
        levers(*tables[:2]),
        str(kept[1].manifest["sample"]),
        nothing=doing_nothing(tables),
        notes=foremost_of_kept(kept[1].manifest).strip(),
    )


def _from_runs(scenarios: list[Scenario], study: Study, workers: int, tell: Tell) -> Told:
    results = run_all(links.to_run(scenarios), study, workers, lambda part: tell(RUNNING * part))
    runs = case.check(case.of([s.title for s in scenarios], results, world_parameters(study, study.worlds)))
    tables = [as_dict(s) for s in scenarios]
    nothing = doing_nothing(tables)
    return Told(
        runs,
        case.View(),
        scenarios[1].question,
        levers(*tables[:2]),
        sample(study),
        nothing=nothing,
        notes=foremost(study).strip(),
    )


def _load(names: Sequence[str]) -> list[Scenario]:
    """Scenarios by name; the policy may be the baseline itself (then there is nothing to claim)."""
    if names[0] == names[1]:
        first = load(names[0])
        return [first, replace(first, title=f"{first.title} (the same again)"), *load_all(list(names[2:]), [])]
    return load_all(names, [])


def with_nothing(scenarios: list[Scenario]) -> list[Scenario]:
    """The same policies with today's beside them where none of them is doing nothing."""
    return scenarios if doing_nothing([as_dict(s) for s in scenarios]) is not None else [*scenarios, load("today")]


def study_of(typed: Typed, scenarios: Sequence[Scenario], usual: RunSettings) -> Study:
    """The study asked for; where nobody says how many draws and replicates, this command's own number."""
    own = {"draws": usual.draws, "replicates": usual.replicates}
    return make_study(typed, agreed(typed, scenarios), own)


def run_all(scenarios: Sequence[Scenario], study: Study, workers: int, tell: Tell) -> list[Any]:
    """Results in the scenarios' order. UserError for what cannot take effect, and for stocks that still drift."""
    possible(scenarios, study)
    with keeping() as finished:
        found = dict(run_many(scenarios, study, workers, tell, finished))
    results = [found[i] for i in range(len(scenarios))]
    settled([(s.title, r) for s, r in zip(scenarios, results, strict=True)])
    return results


# ------------------------------------------------------------------ the file


def _path(page: Path | None, name: str) -> Path:
    """Where the page goes. Raises UserError before anything is run."""
    path = page or Path(f"case_{Path(name).stem}.html")
    check_page(path)
    return path


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    write_whole(path, f"{text}<!-- peerscale {VERSION} -->\n".encode())
