"""A posterior of this model: the one of the first edition, told to be of this. Its draws are real, its meaning is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

FIRST = Path(__file__).parents[1] / "old" / "posterior"
"""The posterior that shipped with the first edition."""


def of_this_model(folder: Path) -> Path:
    """A new folder with such a posterior."""
    from sim.version import MODEL

    shutil.copytree(FIRST, folder)
    about = json.loads((folder / "posterior.json").read_text("utf-8"))
    rest = about["version"].split(",", 1)[1]
    (folder / "posterior.json").write_text(json.dumps(about | {"version": f"model {MODEL},{rest}"}), encoding="utf-8")
    return folder
