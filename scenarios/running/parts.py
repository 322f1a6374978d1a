"""Runs of any simulator by the pool and the store: what the calibrator and the analyses of rows take as their keeper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibration.fit.bank import Part, compute
from calibration.fit.simulator import Simulator
from scenarios.running.finished import FinishedJobs
from scenarios.running.pool import Job, Pool, Tell

PREFIX = "runs-"


class KeptParts:
    """A `calibration.fit.bank.Keeper`: parts on `workers` processes (0: one for each core), each kept as it ends."""

    def __init__(self, finished: FinishedJobs, workers: int = 0):
        self.finished, self.workers = finished, workers

    def results(self, simulator: Simulator, parts: Sequence[Part]) -> Iterator[tuple[Part, bytes]]:
        """(part, its runs) as each ends, those kept before first. Raises what the simulator does, UserError, Stopped."""
        self.finished.tidy()  # a writer that was killed may have left half a file
        by_key = {PREFIX + part.key: part for part in parts}
        jobs = [Job(part.what, key, _work, (simulator, part)) for key, part in by_key.items()]
        with Pool(self.workers) as pool:
            for job, content in pool.results(jobs, self.finished):
                yield by_key[job.key], content


def _work(simulator: Simulator, part: Part, tell: Tell) -> bytes:
    return compute(simulator, part)
