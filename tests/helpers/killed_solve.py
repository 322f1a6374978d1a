"""A search to be killed, and to go on with: `python killed_solve.py FOLDER`. It prints its answer."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from calibration.whole import write_whole
from scenarios.questions.solve.frontier import solve
from scenarios.questions.solve.goal import load_goal
from scenarios.questions.solve.runs import Runs
from scenarios.questions.solve.words import as_dict

GOAL = """name = "killed"
question = "A trial?"
frontier = [0.2]
[goal]
level = 0.2
worlds = 0.5
[levers]
directory = [0.1, 1.0]
[run]
people = 1000
place_size = 500
years = 1
[search]
bundles = 8
worlds = 4
rounds = 0
fresh = 20
candidates = 1
steps = 10
"""


def main(folder: Path) -> None:
    """Search in one process of its own; the burn-in is short, as the question is not what it finds."""
    folder.mkdir(exist_ok=True)
    write_whole(folder / "killed.toml", GOAL.encode())
    goal = replace(load_goal(folder / "killed.toml"), size=(("burn_in", 8),))
    with Runs(goal, folder / "runs", workers=1) as runs:
        runs.together = 1
        found = as_dict(solve(goal, runs))
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
