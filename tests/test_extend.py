"""`docs/extend.md` works: its steps, made in a copy of the checkout, add what they say, and both engines agree there."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipe import ROOT, Step, changed, copy_of_checkout, make, run, stated, steps

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "extend.md").read_text("utf-8")
MOST = {"A needs group": 3, "A lever": 6, "What a lever costs": 5, "An outcome": 4, "An event": 4}
CLAIMS = {
    "difference": "none",
    "wants of the new needs group": "some",
    "services for it": "some",
    "accepted": "as traced",
    "who did not decline": "accepted",
    "story": "tells it",
    "outcome": "a share",
    "asked of": "True",
    "lever first changes": "offer within what it touches",
    "reminders": "bring people",
    "today": "0.0",
    "pence for reminders": "some",
}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, set[str]]]:
    """A copy with every step made, and the files that each heading changed for the first time or again."""
    copy, touched, before = copy_of_checkout(tmp_path_factory.mktemp("copy")), {}, {}
    for step in steps(PAGE):
        make(step, copy)
        now = {name: (copy / name).read_bytes() for name in changed(copy)}
        touched.setdefault(step.heading, set()).update(n for n, text in now.items() if before.get(n) != text)
        before = now
    return copy, touched


def test_what_was_added_is_there_and_both_engines_agree(extended):
    copy, _ = extended
    said = run(copy, str(Path("tests") / "helpers" / "extended.py"))
    assert said.splitlines()[0] == f"of {copy / 'sim' / '__init__.py'}"
    assert [claim for claim in (f"{key} {value}" for key, value in CLAIMS.items()) if claim not in said] == [], said


def test_the_page_counts_the_files_that_it_changes(extended):
    _, touched = extended
    assert {heading: len(files) for heading, files in touched.items()} == stated(PAGE)
    assert {heading: number for heading, number in stated(PAGE).items() if number > MOST[heading]} == {}
    code = {name for name in touched["A needs group"] if name.endswith(".py")}
    assert len(code) == 2, code


def test_the_command_line_knows_what_was_added(extended):
    copy, _ = extended
    size = [
        "--people",
        "1000",
        "--draws",
        "2",
        "--years",
        "0.6",
        "--burn-in",
        "30",
        "--place-size",
        "1000",
        "--posterior",
        "none",
        "--json",
    ]
    said = run(copy, "-m", "peerscale", "run", "--set", "reminders=1", *size)
    assert "never_came_of_offered" in said and "long_covid" in said


COLUMNS = "tests/reports/test_tables.py::test_every_column_of_a_results_folder_is_declared_in_its_order"


@pytest.mark.parametrize("path", ["tests/sim/test_vocabulary.py", "tests/sim/test_rules.py", COLUMNS])
def test_tests_of_the_model_hold_in_the_copy(extended, path: str):
    copy, _ = extended
    run(copy, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", path)


def test_a_step_whose_place_is_gone_fails(tmp_path: Path):
    (tmp_path / "one.py").write_text("a = 1\n")
    with pytest.raises(AssertionError, match="stand 0 times"):
        make(Step("Any", "one.py", "b = 1", "b = 2"), tmp_path)
