"""A figure of one's own that a plan leaves out is named, with the list in which it could stand."""

import csv
import io

from peerscale.cli import call


def written(folder, capsys, *names):
    """A file of one's own that starts from shipped rows, each under an id of its own."""
    rows = []
    for name in names:
        assert call(["evidence", "show", name, "--csv"]) == 0
        (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
        rows.append(row | {"id": f"mine_{name}"})
    path = folder / "mine.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)
    return path


def shipped(role):
    from calibration.library.evidence_library import library

    return [row.id for row in library().values() if row.role == role and not row.rival_set]


def test_figures_of_ones_own_that_a_plan_does_not_use_are_named(tmp_path, capsys):
    one, two, *_ = shipped("target")
    held, context = shipped("validation")[0], shipped("context")[0]
    path = written(tmp_path, capsys, one, two, held, context)
    assert call(["calibrate", "small", "--check", "--evidence", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"2 of your figures are not in `fitted`: mine_{one}, mine_{two}." in said
    assert f"1 of your figures is not in `held_back`: mine_{held}." in said
    assert f"1 of your figures is of a role that no plan uses (input or context): mine_{context}." in said


def test_a_plan_that_uses_it_says_nothing(tmp_path, capsys):
    (one, *_) = shipped("target")
    path = written(tmp_path, capsys, one)
    plan = tmp_path / "mine.toml"
    plan.write_text(f'name = "mine"\nextends = "small"\n[targets]\nfitted = ["mine_{one}"]\n', encoding="utf-8")
    assert call(["calibrate", str(plan), "--check", "--evidence", str(path)]) == 0
    assert "of your figures" not in capsys.readouterr().out
    assert call(["calibrate", str(plan), "--check"]) == 2
