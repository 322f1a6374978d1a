"""A calibration to be killed: `python killed_calibration.py FOLDER`. Its simulator takes its time."""

import sys
from pathlib import Path

from slow_toy import slowly

from calibration.fit.simulator import Simulator
from calibration.fit.toys import line


def main(folder: Path) -> None:
    """Calibrate into `folder` with two processes."""
    from calibration.fit.waves import Settings, calibrate  # here, so that the processes need not load it
    from scenarios.running.finished import FOLDER, FinishedJobs
    from scenarios.running.parts import KeptParts

    toy = line()
    simulator = Simulator(slowly, toy.priors.names, toy.simulator.statistics, "slow")
    settings = Settings(points=60, draws=60, particles=200, process=False, part=4)
    keeper = KeptParts(FinishedJobs(folder / FOLDER), 2)
    calibrate(simulator, toy.priors, toy.targets, settings, folder, outputs=("s0",), keeper=keeper)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
