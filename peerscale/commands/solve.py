"""`solve`: the goal's answer, the frontier and what limits it, told."""

from __future__ import annotations

from pathlib import Path

from peerscale.options import Typed
from peerscale.solved import Extent, solved
from reports.as_json import say
from reports.questions.solve import last_words, show, show_rivals, show_whole


def solve_command(name: str, folder: Path, extent: Extent, as_json: bool, workers: int, typed: Typed) -> None:
    """Search, certify, tell; keep runs, scenario files, tables and picture in `folder`."""
    done = solved(name, folder, extent, workers, typed)
    if as_json:
        say(done.as_dict())
        return
    show(done.found, done.folder)
    if done.rivals:
        show_rivals(done.found.goal, done.rivals)
    if extent.confirm:
        show_whole(done.whole)
    last_words(done.found, done.folder)
