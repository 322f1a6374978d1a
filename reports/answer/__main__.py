"""England's answer: `python -m reports.answer` makes README's block, `docs/answer.md` and the picture from `docs/answer.json`.

With `--atlas FOLDER` (and `--solved FOLDER`, `--sensitivity FILE.json`, `--command`) the record is made first, from what those hold.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from calibration.whole import write_whole
from reports.answer import record, words
from sim.errors import UserError

DOCS = record.FILE.parent
README = DOCS.parent / "README.md"
BEGIN, END = "<!-- answer: made by python -m reports.answer -->\n", "<!-- /answer -->\n"


def with_block(readme: str, block: str) -> str:
    """The README with its block. Raises ValueError where its marks are not there."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"README.md lacks {BEGIN!r} or {END!r}")
    return f"{before}{BEGIN}{block}\n{END}{after}"


def files(found: words.Record | None) -> dict[Path, str]:
    """Everything that is made from a record, by its place; None where nothing is recorded yet."""
    pages = {
        README: with_block(README.read_text("utf-8"), words.in_readme(found)),
        DOCS / "answer.md": words.page(found),
    }
    return pages if found is None else pages | {DOCS / "answer.svg": words.picture(found)}


def recorded() -> words.Record | None:
    """The record that is kept; None where there is none. Raises UserError for one that cannot be read, or is stale."""
    return record.read() if record.FILE.exists() else None


def main(arguments: list[str]) -> int:
    """Make the record where it is asked for, then all that follows from it. Gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m reports.answer", description=__doc__)
    for name in ("atlas", "solved", "sensitivity"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--command", action="append", default=[], help="a command that made them, as it was typed")
    asked = parser.parse_args(arguments)
    try:
        _must_be_used(asked)
        if asked.atlas is not None:
            of = record.Made(asked.atlas, asked.solved, asked.sensitivity, tuple(asked.command))
            write_whole(record.FILE, record.text(record.made(of)).encode())
        for path, text in files(recorded()).items():
            write_whole(path, text.encode())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _must_be_used(asked: argparse.Namespace) -> None:
    """Raises UserError for what goes into a record where none is made."""
    given = [f"--{name}" for name in ("solved", "sensitivity", "command") if getattr(asked, name)]
    if asked.atlas is None and given:
        raise UserError(
            "nothing would be made of this without an atlas",
            key=given[0],
            rule="--atlas FOLDER beside it: the record is made anew, whole",
            got=", ".join(given),
            try_="--atlas FOLDER too, or none of them to make the pages again",
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
