"""`docs/evidence_rows.md`, made from the tables: `python -m reports.calibration.evidence_page > docs/evidence_rows.md`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from calibration.library.derived import Derivation, by_parameter, declared_end, fitted, in_words, rows_of
from calibration.library.evidence_library import rivals, shipped
from calibration.library.evidence_record import BOUND_WORDS, Evidence
from calibration.library.statistics import STATISTICS
from sim.numbers.parameters import Record
from sim.numbers.structure import declared

OPENING = """# Figures and formulas

Made by `python -m reports.calibration.evidence_page > docs/evidence_rows.md`; a test holds the page and the tables together.
[evidence.md](evidence.md) says what the words mean. `peerscale evidence show ID` tells all of a row.

## Figures that the model is set beside

The roles were declared before any output of the second edition was set beside one of them. *Error* is the standard error of what
was counted (* judged). *Beyond* is the discrepancy: one standard deviation of what other people, other years or the model's form may
add. `n`: of how many.
"""
FORMULAS_OPENING = """## Numbers that follow from published figures

Each row is run by a test: the formula, on the rows that it names, gives what the model's table declares, to the digits shown. A
formula is one of a closed list (`calibration/library/formulas.py`). The names in brackets are ids of the library, or parameters.
An end of a range without a row is judgement. **Fitted** names rows that a plan may fit as well: then the range is flat, or the
sentence says how the figure is used.

| number | end | is | formula | per | what is assumed | fitted |
|---|---|---|---|---|---|---|
"""
TWICE_OPENING = """
### Numbers that may be fitted in part twice

The value or range of each rests on a figure that a plan may fit, by a formula above or because the model's table cites it. A fit of
that figure then takes it in twice, in part. `peerscale parameters NAME` says so too.

| number | kind of range | figures |
|---|---|---|
"""


def page() -> str:
    """The page in Markdown."""
    parts = [OPENING]
    for role, heading in (("target", "May be fitted"), ("validation", "Held back: never fitted")):
        parts += [f"\n### {heading}\n\n", *_measured([row for row in shipped() if row.role == role])]
    parts += [
        "\n### Not set beside the model, and why\n\n",
        *_argued(),
        "\n### Rows that contradict each other\n\n",
        *_sets(),
        "\n",
    ]
    parts += [FORMULAS_OPENING, *(_line(formula_cells(record, one)) for record, all_ in by_parameter() for one in all_)]
    return "".join([*parts, "\n", _counts(), TWICE_OPENING, *_twice()])


def _twice() -> list[str]:
    rows = [(record, fitted(name)) for name, record in declared().items()]
    return [_line((f"`{r.name}`", r.prior, ", ".join(f"`{one.id}`" for one in found))) for r, found in rows if found]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _measured(rows: Sequence[Evidence]) -> list[str]:
    head = [
        "| row | measured as | figure | error | beyond | n | why this role | what differs |\n",
        "|---|---|---|---|---|---|---|---|\n",
    ]
    return head + [
        _line(
            (
                f"`{row.id}`",
                f"`{row.statistic}`",
                f"{row.value:.3g} {_unit(row.unit)}".strip(),
                f"{row.se:.2g}{'*' * (row.se_kind == 'judged')}",
                f"{row.discrepancy:g}",
                "" if math.isnan(row.n) else f"{row.n:.0f}",
                row.why,
                row.discrepancy_reason,
            )
        )
        for row in rows
    ]


def _unit(unit: str) -> str:
    return "" if unit == "share" else unit


def _argued() -> list[str]:
    rows = [row for row in shipped() if row.why and not row.fitted_or_held]
    return ["| row | figure | why |\n", "|---|---|---|\n"] + [
        _line(
            (
                f"`{row.id}`",
                f"{BOUND_WORDS[row.bound]}{_figure(row)} {_unit(row.unit)}: {row.quantity}".replace(" :", ":"),
                row.why,
            )
        )
        for row in rows
    ]


def _sets() -> list[str]:
    return ["| set | rows |\n", "|---|---|\n"] + [
        _line((name, ", ".join(f"`{row.id}` ({_figure(row)})" for row in rows)))
        for name, rows in rivals(shipped()).items()
    ]


def _figure(row: Evidence) -> str:
    return f"{row.low:g} to {row.high:g}" if math.isnan(row.value) else f"{row.value:g}"


def formula_words(record: Record, one: Derivation) -> str:
    """One formula as lines for a terminal."""
    _, end, is_, formula, per, why, ids = (cell.replace("`", "") for cell in formula_cells(record, one))
    said = (
        f"    {end} {is_} = {formula}",
        per and f"        {per}",
        why and f"        {why}",
        ids and f"        may be fitted: {ids}",
    )
    return "\n".join(filter(None, said))


def formula_cells(record: Record, one: Derivation) -> tuple[str, ...]:
    """One formula as texts: number, end, what is declared, formula, denominator, what is assumed, rows that may be fitted."""
    price = f" ({one.prices} prices)" if one.prices else ""
    ids = ", ".join(f"`{row.id}`" for row in fitted(record.name))
    is_ = f"{declared_end(one):g} {_short(record.unit)}".strip()
    return f"`{record.name}`", one.end, is_ + price, in_words(one), one.per, one.why, ids


def _short(unit: str) -> str:
    return re.sub(r", [\d/]+ prices$", "", unit) if unit not in ("share", "chance") else ""


def _counts() -> str:
    with_formula = {record.name for record, _ in by_parameter()}
    cited = {row.id: row for _, all_ in by_parameter() for one in all_ for row in rows_of(one)}
    known = sum(bool(row.doi) for row in cited.values())
    return (
        f"{len(with_formula)} of {len(declared())} numbers have a formula; the others are judgement of the authors, and say so."
        f" The formulas use {len(cited)} figures, of which {known} have a DOI, or a PMC or PMID number, of what was read."
        f" {len(STATISTICS)} statistics of a run can be set beside figures (`peerscale evidence statistics`).\n"
    )


if __name__ == "__main__":
    print(page(), end="")
