"""`plausible`: today's policy, untuned, beside the figures that life could check."""

from __future__ import annotations

from dataclasses import asdict, replace

from calibration.library.evidence_library import library
from calibration.library.evidence_record import BOUND_WORDS
from calibration.library.plausible import NEAREST, NOTE, TOLERANCES, Check, compare
from calibration.library.statistics import SHARE, STATISTICS
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports.as_json import say
from reports.console import print_table
from scenarios.reading.load import load
from scenarios.reading.scenario import PLAUSIBLE
from scenarios.running import identity
from scenarios.running.many import run_many
from scenarios.running.sample import sample, settled
from scenarios.running.study import Study
from sim.results.result import Result

COLUMNS = ("what", "figure", "tolerance", "model (5 to 95%)", "off by", "verdict")


def plausible_command(typed: Typed, as_json: bool, markdown: bool, workers: int) -> None:
    """Run today's policy and print the table, for people, for machines or for a page."""
    today = load("today")
    study = make_study(
        replace(typed, posterior="none"), today.run, {"people": PLAUSIBLE.people}
    )  # untuned: every parameter from its prior
    result = _run(study, workers)
    settled([(today.title, result)])
    checks = compare(result, library())
    if as_json:
        say({"sample": sample(study), "note": NOTE, "tolerance_sds": TOLERANCES, "checks": [asdict(c) for c in checks]})
    elif markdown:
        _print_page(checks, study)
    else:
        print_table(COLUMNS, [_cells(c) for c in checks])
        print("\n" + "\n\n".join(_notes(checks, study)))


def _run(study: Study, workers: int) -> Result:
    with progress("Running today's policy", run_seconds(study, 1, workers)) as tell, keeping() as finished:
        return dict(run_many([load("today")], study, workers, tell, finished))[0]


def _cells(check: Check) -> tuple[str, ...]:
    seen, statistic = check.model.worlds > 0, STATISTICS[check.statistic]
    low, middle, high = (_said(x, statistic.unit) for x in (check.model.low, check.model.median, check.model.high))
    model = f"{middle} ({low} to {high})" if seen else "not counted"
    if not check.id:
        return statistic.how, "none", "", model, "", check.verdict
    figure, wide = (_said(x, statistic.unit) for x in (check.figure, TOLERANCES * check.sd))
    return f"{statistic.how} [{check.id}]", figure, wide, model, _off(check) if seen else "", check.verdict


def _said(value: float, unit: str) -> str:
    return f"{value:.0%}" if unit == SHARE else f"{value:.3g} {unit}"


def _off(check: Check) -> str:
    unit = STATISTICS[check.statistic].unit
    by = f"{100 * check.off:+.0f} points" if unit == SHARE else f"{check.off:+.3g} {unit}"
    return f"{by}, {check.sds:+.1f} sd"


def _notes(checks: list[Check], study: Study) -> list[str]:
    measured = [c for c in checks if c.id]
    met = sum(c.verdict == "within" for c in measured)
    return [
        f"{met} of {len(measured)} figures are met: the median lies within {TOLERANCES:g} standard deviations of the figure"
        " (its standard error and its discrepancy together). Figures that contradict each other are all shown.",
        f"The tolerances are wide, {_widths(measured)} either way for a share, because the studies are few, small, old or of other"
        " people. So a figure that is met is weak evidence. One that is not met would be strong evidence.",
        *(
            f'No published figure was found for "{STATISTICS[name].how}". These come nearest, but measure something else.{_nearest(ids)}'
            for name, ids in NEAREST.items()
        ),
        NOTE,
        sample(study),
    ]


def _widths(checks: list[Check]) -> str:
    points = [100 * TOLERANCES * check.sd for check in checks if STATISTICS[check.statistic].unit == SHARE]
    return f"{min(points):.0f} to {max(points):.0f} points"


def _nearest(ids: tuple[str, ...]) -> str:
    rows = [library()[id_] for id_ in ids]
    return "".join(
        f"\n- {r.quantity}, {r.population}, {r.year}: {BOUND_WORDS[r.bound]}{_said(r.value, r.unit)} [{r.id}]"
        for r in rows
    )


def _print_page(checks: list[Check], study: Study) -> None:
    """The table and its notes as Markdown."""
    print(
        "# Plausible today\n\nMade by `peerscale plausible --markdown`: today's policy, untuned, parameter table"
        f" {identity.tables_hash()[:12]}.\n"
    )
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    for check in checks:
        print("| " + " | ".join(_cells(check)) + " |")
    print("\n" + "\n\n".join(_notes(checks, study)))
