"""`atlas`: from what was typed to a folder with tables and a page."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from calibration.whole import clear_left_over
from peerscale.given_types import must_have_room
from peerscale.keeping import kept_on_a_stop, tell_tried_again
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, words
from reports.as_json import say
from reports.atlas.page import page
from reports.atlas.words import lead
from scenarios.questions.atlas import asked, folder, work
from scenarios.questions.atlas.asked import Ask
from scenarios.questions.atlas.candidates import candidates, origin, refuse_unread
from scenarios.questions.atlas.tables import tables
from scenarios.questions.ladder import RUNS
from scenarios.questions.solve.certify import ALPHA, Looks, certifiable
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.running.finished import FOLDER, FinishedJobs
from scenarios.running.study import Study
from scenarios.sweeps.claim import claimed
from sim.columns.state import PERSON_BYTES
from sim.errors import UserError
from sim.people.own_area import OWN

USUAL = {"draws": 8}
SMALL = {"people": 5_000, "draws": 5, "years": 2.0}
SMALL_PLACE = 5_000
FRESH, SMALL_FRESH = 200, 60
JOB_BYTES, AREA_BYTES = 30_000, 400_000
"""On the disk, of one world of one policy while it runs, and of one area's record, tables and page (measured: less than half)."""


@dataclass(frozen=True)
class Wanted:
    """What was typed of the atlas itself. `samples`: None where nothing was."""

    goal: str = "half"
    searched: Path | None = None
    fresh: int | None = None
    small: bool = False
    samples: bool | None = None


def atlas_command(typed: Typed, wanted: Wanted, out: Path, as_json: bool, workers: int, dry: bool) -> None:
    """Run what is not kept in the folder yet, and write tables and page. `dry`: only say what would run."""
    ask = settled(typed, wanted)
    folder.must_be_free(out, ask)
    if dry:
        _only_say(ask, out, workers, as_json)
        return
    must_have_room(out, 1, each=disk_bytes(ask, workers))
    with claimed(out):
        _answer(ask, out, workers)
    manifest, found = folder.read(out)
    if as_json:
        say({"folder": str(out), "page": str(out / folder.PAGE), "areas": found["areas"]} | _head(manifest))
        return
    print("\n".join([*lead(manifest, found), "", f"Page: {out / folder.PAGE}", f"Tables: {out}"]))


def _head(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: manifest[key] for key in ("atlas_id", "model", "policy", "status", "samples", "goal")}


def settled(typed: Typed, wanted: Wanted) -> Ask:
    """What is asked, with every setting decided. Raises UserError."""
    goal = load_goal(wanted.goal)
    refuse_unread(goal)
    study = _study(typed, goal, wanted.small)
    _no_own(study)
    samples = wanted.small if wanted.samples is None else wanted.samples
    found = candidates(goal, wanted.searched)
    usual = SMALL_FRESH if wanted.small else FRESH
    fresh = _enough(usual if wanted.fresh is None else wanted.fresh, goal, len(found))
    return Ask(study.areas, study, study, not samples, goal, found, fresh, origin(goal, wanted.searched))


def _study(typed: Typed, goal: Goal, small: bool) -> Study:
    """What was typed, else what --small says, else the goal's own [run], as `solve` takes it. Its areas apart: every area is asked.
    Its people, which are those of all its areas together, are shared out among them, a neighbourhood for each at least."""
    run = goal.file.run
    people = max(run.place_size, -(-run.people // len(goal.areas)))
    given = {"people": people, "years": run.years, "seed": run.seed} | (SMALL if small else {})
    if typed.place_size is None:
        typed = replace(typed, place_size=SMALL_PLACE if small else run.place_size)
    typed = replace(typed, areas=typed.areas or "all")
    return make_study(typed, goal.base.run.saying(**given), USUAL)


def _no_own(study: Study) -> None:
    if OWN in study.areas:
        raise UserError(
            "an atlas has no tile for an area of your own",
            key="--areas",
            rule="areas of England (peerscale areas)",
            got="own",
            try_="peerscale ladder --area-file for your own area",
        )


def _enough(fresh: int, goal: Goal, number: int) -> int:
    """As many fresh worlds as typed. Raises UserError where they could never certify a candidate."""
    share = goal.file.goal.worlds
    if 20 <= fresh <= 5_000 and certifiable(share, _looks(fresh), ALPHA / number) <= 1.0:
        return fresh
    raise UserError(
        "no policy could be certified in this number of fresh worlds",
        key="--fresh",
        rule=f"20 to 5,000, and enough for a goal that is to hold in {share:.0%} of worlds, with {number} candidates",
        got=str(fresh),
        try_=f"--fresh {FRESH}",
    )


def _looks(fresh: int) -> Looks:
    return Looks(-(-fresh // asked.BATCHES), fresh)


# ------------------------------------------------------------------ running


def _answer(ask: Ask, out: Path, workers: int) -> None:
    """The folder, whole at the end; records that are kept there are not run again."""
    store = FinishedJobs(out / FOLDER)
    store.tidy()
    clear_left_over(out)
    if folder.whole(out, ask):
        print(f"It is already in {out}.", file=sys.stderr)
        return
    folder.begin(out, ask)
    begun, todo = time.monotonic(), work.left(ask, store)
    with kept_on_a_stop(store), progress("The atlas", _seconds(ask, todo, workers)) as tell:
        found = work.records(ask, store, workers, _said(tell))
    made = tables(ask, found)
    timings = {
        "day": date.today().isoformat(),
        "seconds": round(time.monotonic() - begun, 1),
        "parts_run": len(todo),
        "tried_again": store.tried_again,
    }
    folder.write(out, ask, made, page(folder.manifest_of(ask), made), timings)
    tell_tried_again(store)


def _said(tell: Callable[[float], None]) -> work.Say:
    return lambda part, done: tell(done)


def _seconds(ask: Ask, todo: list[tuple[str, int]], workers: int) -> float:
    return sum(asked.seconds(ask, part, area, workers) for part, area in todo)


def disk_bytes(ask: Ask, workers: int) -> int:
    """About how many bytes the folder takes at most: settled starts in hand, one area's ladder, and every area's records."""
    from scenarios.running.pool import cores

    hands = max(1, workers or cores())
    jobs = (RUNS * len(ask.sample.worlds) + len(ask.candidates) * ask.fresh) * JOB_BYTES
    return hands * asked.people_at_once(ask) * PERSON_BYTES + jobs + len(ask.areas) * AREA_BYTES


def _only_say(ask: Ask, out: Path, workers: int, as_json: bool) -> None:
    todo = work.left(ask, FinishedJobs(out / FOLDER))
    each = {part: _seconds(ask, [one for one in todo if one[0] == part], workers) for part in asked.PARTS}
    size = disk_bytes(ask, workers)
    if as_json:
        whole = {"dry_run": True, "areas": len(ask.areas), "parts": len(todo), "about_bytes": size, "to": str(out)}
        say(whole | {"about_seconds": {part: round(one) for part, one in each.items()}})
        return
    names = {asked.HEADLINES: "today's headlines", asked.LADDER: "ladders", asked.CERTIFICATE: "certificates, at most"}
    lines = [
        "Nothing was run. This would run:",
        f"  {len(ask.areas)} areas, {len(todo)} parts that are not there yet",
        *(f"  {names[part]}: {words(one)}" for part, one in each.items()),
        f"  {folder.manifest_of(ask)['samples']}",
        f"  Goal: {ask.goal.file.question} {len(ask.candidates)} candidates.",
        f"Time: {words(sum(each.values()))}.",
        f"Disk: about {max(1, round(size / 1e6)):,} MB while it runs.",
        f"Results: {out}",
    ]
    print("\n".join(lines))
