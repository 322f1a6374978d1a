"""One history at scale: both engines, every shipped scenario and the harsh ones, three seeds, three years.

`python -m benchmarks.one_history` runs what is missing on all cores (killed, it goes on where it was; `--again`
starts anew), prints a line for each case and, with `--record`, writes the result into
`docs/evidence_of_correctness.md`. Exit code 1 when any history differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from histories import BUST, BUSY, CROWDED, HARSH, SHOCKS, TURNOVER, History, Policy, both_of, course, first_difference  # noqa: E402

from benchmarks.record import record, table  # noqa: E402
from scenarios.reading.files import names as shipped  # noqa: E402
from scenarios.reading.load import load, resolve  # noqa: E402
from sim.columns.start import make_shape  # noqa: E402
from sim.numbers.parameters import draw_parameters  # noqa: E402
from sim.people.population import load_areas  # noqa: E402
from sim.vocabulary import Event  # noqa: E402

AREAS, PEOPLE, PLACE, WEEKS, BURN_IN = (5, 17), 2_000, 1_000, 156, 26
SEEDS = (1, 2, 3)
PAIRS = HARSH["pairs"] | HARSH["no money"] | {"mode_contact": 2}
SLOW_MONEY = {
    "award_refused": 0.5,
    "award_gap_share": 1.0,
    "award_gap_weeks": 26.0,
    "first_award": 0.5,
    "apply_weeks": 4.0,
    "post_fill_weeks": 6.0,
    "award_returned": 1.0,
    "reserve_kept_weeks": 4.0,
    "leave_coordinator": 0.1,
    "recruit_lost": 0.5,
}
# Many small groups, few who want one, and of those few who come.
EMPTY_GROUPS = {
    "groups_per_place": 80.0,
    "group_size": 12.0,
    "group_known": 0.3,
    "want_prevalence": 0.2,
    "fold_attendance": 0.06,
    "founding_pool": 4.0,
    "founding_week": 0.02,
}
# All know of support and may join it, so that far more look for a place than there are, week after week.
OPEN_TO_ALL = {"self_referral": 1, "directory": 1, "campaign": 1, "pairs": 0.5, "group_founding": 6, "online_places": 1}
KNOWN_TO_ALL = {
    "group_known": 1.0,
    "search_online_rate": 0.2,
    "want_prevalence": 0.6,
    "mouth_rate": 0.3,
    "act_rate": 0.02,
}
# Harsh cases: (policy from the start, further policy from week 70, parameters held).
CASES: dict[str, tuple[Policy, Policy, dict[str, float]]] = {
    **{f"harsh: {name}": (policy, {}, {}) for name, policy in HARSH.items()},
    **{f"shock: {name}": (CROWDED, policy, {}) for name, policy in SHOCKS.items()},
    "harsh: heavy turnover, then a cut": (BUSY, BUST, TURNOVER),
    "harsh: organisations close": (BUSY, BUST, TURNOVER | {"reserve_use_weeks": 4.0, "volunteer_gbp_year": 3000.0}),
    "harsh: pairs part": (PAIRS, {}, {"want_prevalence": 0.6, "chooses_pair": 0.95, "pair_stay_weeks": 150.0}),
    "harsh: awards refused, every renewal late": (BUSY, {"award_years": 0.25}, SLOW_MONEY),
    "harsh: awards late, then more money": (
        HARSH["short awards"],
        {"budget_board": 8, "budget_council": 3},
        SLOW_MONEY,
    ),
    "harsh: empty groups close": (HARSH["no money"] | {"group_founding": 6}, {}, EMPTY_GROUPS),
    "harsh: reservations at the limit": (OPEN_TO_ALL, {"online_places": 0.1}, KNOWN_TO_ALL),
    "harsh: reservations give way": (OPEN_TO_ALL | {"budget_board": 8}, BUST, KNOWN_TO_ALL | TURNOVER),
}


@dataclass(frozen=True)
class Case:
    """A scenario or a harsh policy, with a seed and a parameter draw (the seed's)."""

    name: str
    seed: int


@dataclass(frozen=True)
class Finding:
    """What one case showed. `kinds`: kinds of event that happened; `difference` empty when there is none."""

    name: str
    seed: int
    events: int
    kinds: list[int]
    difference: str


def cases(seeds: tuple[int, ...] = SEEDS) -> list[Case]:
    """Every shipped scenario and every harsh one, with each seed."""
    return [Case(name, seed) for name in (*shipped(), *CASES) for seed in seeds]


def histories(case: Case) -> tuple[History, History]:
    """One case in both engines. Draw = seed - 1: central parameters, then two from their priors."""
    draw = case.seed - 1
    harsh = CASES.get(case.name)
    burn_in = 0 if harsh else BURN_IN
    shape = make_shape([(draw, 0)], list(AREAS), PEOPLE, PLACE, burn_in, WEEKS, case.seed)
    if harsh:
        policy, later, fixed = harsh
        return both_of(shape, draw_parameters([draw], fixed), course(shape, policy, later, 70))
    codes = [str(load_areas().code[area]) for area in AREAS]
    return both_of(shape, draw_parameters([draw]), resolve(load(case.name), codes, burn_in))


def examine(case: Case) -> Finding:
    """Run a case and compare."""
    one, other = histories(case)
    kinds = np.unique(one.events[:, 2]).tolist()
    return Finding(case.name, case.seed, len(one.events), kinds, first_difference(one, other))


def code_hash() -> str:
    """What the findings hang on: the model, its tables, the scenarios and this comparison."""
    found = hashlib.sha256()
    for pattern in (
        "sim/**/*.py",
        "scenarios/**/*.py",
        "scenarios/**/*.toml",
        "sim/data/*",
        "tests/helpers/histories.py",
        "benchmarks/one_history.py",
    ):
        for path in sorted(p for p in ROOT.glob(pattern) if p.is_file()):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def run_all(todo: list[Case], workers: int, kept: Path) -> list[Finding]:
    """Findings of all cases; those in the file `kept` are not run again. Progress on standard error."""
    done = {(f.name, f.seed): f for f in _read(kept)}
    missing = [case for case in todo if (case.name, case.seed) not in done]
    begun = time.monotonic()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool, kept.open("a", encoding="utf-8") as file:
        for n, future in enumerate(as_completed([pool.submit(examine, case) for case in missing]), 1):
            finding = future.result()
            done[finding.name, finding.seed] = finding
            file.write(json.dumps(vars(finding)) + "\n")
            file.flush()
            left = (time.monotonic() - begun) / n * (len(missing) - n)
            print(
                f"{n}/{len(missing)} {finding.name}, seed {finding.seed}: {finding.events} events, "
                f"{'DIFFERS' if finding.difference else 'the same'}; {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )
    return [done[case.name, case.seed] for case in todo]


def _read(kept: Path) -> list[Finding]:
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    return [Finding(**json.loads(line)) for line in lines if line.endswith("}")]


def said(findings: list[Finding]) -> list[str]:
    """The result in lines of Markdown."""
    wrong = [f for f in findings if f.difference]
    kinds = {k for f in findings for k in f.kinds}
    absent = [e.name for e in Event if e not in kinds]
    ours = len(shipped())
    rows = [
        ["shipped scenarios", *_row([f for f in findings if f.name not in CASES])],
        ["harsh scenarios", *_row([f for f in findings if f.name in CASES])],
    ]
    return [
        f"{ours} shipped and {len(CASES)} harsh scenarios, seeds {', '.join(map(str, SEEDS))}, each {PEOPLE:,} adults in "
        f"{len(AREAS)} areas for {WEEKS} weeks. Compared: every event of every person, the weekly tables, the cascade, "
        "every organisation's pence, awards, queues' memory, and the state of referrers and boards.",
        "",
        *table(["", "cases", "events compared", "histories that differ"], rows),
        "",
        f"Kinds of event that happened: {len(kinds)} of {len(Event)}"
        + (f"; never {', '.join(absent)}." if absent else "."),
        *(f"DIFFERS: {f.name}, seed {f.seed}: {f.difference.splitlines()[0]}" for f in wrong),
    ]


def _row(findings: list[Finding]) -> list[str]:
    return [str(len(findings)), f"{sum(f.events for f in findings):,}", str(sum(bool(f.difference) for f in findings))]


def main() -> int:
    """Run, tell, record. 1 when a history differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="forget what an earlier run found")
    parser.add_argument("--record", action="store_true", help="write the result into docs/evidence_of_correctness.md")
    chosen = parser.parse_args()
    kept = Path(tempfile.gettempdir()) / f"peerscale_one_history_{code_hash()}.jsonl"
    if chosen.again:
        kept.unlink(missing_ok=True)
    findings = run_all(cases(), chosen.workers, kept)
    lines = said(findings)
    print("\n".join(lines))
    for finding in findings:
        if finding.difference:
            print(f"\n{finding.name}, seed {finding.seed}:\n{finding.difference}")
    if chosen.record:
        record("one history", "python -m benchmarks.one_history --record", lines)
    return 1 if any(f.difference for f in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
