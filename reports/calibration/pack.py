"""The pack for a paper of the real calibration: its pictures, sources, versions and command, put to `calibration.report.pack`."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from calibration.fit.waves import Calibration
from calibration.library.evidence_library import library
from calibration.library.evidence_record import Evidence
from calibration.report.diagnose import sections
from calibration.report.pack import About, Source, write_pack
from reports.calibration.pictures import as_bytes, draw
from scenarios.evidence.calibrating import Task
from scenarios.evidence.model_runs import people_of
from scenarios.evidence.parameter_facts import held_words
from scenarios.running.model_code import code_hash
from sim.numbers.parameters import records
from sim.version import MODEL, VERSION

LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba", "pyarrow", "arviz")


def pack(task: Task, found: Calibration, folder: Path, command: str) -> list[Path]:
    """Write the pack of a calibration. `command`: what was typed to make it. The files that were written."""
    about = About(
        task.plan.form.name,
        task.plan.sha256,
        command,
        versions(),
        [cited(row) for row in _rows(task, found)] + _of_priors(found),
        _simulated(task),
    )
    return write_pack(found, about, folder, pictures(found))


def pictures(found: Calibration) -> dict[str, bytes]:
    """The pictures of the diagnostics as SVG, by their section's name."""
    return {one.key: as_bytes(draw(one.key, found), "svg") for one in sections(found, None, None) if one.picture}


def versions() -> dict[str, str]:
    """Of the software, the model and its code, Python, and the libraries that are there."""
    found = {"peerscale": VERSION, "model": str(MODEL), "code": code_hash(), "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _rows(task: Task, found: Calibration) -> Iterable[Evidence]:
    """Rows that are cited: figures of the plan, and those that the priors name."""
    known = library()
    named = [one for name in found.priors.names if name in records() for one in records()[name].source_id.split()]
    return [*task.rows.values(), *(known[one] for one in dict.fromkeys(named) if one in known)]


def cited(row: Evidence) -> Source:
    """A published figure as something cited."""
    return Source(row.id, row.quantity, row.source, row.year, row.reference)


def _of_priors(found: Calibration) -> list[Source]:
    """Sources that a prior names without a row of the library; judgements are none."""
    known, made = library(), []
    for name in found.priors.names:
        record = records().get(name)
        if record and record.grade != "judgement" and not any(one in known for one in record.source_id.split()):
            made.append(Source(f"prior_{name}", record.meaning, record.source, record.year, ""))
    return made


def _simulated(task: Task) -> str:
    form = task.plan.form
    return (
        f"Each run is of {people_of(task.setting):,} adults in {', '.join(form.where.areas)} under the scenario `{form.scenario}`,"
        f" {form.burn_in_weeks} weeks before the {form.reported_weeks} that are counted. {held_words(task.rows.values())}"
    )
