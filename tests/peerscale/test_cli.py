"""The command line: what it says, and one clear message for what a person can put right."""

import errno
import json
import os
import subprocess
import sys

import pytest
from fakes import fake_result

from peerscale.cli import call
from scenarios.reading.scenario import CASE, PILOT, PLAUSIBLE, USUAL
from scenarios.running import worlds as running
from scenarios.running.study import make_shape
from scenarios.running.worlds import pack

FAST = ["--workers", "1", "--draws", "4", "--years", "2"]


@pytest.fixture
def engine(monkeypatch):
    """An engine that answers at once; the policy's lift is read from one lever. Counts its calls."""
    calls = []

    def run(scenarios, study, worlds=None, trace=(), progress=None):
        calls.extend(s.name for s in scenarios)
        lifts = [int(40 * (s.levers["self_referral"] - 0.5)) for s in scenarios]
        return [fake_result(make_shape(study, worlds), lift) for lift in lifts]

    instead_of_the_engine(monkeypatch, run)
    monkeypatch.setattr("peerscale.commands.journey.run_together", run)
    return calls


def instead_of_the_engine(monkeypatch, run):
    """Jobs of worlds answered by `run(scenarios, study, worlds)`."""
    monkeypatch.setattr(running, "settle_batch", lambda batch, policy, tell: b"")
    monkeypatch.setattr(
        running,
        "go_on_batch",
        lambda batch, task, start, folder, tell: pack(run([task.policy], batch.study, batch.worlds)[0]),
    )


def told(capsys, *arguments):
    code = call([str(a) for a in arguments])
    text = capsys.readouterr()
    return code, text.out, text.err


def test_run_in_full_says_differences_first_then_levels_who_where_and_cost(engine, capsys):
    code, out, _ = told(capsys, "run", *FAST, "--full")
    order = [
        "compared with",
        "in 4 of 4 of the worlds we assumed",
        "illustrative: no local inventory",
        "To whom",
        "Where wants are lost",
        "What it costs",
        "2024/25 prices",
    ]
    flat = " ".join(out.split())
    places = [flat.index(words) for words in order]
    assert code == 0 and places == sorted(places)
    assert "Offered is not helped" in flat
    assert engine == ["today", "open_door"]


def test_run_answers_on_one_screen_and_full_has_the_rest(engine, capsys, tmp_path):
    code, out, _ = told(capsys, "run", *FAST, "--out", tmp_path / "r")
    screen = out.splitlines()
    assert code == 0 and len(screen) <= 24 and max(map(len, screen)) <= 80
    assert "Bristol" in screen[0] and "peerscale explain today open_door" in " ".join(out.split())
    more = told(capsys, "run", *FAST, "--full")[1].splitlines()
    assert len(more) > 3 * len(screen)
    code, out, _ = told(capsys, "compare", tmp_path / "r/today", tmp_path / "r/open_door")
    compared = out.splitlines()
    assert code == 0 and len(compared) <= 24 and compared[:9] == screen[:9] and "with --full" in out


def test_run_says_that_people_were_rounded_up(engine, capsys):
    _, out, _ = told(capsys, "run", *FAST, "--people", "15000", "--full")
    assert "20,000 adults a world" in " ".join(out.split()) and "15,000 asked for" in " ".join(out.split())


def test_set_changes_the_alternative_only(engine, capsys):
    code, out, _ = told(capsys, "run", *FAST, "--set", "self_referral=1", "--json")
    found = json.loads(out)
    assert code == 0 and found["baseline"] == "today"
    assert list(found["differences"]) == ["today_self_referral_1"]
    assert found["differences"]["today_self_referral_1"]["difference"]["available"]["up"] == 4


def test_json_is_json_and_marks_levels_illustrative(engine, capsys):
    found = json.loads(told(capsys, "run", *FAST, "--json")[1])
    assert found["status"] == "illustrative: no local inventory"
    assert set(found["levels"]) == {"today", "open_door"}


def test_results_are_kept_and_compared(engine, capsys, tmp_path):
    told(capsys, "run", *FAST, "--out", tmp_path / "r")
    code, out, _ = told(capsys, "compare", tmp_path / "r/today", tmp_path / "r/open_door", "--full")
    assert code == 0 and "higher in 4 of 4 of the worlds we assumed" in " ".join(out.split())


def test_kept_runs_tell_where_the_money_went(engine, capsys, tmp_path):
    told(capsys, "run", *FAST, "--out", tmp_path / "r")
    kept = [tmp_path / "r/today", tmp_path / "r/open_door"]
    code, out, _ = told(capsys, "ledger", *kept)
    assert (
        code == 0
        and "Where the money went" in out
        and "1, council" in out
        and "add up to the other three" in " ".join(out.split())
    )
    found = json.loads(told(capsys, "ledger", *kept, "--json")[1])
    assert [one["scenario"] for one in found] == ["today", "open_door"] and found[0]["years"][0]["payer"] == "board"
    code, _, err = told(capsys, "ledger", tmp_path)
    assert code == 2 and "is not a results folder" in err


def test_runs_of_other_settings_cannot_be_compared(engine, capsys, tmp_path):
    told(capsys, "run", "today", *FAST, "--out", tmp_path / "a")
    told(capsys, "run", "today", *FAST, "--seed", 2, "--out", tmp_path / "b")
    code, _, err = told(capsys, "compare", tmp_path / "a/today", tmp_path / "b/today")
    assert code == 2 and "do not share their people and luck" in err and "seed: 1 and 2" in err


def test_batch_goes_on_where_it_stopped(engine, capsys, tmp_path):
    told(capsys, "batch", "today", *FAST, "--out", tmp_path)
    code, out, err = told(capsys, "batch", "today", "open_door", "link_workers", *FAST, "--out", tmp_path)
    assert code == 0 and engine == ["today", "open_door", "link_workers"]
    assert "1 of 3 are already" in err and "worlds" in out


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_plot_writes_a_picture(engine, capsys, tmp_path, kind):
    code, _, _ = told(capsys, "run", *FAST, "--plot", tmp_path / f"p.{kind}")
    assert code == 0 and (tmp_path / f"p.{kind}").stat().st_size > 1000
    if kind == "svg":  # which keeps its words beside their shapes
        assert "not the difference between them" in (tmp_path / "p.svg").read_text()


def test_a_run_that_drifts_is_not_reported(capsys, monkeypatch):
    def run(scenarios, study, worlds=None, trace=(), progress=None):
        result = fake_result(make_shape(study, worlds))
        result.settling = {"groups": (1_000_000, 1_800_000)}
        return [result for _ in scenarios]

    instead_of_the_engine(monkeypatch, run)
    code, out, err = told(capsys, "run", *FAST)
    assert code == 2 and "drifting" in err and "groups" in err and out == ""


def test_journey_tells_one_persons_weeks(engine, capsys):
    code, out, _ = told(capsys, "journey", "--person", 3)
    assert code == 0 and "wants" in out and "started" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scenarios", "list"], "open_door"),
        (["scenarios", "show", "open_door"], "self_referral = 1"),
        (["scenarios", "validate", "today", "open_door"], "good"),
        (["scenarios", "diff", "today", "open_door"], "directory"),
        (["scenarios", "diff", "today", "today"], "no lever differs"),
        (["scenarios", "schema"], "json-schema"),
        (["parameters"], "want_prevalence"),
        (["areas"], "E54000039"),
        (["areas"], "bnssg"),
        (["areas"], "1,025,688"),
        (["areas", "--json"], '"board_2026": "Surrey and Sussex"'),
        (["levers"], "link_workers"),
        (["levers", "--json"], '"may_be": "opt_in, prompted, opt_out"'),
        (["levers", "link_workers"], "spr_lw_2025"),
        (["parameters", "--judgements"], "not yet agreed with people with lived experience"),
        (["parameters", "want_prevalence"], "meaning"),
    ],
)
def test_what_there_is_can_be_listed(capsys, arguments, words):
    code, out, _ = told(capsys, *arguments)
    assert code == 0 and words in out


BAD = [
    (["run", "tody"], "no scenario is called", "today"),
    (["run", "today", "today", "--workers", "1"], "named twice", "leave one out"),
    (["run", "--areas", "bnsg"], "no area is called", "bnssg"),
    (["run", "--areas", ""], "no area is named", "bnssg"),
    (["run", "--areas", "bnssg,E54000039"], "named twice", "leave out"),
    (["run", "--people", "-5"], "cannot be negative", "--people"),
    (["run", "--people", "5"], "out of range", "100"),
    (["run", "--people", "lots"], "valid int", "--help"),
    (["run", "--years", "0"], "out of range", "0.52"),
    (["run", "--years", "nan"], "out of range", "0.52"),
    (["run", "--years", "31"], "out of range", "30"),
    (["run", "--draws", "0"], "out of range", "--draws"),
    (["run", "--replicates", "0"], "out of range", "--replicates"),
    (["run", "--seed", "-1"], "cannot be negative", "--seed"),
    (["run", "--engine", "meas"], "no engine is called", "mesa"),
    (["run", "--burn-in", "-1"], "cannot be negative", "--burn-in"),
    (["run", "--place-size", "1"], "out of range", "--place-size"),
    (["run", "--set", "self_referal=1"], "unknown key", "self_referral"),
    (["run", "--set", "self_referral"], "lever=value", "link_workers"),
    (["run", "--set", "self_referral=2"], "above its highest", "0 to 1"),
    (["run", "--set", "budget_board=-1"], "cannot be negative", "budget_board"),
    (["run", "--set", "priority=luck"], "does not know this word", "first_come"),
    (["run", "--plot", "p.pdf"], "kind is not known", "p.png"),
    (["run", "--plot", "p"], "kind is not known", ".png"),
    (["run", "--plot", "no/such/p.png"], "folder does not exist", "make the folder"),
    (["run", "--popel", "3"], "No such option", "--help"),
    (["rum"], "No such command", "--help"),
    (["compare", "a"], "Missing argument", "--help"),
    (["compare", "no", "where"], "not a results folder", "--out"),
    (["parameters", "want_prevalance"], "no parameter is called", "want_prevalence"),
    (["levers", "link_worker"], "no lever is called", "link_workers"),
    (["scenarios", "show", "opendoor"], "no scenario is called", "open_door"),
    (["scenarios", "validate", "today", "x.toml"], "1 of 2", "x.toml"),
    (["scenarios", "diff", "today", "nope.toml"], "no scenario is called", "nope.toml"),
    (["journey", "a", "b", "c"], "one scenario or two", "journey"),
    (["journey", "--person", "-1"], "no such person", "--person 0"),
    (["journey", "--person", "99999999"], "no such person", "--person 0"),
    (["watch", "tody"], "no scenario is called", "today"),
]


@pytest.mark.parametrize(("arguments", "what", "hint"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_is_one_message_and_exit_code_2(capsys, arguments, what, hint):
    code, out, err = told(capsys, *arguments)
    assert code == 2
    assert what in err and hint in err
    assert "Traceback" not in err + out


def test_a_folder_of_other_files_is_refused_before_anything_is_run(engine, capsys, tmp_path):
    (tmp_path / "today").mkdir()
    (tmp_path / "today" / "notes.txt").write_text("mine")
    code, _, err = told(capsys, "run", *FAST, "--out", tmp_path)
    assert code == 2 and "not a results folder" in err and engine == []


def test_a_half_written_folder_is_refused(engine, capsys, tmp_path):
    told(capsys, "run", *FAST, "--out", tmp_path)
    (tmp_path / "today" / "manifest.json").unlink()
    code, _, err = told(capsys, "compare", tmp_path / "today", tmp_path / "open_door")
    assert code == 2 and "half-written" in err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "stopped"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "there"), 2, "permission denied"),
        (MemoryError(), 2, "not enough memory"),
    ],
)
def test_what_the_machine_refuses_is_said_plainly(capsys, monkeypatch, error, code, words):
    def stop(*_, **__):
        raise error

    instead_of_the_engine(monkeypatch, stop)
    found, _, err = told(capsys, "run", *FAST)
    assert found == code and words in err and "Traceback" not in err


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    def wrong(*_, **__):
        raise ZeroDivisionError

    instead_of_the_engine(monkeypatch, wrong)
    with pytest.raises(ZeroDivisionError):
        call(["run", *FAST])


def test_help_loads_nothing_heavy():
    script = (
        "import sys; from peerscale.cli import call; call(['--help']);"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'matplotlib', 'pydantic', 'mesa'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["scenarios", "list"],
        ["parameters"],
        ["levers"],
        ["areas"],
        ["run", "--dry-run"],
        ["scenarios", "show", "today"],
    ],
)
def test_what_runs_no_world_does_not_read_the_compiler(command):
    script = (
        f"import sys; from peerscale.cli import call; code = call({command!r});"
        "sys.exit(code or str({'numba', 'llvmlite'} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and done.stderr.strip() == ""


SMALL_RUN = [
    "run",
    "today",
    "--people",
    "1000",
    "--place-size",
    "1000",
    "--draws",
    "1",
    "--years",
    "0.6",
    "--burn-in",
    "30",
]


def test_no_cache_keeps_nothing_of_the_years_before(tmp_path):
    for more, kept in (["--no-cache"], False), ([], True):
        env = os.environ | {"PEERSCALE_CACHE": str(tmp_path)}
        command = [sys.executable, "-m", "peerscale", *SMALL_RUN, *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "starts").exists() == kept


def test_a_compiler_that_is_missing_is_one_message(tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('not here')", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    for workers in ("1", "2"):
        kept = {"PEERSCALE_CACHE": str(tmp_path / "cache"), "PEERSCALE_COMPILED": str(tmp_path / "none yet")}
        env = os.environ | kept | {"PYTHONPATH": path}
        command = [sys.executable, "-m", "peerscale", *SMALL_RUN, "--draws", "2", "--workers", workers]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 2 and "needs numba" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["levers", "areas", "parameters"])
def test_what_can_be_named_is_whole_in_a_narrow_terminal(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    names = [row.get("code") or row["name"] for row in json.loads(told(capsys, command, "--json")[1])]
    code, out, _ = told(capsys, command)
    assert code == 0 and {line.split(" ")[0] for line in out.splitlines()} >= set(names)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["run", "--bogus"], "peerscale run"),
        (["case"], "peerscale case"),
        (["scenarios", "shw"], "peerscale scenarios"),
        (["nothing"], "peerscale"),
    ],
)
def test_a_usage_error_names_the_help_of_the_command_at_hand(capsys, arguments, command):
    assert call(arguments) == 2
    assert f"try:   {command} --help" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "settings"), [("run", USUAL), ("case", CASE), ("pilot", PILOT), ("plausible", PLAUSIBLE)]
)
def test_help_shows_what_a_command_takes_where_nothing_is_said(capsys, monkeypatch, command, settings):
    monkeypatch.setenv("COLUMNS", "200")
    assert call([command, "--help"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "default:" in line]
    for name in ("people", "draws", "years"):
        shown = f"{getattr(settings, name):,}".removesuffix(".0")
        assert any(f"--{name} " in line and f"[default: ({shown})]" in line for line in lines), name
