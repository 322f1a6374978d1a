"""`behaviours`: what emerges in how many worlds, with its mechanism on and off, and what a null model says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from peerscale.asked import no_effect
from peerscale.commands.run import check_plot, out, sample, say
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.console import dim, head, plain_table
from scenarios.questions.behaviours import BEHAVIOURS, Behaviour, Found, look
from scenarios.questions.null_model import null_model
from scenarios.reading.load import load
from scenarios.reading.scenario import RunSettings, Scenario
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.study import Study, area_list, make_shape
from sim.errors import UserError, nearest
from sim.results import caveats, summary

SPREAD = "wide_and_shallow"
SPREAD_AREAS = (
    "bnssg",
    "sussex",
    "norfolk-and-waveney",
    "derby-and-derbyshire",
    "gm",
    "cornwall-and-the-isles-of-scilly",
)
"""Areas of the behaviour that is about spread between boards."""
NullRow = dict[str, float | str]
HEADLINES = ("open_door", "more_money", "opt_out", "mutual_groups", "online_first", "everyone")


def behaviours_command(
    names: Sequence[str], typed: Typed, plot: Path | None, as_json: bool, workers: int, markdown: bool = False
) -> None:
    """Run the behaviours named (all by default), then the null model beside the headline scenarios."""
    check_plot(plot)
    chosen = _chosen(names)
    _own_areas(chosen, typed)
    study = make_study(typed, RunSettings())
    found, rows = _run(chosen, study, workers, with_null=not names)
    if plot:
        draw(plot, found, caveats.about(make_shape(study)))
    if as_json:
        say({"sample": sample(study), "behaviours": [_as_dict(f) for f in found], "null_model": rows})
    elif markdown:
        print_page(found, rows, study, plot)
    else:
        show(found, sample(study))
        if rows:
            _show_null(rows)


def _run(chosen: Sequence[Behaviour], study: Study, workers: int, with_null: bool) -> tuple[list[Found], list[NullRow]]:
    found = []
    studies = [_study(behaviour, study) for behaviour in chosen]
    seconds = sum(2 * run_seconds(one, 2, workers) for one in studies) + with_null * run_seconds(
        study, 1 + len(HEADLINES), workers
    )
    with progress("Looking", seconds) as tell, keeping() as finished:
        for i, (behaviour, own) in enumerate(zip(chosen, studies, strict=True)):
            found.append(look(behaviour, own, workers, finished))
            tell((i + 1) / (len(chosen) + 1))
        return found, null_rows(study, workers, finished) if with_null else []


def _chosen(names: Sequence[str]) -> list[Behaviour]:
    known = {b.name: b for b in BEHAVIOURS}
    for name in names:
        if name not in known:
            near = nearest(name, list(known))
            raise UserError(
                f"no behaviour is called {name!r}",
                key="behaviours",
                rule="one of " + ", ".join(known),
                got=repr(name),
                try_=near or "leave it out for all of them",
            )
    return [known[name] for name in names] or list(BEHAVIOURS)


def _own_areas(chosen: Sequence[Behaviour], typed: Typed) -> None:
    """The behaviour that is about spread between boards runs in areas of its own: said, and refused where it is the only one."""
    fixed = {"areas": typed.areas, "people": typed.people, "inventory": typed.inventory, "area-file": typed.area_file}
    asked = [f"--{name}" for name, value in fixed.items() if value is not None]
    if asked and any(b.name == SPREAD for b in chosen):
        why = f"{SPREAD} runs in six areas of its own, {len(SPREAD_AREAS)} x 10,000 adults"
        no_effect(asked if len(chosen) == 1 else [], why, "leave it out")
        print(f"{why}: {', '.join(asked)} does not hold for it.", file=sys.stderr)


def _study(behaviour: Behaviour, study: Study) -> Study:
    """The study; for spread between boards, over several areas, without what is known of one."""
    if behaviour.name != SPREAD:
        return study
    return replace(study, areas=area_list(SPREAD_AREAS), people=10_000 * len(SPREAD_AREAS), inventory=(), own=None)


def _as_dict(found: Found) -> dict[str, object]:
    b = found.behaviour
    return {
        "name": b.name,
        "sentence": b.sentence,
        "mechanism": b.mechanism,
        "unit": b.unit,
        "bar": b.bar,
        "occurs_share": found.occurs,
        "occurs_share_off": found.occurs_off,
        "on": found.on.tolist(),
        "off": found.off.tolist(),
    }


COLUMNS = ("behaviour", "worlds", "mechanism off", "median", "off", "measured as (bar)")
BARS = "A behaviour occurs in a world where what is measured is over its bar. The bars are judgement."
NULL = "The null model is a dozen lines of stock and flow through the same gates (scenarios/questions/null_model.py)."
NULL_COLUMNS = ("availability against today", "simulation", "range", "null model", "")


def _cells(f: Found) -> tuple[str, ...]:
    n = len(f.on)
    return (
        f.behaviour.sentence,
        f"{round(f.occurs * n)} of {n}",
        f"{round(f.occurs_off * n)} of {n}",
        f"{np.nanmedian(f.on):+.3f}",
        f"{np.nanmedian(f.off):+.3f}",
        f"{f.behaviour.unit} (over {f.behaviour.bar:g})",
    )


def _null_cells(row: NullRow) -> tuple[str, ...]:
    low, high, null = float(row["low"]), float(row["high"]), float(row["null"])
    return (
        str(row["scenario"]),
        f"{100 * float(row['simulation']):+.1f} points",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
        f"{100 * null:+.1f} points",
        "the same within its range" if low <= null <= high else "differs",
    )


def _mechanisms(found: Sequence[Found]) -> str:
    return "Switched off: " + "; ".join(f"{f.behaviour.name}: {f.behaviour.mechanism}" for f in found) + "."


def _changes(found: Sequence[Found]) -> str:
    told = [f"{f.behaviour.name}: {f.behaviour.changed}" for f in found if f.behaviour.changed]
    return "Changed after a first look: " + "; ".join(told) + "." if told else ""


TELLING = 0.5
"""A behaviour is shown to rest on its mechanism where it occurs in so much larger a share of worlds with it on (judgement)."""


def _not_shown(found: Sequence[Found]) -> str:
    rest = [f.behaviour for f in found if f.occurs - f.occurs_off < TELLING]
    said = "; ".join(f"{b.name} ({b.note})" if b.note else b.name for b in rest)
    return f"Not shown to rest on the mechanism named, at this size: {said}." if rest else ""


def show(found: Sequence[Found], about: str) -> None:
    """One line a behaviour."""
    head(out, "What emerges", f", in how many of the worlds we assumed. {about}\n")
    table = plain_table(*COLUMNS)
    for f in found:
        table.add_row(*_cells(f))
    out.print(table)
    dim(out, f"{BARS} {_mechanisms(found)} {_changes(found)} {_not_shown(found)} {caveats.WORLDS}\n")


def print_page(found: Sequence[Found], rows: Sequence[NullRow], study: Study, plot: Path | None) -> None:
    """The same as a page in Markdown."""
    given = f" --posterior {study.posterior.file or 'none'}"
    print(
        f"# What emerges\n\nMade by `peerscale behaviours --draws {study.draws} --people {study.people}{given} --markdown`."
        f"\n\n{sample(study)}\n"
    )
    _print_rows(COLUMNS, [_cells(f) for f in found])
    print(f"\n{BARS} {caveats.WORLDS}\n\n{_mechanisms(found)}\n\n{_changes(found)}\n\n{_not_shown(found)}")
    if plot:
        print(f"\n![Each behaviour's measure in every world, mechanism on and off, and its bar]({plot.name})")
    if rows:
        print("\n## The null model\n")
        _print_rows(NULL_COLUMNS, [_null_cells(row) for row in rows])
        print(f"\n{NULL}")


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for cells in (columns, ["---"] * len(columns), *rows):
        print("| " + " | ".join(cells) + " |")


def null_rows(study: Study, workers: int, finished: FinishedJobs | None = None) -> list[NullRow]:
    """For each headline scenario: change in availability in the simulation (median) and in the null model."""
    scenarios = [load(name) for name in ("today", *HEADLINES)]
    results = dict(run_many(scenarios, study, workers, finished=finished))
    base = null_model(last_levers(scenarios[0])).available
    rows: list[NullRow] = []
    for i, scenario in enumerate(scenarios[1:], 1):
        pair = summary.difference(results[0], results[i])["available"]
        found = pair.difference
        rows.append(
            {
                "scenario": scenario.title,
                "simulation": found.median,
                "low": found.low,
                "high": found.high,
                "null": null_model(last_levers(scenario)).available - base,
            }
        )
    return rows


def last_levers(scenario: Scenario) -> dict[str, float]:
    """The levers in force at the end."""
    levers = dict(scenario.levers)
    for change in scenario.changes:
        if change.end_week is None:
            levers |= change.levers
    return levers


def _show_null(rows: Sequence[NullRow]) -> None:
    table = plain_table(*NULL_COLUMNS)
    for row in rows:
        table.add_row(*_null_cells(row))
    out.print(table)
    dim(out, NULL)


def draw(path: Path, found: Sequence[Found], about: str) -> None:
    """Each behaviour's measure in every world, mechanism on and off, against its bar."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import foot

    figure, grid = plt.subplots(len(found), 1, figsize=(9, 1.3 * len(found) + 0.8), layout="constrained", squeeze=False)
    for axes, f in zip(grid[:, 0], found, strict=True):
        axes.plot(f.on, np.ones(len(f.on)), "o", alpha=0.6, color="#1f6f8b")
        axes.plot(f.off, np.zeros(len(f.off)), "s", alpha=0.6, color="#b5532a")
        axes.axvline(f.behaviour.bar, color="#444444", linewidth=0.8, linestyle="--")
        axes.set_yticks([0, 1], ["off", "on"])
        axes.set_ylim(-0.6, 1.6)
        axes.set_title(f.behaviour.sentence, fontsize=8, loc="left")
        axes.set_xlabel(f.behaviour.unit, fontsize=7)
        axes.tick_params(labelsize=7)
    foot(figure, about)
    figure.savefig(path)
    plt.close(figure)
