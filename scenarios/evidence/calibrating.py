"""The real calibration: a plan's figures, priors and settings, put to the calibrator with the model as simulator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from calibration.fit import gate
from calibration.fit.check import LEVEL
from calibration.fit.identify import FINDING
from calibration.fit.priors import Prior, Priors
from calibration.fit.simulator import Simulator
from calibration.fit.targets import Target, Targets
from calibration.fit.waves import Settings
from calibration.library.evidence_library import chosen, library
from calibration.library.evidence_record import Evidence
from calibration.library.statistics import find
from calibration.report.measure_next import Study
from scenarios.evidence import parameter_facts
from scenarios.evidence.calibration_plan import MOST_PARAMETERS, Plan
from scenarios.evidence.model_runs import Setting, fewest_together, largest_batch, simulator_of
from scenarios.evidence.parameter_facts import CALIBRATED
from scenarios.reading.course import first_week
from scenarios.reading.load import load
from scenarios.reading.scenario import Scenario
from scenarios.running.posterior import PRIORS, in_our_voice
from scenarios.running.study import Study as Sample
from scenarios.running.study import area_list, whole_places
from sim.errors import nearest
from sim.numbers.parameters import TABLES, Record, records


@dataclass(frozen=True)
class Task:
    """Everything that one calibration needs. rows: the evidence behind each target, by id; studies: those of `[[next]]`."""

    plan: Plan
    setting: Setting
    simulator: Simulator
    priors: Priors
    targets: Targets
    settings: Settings
    outputs: tuple[str, ...]
    rows: dict[str, Evidence]
    studies: tuple[Study, ...] = ()


def make_task(plan: Plan, evidence: Sequence[Path] = ()) -> Task:
    """A plan with its evidence, checked whole. UserError with file, key and line of the first thing wrong."""
    with in_our_voice():
        _stated(plan)
        _named(plan)
        rows = _rows(plan, library(evidence))
        free = [_prior(plan, name, i) for i, name in enumerate(_names(plan))]
        priors = Priors([*free, *(_carried(name) for name in others([prior.name for prior in free]))])
        targets = Targets((_target(plan, row) for row in rows), plan.form.targets.correlation_within_group)
        setting = _setting(plan, priors.names, [row.statistic for row in rows])
        return Task(
            plan,
            setting,
            simulator_of(setting),
            priors,
            targets,
            _settings(plan, setting),
            tuple(plan.form.outputs.names),
            {row.id: row for row in rows},
            studies_of(plan),
        )


def _named(plan: Plan) -> None:
    """What a plan says may lie outside has to be fitted."""
    form = plan.form
    for i, name in enumerate(form.pass_.outside):
        if name not in form.targets.fitted:
            path = ("pass", "outside", i)
            raise plan.error(
                path, f"{name} is not fitted", "an id of `fitted`", name, nearest(name, form.targets.fitted)
            )


def _stated(plan: Plan) -> None:
    """A plan states the rules it will be judged by; they are the calibrator's, not the plan's to loosen."""
    form = plan.form
    rules = [
        (("pass", "interval"), form.pass_.interval, LEVEL),
        (("outputs", "narrowed_least"), form.outputs.narrowed_least, FINDING),
    ]
    if form.gate:
        rules += [
            (("gate", "covered"), form.gate.covered, gate.COVERED),
            (("gate", "explained"), form.gate.explained, gate.EXPLAINED),
            (("gate", "spread"), tuple(form.gate.spread), gate.SPREAD),  # type: ignore[list-item]
        ]
    for path, said, rule in rules:
        if said != rule:
            raise plan.error(
                path,
                f"{'.'.join(path)} is not the calibrator's",
                f"{rule}: a plan states it, and cannot loosen it",
                said,
                f"{path[-1]} = {rule}",
            )


# ------------------------------------------------------------------ evidence


def _rows(plan: Plan, known: dict[str, Evidence]) -> list[Evidence]:
    """The plan's rows, fitted first. UserError for an id that is unknown, named twice, or of another role."""
    table = plan.form.targets
    found: dict[str, Evidence] = {}
    for key, role in (("fitted", "target"), ("held_back", "validation")):
        for i, name in enumerate(getattr(table, key)):
            path = ("targets", key, i)
            if name not in known:
                raise plan.error(
                    path,
                    f"no figure is called {name!r}",
                    "an id of `peerscale evidence list`",
                    name,
                    nearest(name, known),
                )
            if name in found:
                raise plan.error(
                    path, "a figure is named twice", "each figure once, fitted or held back", name, "leave one out"
                )
            if known[name].role != role:
                raise plan.error(
                    path,
                    f"{name} is not a {role} row",
                    f"a row of role {role}",
                    known[name].role,
                    "peerscale evidence list --role " + role,
                )
            found[name] = known[name]
    _rivals(plan, known, found)
    return list(found.values())


def _rivals(plan: Plan, known: dict[str, Evidence], found: dict[str, Evidence]) -> None:
    """Of rows that contradict each other only the chosen one may be fitted."""
    table = plan.form.targets
    allowed = {row.id for row in plan.at(("targets", "rivals"), partial(chosen, known, "target", table.rivals))}
    for i, name in enumerate(table.fitted):
        if name not in allowed:
            row = found[name]
            raise plan.error(
                ("targets", "fitted", i),
                f"{name} is not the row chosen of its rivals",
                f"rivals.{row.rival_set}",
                name,
                f'{row.rival_set} = "{name}" under [targets.rivals], or "all"',
            )


def _target(plan: Plan, row: Evidence) -> Target:
    """One figure: with counts as counts, where its statistic is a share or a rate; else on the plan's scale. Its noise is
    that of the place it speaks of, where that is known to be larger than the one simulated."""
    table, scale = plan.form.targets, counted_as(row)
    count, of = row.counted if scale and row.counted else (math.nan, math.nan)
    noise = min(1.0, plan.form.where.people / row.people) if row.people > 0 else table.noise_factor
    return Target(
        row.id,
        row.statistic,
        row.value,
        row.se,
        row.discrepancy,
        row.group,
        scale or table.transform,
        noise,
        row.role,
        row.grade,
        row.quantity,
        row.file,
        row.line,
        count,
        of,
        row.bound,
    )


def counted_as(row: Evidence) -> str:
    """The scale of a figure given as counts: a share is binomial, a rate (so many per ...) Poisson; "" for any other, and for a
    bound, which no count is."""
    if row.counted is None or row.bound:
        return ""
    return "binomial" if row.unit == "share" else "poisson" if "per " in row.unit else ""


def not_used(task: Task, evidence: Sequence[Path]) -> list[str]:
    """Figures of one's own files that the plan does not use, in sentences: by the list in which each could stand."""
    mine = [row for row in library(evidence).values() if row.file in {str(path) for path in evidence}]
    left = [row for row in mine if row.id not in task.rows]
    found = []
    for role, place in (("target", "in `fitted`"), ("validation", "in `held_back`")):
        ids = [row.id for row in left if row.role == role]
        if ids:
            found.append(f"{_of_yours(ids)} not {place}: {', '.join(ids)}.")
    if others := [row.id for row in left if not row.fitted_or_held]:
        found.append(f"{_of_yours(others)} of a role that no plan uses (input or context): {', '.join(others)}.")
    return found


def _of_yours(ids: Sequence[str]) -> str:
    return f"{len(ids)} of your figures {'is' if len(ids) == 1 else 'are'}"


# ------------------------------------------------------------------ parameters


def _names(plan: Plan) -> tuple[str, ...]:
    """Free parameters: those of the plan, else every one whose role is calibrated. UserError for one named twice."""
    named = plan.form.parameters.names
    for i, name in enumerate(named):
        if name in named[:i]:
            path = ("parameters", "names", i)
            raise plan.error(path, "a parameter is named twice", "each parameter once", name, "leave one out")
    return tuple(named) or tuple(name for name, row in uncertain().items() if row.role == CALIBRATED)[:MOST_PARAMETERS]


def _prior(plan: Plan, name: str, number: int) -> Prior:
    """The prior of a parameter, from its record. UserError if there is none."""
    row, path = records().get(name), ("parameters", "names", number)
    if row is None:
        raise plan.error(
            path, f"no parameter is called {name!r}", "a name of `peerscale parameters`", name, nearest(name, records())
        )
    if name not in uncertain():
        raise plan.error(
            path,
            f"{name} is not calibrated",
            "a parameter of parameters.csv that has a prior, of role calibrated or prior",
            row.role,
            "leave it out: it keeps its value",
        )
    return _as_prior(row, free=True)


def _carried(name: str) -> Prior:
    """The prior of a parameter that is carried along."""
    return _as_prior(records()[name], free=False)


def _as_prior(row: Record, free: bool) -> Prior:
    return Prior(
        row.name,
        row.prior,
        row.value,
        row.low,
        row.high,
        None,
        row.unit,
        row.grade,
        row.meaning,
        str(TABLES / "parameters.csv"),
        list(records()).index(row.name) + 2,
        free=free,
    )


def uncertain() -> dict[str, Record]:
    """Parameters that differ from world to world: all of them go through the fit, and are drawn jointly afterwards."""
    return {row.name: row for row in parameter_facts.uncertain()}


def others(free: Sequence[str]) -> tuple[str, ...]:
    """The uncertain parameters that are carried along where these are free."""
    return tuple(name for name in uncertain() if name not in free)


# ------------------------------------------------------------------ the simulator


def _setting(plan: Plan, names: tuple[str, ...], statistics: Sequence[str]) -> Setting:
    """What is run: the plan's areas, each with the same number of whole places."""
    form = plan.form
    outputs = form.outputs.names
    for i, name in enumerate(outputs):
        path = ("outputs", "names", i)
        if plan.at(path, partial(find, name)).needs:
            raise plan.error(path, f"{name} needs people's traced weeks", "a statistic counted each week", name)
    areas = plan.at(("where", "areas"), partial(area_list, form.where.areas))
    scenario = within(plan.at(("scenario",), partial(load, form.scenario)), form.reported_weeks)
    study = Sample(
        areas,
        form.where.people,
        weeks=form.reported_weeks,
        seed=form.calibration.seed,
        burn_in=form.burn_in_weeks,
        place_size=form.where.place_size,
        start=scenario.run.start,
        posterior=PRIORS,
    )
    measured = [*statistics, *outputs, *(one.statistic for one in form.next)]
    return Setting(scenario, study, _places(plan, study), names, tuple(dict.fromkeys(measured)))


def within(scenario: Scenario, weeks: int) -> Scenario:
    """The years of a history that a plan reports: what happened later could not take effect. A policy stays whole."""
    if not scenario.history:
        return scenario
    return replace(scenario, changes=tuple(one for one in scenario.changes if first_week(one) < weeks))


def studies_of(plan: Plan) -> tuple[Study, ...]:
    """The studies that could be made. UserError for one that measures nothing, or asks nobody."""
    made = []
    for i, one in enumerate(plan.form.next):
        found = plan.at(("next", i, "statistic"), partial(find, one.statistic))
        if found.needs:
            path = ("next", i, "statistic")
            raise plan.error(
                path, f"{one.statistic} needs people's traced weeks", "a statistic counted each week", one.statistic
            )
        if (one.of is None) == (one.se == 0) or (one.of is not None and found.unit != "share"):
            rule = "either of (how many are asked, of a share) or se (its standard error)"
            got = f"of {one.of}, se {one.se:g}, {found.unit}"
            raise plan.error(("next", i, "statistic"), "a study needs its size", rule, got, "of = 400")
        made.append(Study(one.what, one.statistic, one.of, one.se, one.discrepancy, one.price_gbp))
    return tuple(made)


def _places(plan: Plan, study: Sample) -> tuple[int, ...]:
    where = plan.form.where
    each, rest = divmod(where.people, where.place_size * len(where.areas))
    if rest or not each:
        raise plan.error(
            ("where", "people"),
            "people are not whole places in each area",
            f"a multiple of {where.place_size:,} for each of {len(where.areas)} areas",
            where.people,
            f"people = {max(1, each) * where.place_size * len(where.areas)}",
        )
    for i, most in enumerate(whole_places(study)):
        if each > most:
            raise plan.error(
                ("where", "areas", i), "the area has fewer places than that", f"at most {most} places", each
            )
    return (each,) * len(where.areas)


def _settings(plan: Plan, setting: Setting) -> Settings:
    t = plan.form.calibration
    least = fewest_together(setting) // t.replicates
    part = max(1, min(largest_batch(setting) // t.replicates, max(t.points // 16, least)))
    return Settings(
        t.seed,
        t.points,
        t.replicates,
        t.held_out,
        t.most_waves,
        t.cut,
        t.particles,
        t.draws,
        t.draw_replicates,
        t.failing,
        part=part,
        later=t.later,
        again=t.again,
    )
