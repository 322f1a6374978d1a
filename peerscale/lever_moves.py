"""Levers, listed and measured: the one way of `peerscale levers` and of `peerscale.levers` and `peerscale.measure_levers`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from peerscale import sweeps
from peerscale.named import lever_numbers, lever_row
from peerscale.options import Typed
from reports.questions import moves as report
from scenarios.questions import moves, moves_kept
from scenarios.questions.moves_kept import Moves
from scenarios.running.posterior import NONE, SHIPPED
from scenarios.running.sample import own_as_typed, sample
from scenarios.running.study import Study, fitting_place
from scenarios.sweeps import work
from sim.columns.state import BURN_IN_WEEKS
from sim.errors import UserError, nearest
from sim.numbers.levers import BY_NAME, LEVERS, UNLESS, Lever
from sim.people.own_area import OWN
from sim.people.population import load_areas


def chosen(names: Sequence[str]) -> list[Lever]:
    """Levers by name, by a pattern with * in it, or by group; all where nothing is said. Raises UserError for a word that fits none."""
    if not names:
        return list(LEVERS)
    found = {lever.name for word in names for lever in _fitting(word)}
    return [lever for lever in LEVERS if lever.name in found]


def _fitting(word: str) -> list[Lever]:
    fitting = [one for one in LEVERS if one.group == word or fnmatchcase(one.name, word)]
    if fitting:
        return fitting
    raise UserError(
        f"no lever is called {word[:80]!r}",
        key=word[:80],
        rule="a name of `peerscale levers`, a group, or a pattern such as 'budget*'",
        got=word[:80],
        try_=f"peerscale levers {nearest(word, [*BY_NAME, *(one.group for one in LEVERS)])}".strip(),
    )


def rows(levers: Sequence[Lever]) -> list[dict[str, Any]]:
    """A row a lever for machines, with what it moves."""
    kept = moves_kept.shipped()
    return [
        lever_row(lever)
        | {
            "moves": report.as_rows(lever.name, kept),
            "moves_in_words": report.line(lever.name, kept),
            "unless": UNLESS.get(lever.name, ""),
        }
        for lever in levers
    ]


def numbers(levers: Sequence[Lever]) -> list[dict[str, Any]]:
    """The same for a table, with what it moves in words."""
    kept = moves_kept.shipped()
    return [lever_numbers(lever) | {"moves": report.line(lever.name, kept)} for lever in levers]


# ------------------------------------------------------------------ measuring


def settle(names: Sequence[str], typed: Typed, whole: bool = False) -> work.Sweep:
    """The runs that measure these levers. `whole`: every adult of the areas is simulated. Raises UserError."""
    typed = replace(typed, whole=typed.whole or whole)
    return sweeps.settle(moves.plan([lever.name for lever in chosen(names)]), typed, more=True)


def measure(sweep: work.Sweep, folder: Path, workers: int = 0, quiet: bool = False, again: str | None = None) -> Moves:
    """Run what the folder does not hold yet, and make the table. Raises UserError, OSError."""
    held = sweeps.answer(sweep, folder, workers, quiet, again)
    if held.failed:
        first = held.failed[0]
        raise UserError(
            f"{len(held.failed)} jobs failed, so the table would not be whole",
            file=str(folder),
            rule="every run of the table",
            got=f"{first.what}: {first.error}"[:200],
            try_="the same command again: what had ended is kept",
        )
    return moves_kept.made(moves.table(held), command(sweep), sample(sweep.study))


def command(sweep: work.Sweep) -> str:
    """The command that measures the same, but for where it keeps its folder."""
    study, names = sweep.study, [axis.name for axis in sweep.plan.axes]
    some = [] if len(names) == len(LEVERS) else names
    said = [
        *_where(study),
        f"--people {study.people}",
        f"--draws {study.draws}",
        f"--replicates {study.replicates}",
        f"--years {study.weeks / 52:g}",
        f"--seed {study.seed}",
    ]
    odd = [f"--burn-in {study.burn_in}"] if study.burn_in != BURN_IN_WEEKS else []
    odd += [f"--place-size {study.place_size}"] if study.place_size != fitting_place(study.own, study.areas) else []
    odd += own_as_typed(study)
    odd += _posterior(study)
    return " ".join(["peerscale levers", *some, "--measure", *said, *odd])


def _posterior(study: Study) -> list[str]:
    """The posterior as it is typed; nothing for the one that ships."""
    file = study.posterior.file
    return [] if file == SHIPPED else [f"--posterior {shlex.quote(file or NONE)}"]


def _where(study: Study) -> list[str]:
    """Areas, the file of one's own, and what is listed."""
    codes = [str(load_areas().code[area]) for area in study.areas if area != OWN]
    own = [f"--area-file {shlex.quote(study.own.file)}"] if study.own else []
    files = dict.fromkeys(one.file for one in study.inventory)
    return (
        own + ([f"--areas {','.join(codes)}"] if codes else []) + [f"--inventory {shlex.quote(name)}" for name in files]
    )
