"""Bad input: one clear message with what, file, line, rule, value and what to try."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from scenarios.reading.load import load, with_settings
from sim.errors import UserError

HEAD = 'name = "mine"\ntitle = "Mine"\nquestion = "Does it help?"\nextends = "today"\n'
BASE = HEAD.count("\n")  # the body begins on line 5
ADULT_GBP = "GBP per adult resident per year, 2024/25 prices"


def bad(tmp_path: Path, text: str | bytes, name: str = "mine.toml") -> UserError:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UserError) as caught:
        load(path)
    assert caught.value.file.endswith(name)
    assert "Traceback" not in str(caught.value)
    return caught.value


# fmt: off
# body, line in the body, key, part of what, part of rule, part of got, part of try
LEVERS = [
    ("[levers]\nlink_worker = 2", 2, "levers.link_worker", "unknown key 'link_worker' in [levers]",
     "known keys", "link_worker", "link_workers"),
    ("[levers]\nself_referal = 1", 2, "levers.self_referal", "unknown key 'self_referal'", "known keys",
     "self_referal", "self_referral"),
    ("[levers]\nyears = 3", 2, "levers.years", "unknown key 'years' in [levers]", "known keys", "years",
     "years belongs under [run]"),
    ("[levers]\nqqqqqqqq = 3", 2, "levers.qqqqqqqq", "unknown key 'qqqqqqqq'", "known keys", "qqqqqqqq",
     "peerscale scenarios schema"),
    ("[levers]\nbudget_board = -1", 2, "levers.budget_board", "budget_board cannot be negative",
     f"a number from 0 to 20 ({ADULT_GBP})", "-1", "budget_board = 0"),
    ("[levers]\nbudget_council = 21", 2, "levers.budget_council", "above its highest value", "from 0 to 20",
     "21", "budget_council = 20"),
    ("[levers]\naward_years = 0.1", 2, "levers.award_years", "below its lowest value",
     "from 0.5 to 10 (years)", "0.1", "award_years = 0.5"),
    ("[levers]\ncontract_share = 1.2", 2, "levers.contract_share", "above its highest", "from 0 to 1", "1.2",
     "contract_share = 0.012 if you mean 1.2%"),
    ("[levers]\ncontract_share = 60", 2, "levers.contract_share", "above its highest", "(share)", "60",
     "contract_share = 0.6 if you mean 60%"),
    ('[levers]\nself_referral = "80%"', 2, "levers.self_referral", "is a number, without quotes or unit",
     "from 0 to 1", '"80%"', "self_referral = 0.8"),
    ('[levers]\nsessions = "10 weeks"', 2, "levers.sessions", "without quotes or unit",
     "from 4 to 40 (weeks of support planned)", '"10 weeks"', "sessions = 10"),
    ('[levers]\nsessions = "many"', 2, "levers.sessions", "without quotes or unit", "from 4 to 40", '"many"',
     "sessions = 12"),
    ("[levers]\nlink_workers = true", 2, "levers.link_workers", "without quotes or unit", "from 0 to 10",
     "true", "link_workers = 0.74"),
    ("[levers]\nlink_workers = [1, 2]", 2, "levers.link_workers", "without quotes or unit", "from 0 to 10",
     "[1, 2]", "link_workers = 0.74"),
    ("[levers]\nbudget_board = nan", 2, "levers.budget_board", "not a finite number", "from 0 to 20", "nan",
     "budget_board = 0.35"),
    ("[levers]\nbudget_board = inf", 2, "levers.budget_board", "not a finite number", "from 0 to 20", "inf",
     "budget_board = 0.35"),
    ("[levers]\nbudget_board = -inf", 2, "levers.budget_board", "not a finite number", "from 0 to 20", "-inf",
     "budget_board = 0.35"),
    ('[levers]\nmode_diagnosis = "optout"', 2, "levers.mode_diagnosis", "does not know this word",
     "one of opt_in, prompted, opt_out", '"optout"', 'mode_diagnosis = "opt_out"'),
    ("[levers]\nmode_review = 2", 2, "levers.mode_review", "does not know this word", "opt_in", "2",
     'mode_review = "opt_in"'),
    ('[levers]\nallocation = "fair"', 2, "levers.allocation", "does not know this word",
     "historic, need, equity, demand, performance", '"fair"', "allocation ="),
    ("[levers]\nlose_largest = 0.5", 2, "levers.lose_largest", "lose_largest is 0 or 1", "0 or 1", "0.5",
     "lose_largest = 0"),
    ("[levers]\ncut = 1.5", 2, "levers.cut", "above its highest", "from 0 to 1", "1.5", "cut = 0.015"),
    ("[levers]\npersonal_budget_share = 0.7\noutcome_payment_share = 0.5", 3, "outcome_payment_share",
     "add up to more than the whole", "personal_budget_share + outcome_payment_share is at most 1",
     "1.2 from week 0", "lower one of the two"),
    ('[levers]\npersonal_budget_share = 0.6\n[[change]]\nfrom = "year 2"\n'
     "levers = { outcome_payment_share = 0.7 }", 3, "outcome_payment_share", "more than the whole", "at most 1",
     "1.3 from week 52", "lower one of the two"),
    ("# a note\nlevers.link_wrkers = 1", 2, "levers.link_wrkers", "unknown key 'link_wrkers'", "known keys",
     "link_wrkers", "link_workers"),
    ("levers = { budget_board = -2 }", 1, "levers.budget_board", "cannot be negative", "from 0", "-2",
     "budget_board = 0"),
    ("levers = 3", 1, "levers", "'levers' has the wrong type", "a table [levers]", "3", "[levers]"),
]

RUN = [
    ("[run]\nyear = 3", 2, "run.year", "unknown key 'year' in [run]", "known keys: start, years", "year",
     "years"),
    ("[run]\nyears = 0", 2, "run.years", "'years' is out of range", "from 0.52 to 30", "0", "years = 5"),
    ("[run]\nyears = -5", 2, "run.years", "out of range", "from 0.52 to 30", "-5", "years = 5"),
    ("[run]\nyears = 31", 2, "run.years", "out of range", "from 0.52 to 30", "31", "years = 5"),
    ('[run]\nyears = "5"', 2, "run.years", "wrong type", "from 0.52 to 30", '"5"', "years = 5"),
    ("[run]\nyears = nan", 2, "run.years", "'years'", "from 0.52 to 30", "nan", "years = 5"),
    ('[run]\nstart = "2025-13"', 2, "run.start", "not written as it should be", "a month in quotes",
     '"2025-13"', 'start = "2025-04"'),
    ('[run]\nstart = "April 2025"', 2, "run.start", "not written as it should be", "a month in quotes",
     '"April 2025"', 'start = "2025-04"'),
    ("[run]\nstart = 2025", 2, "run.start", "wrong type", "a month in quotes", "2025", 'start = "2025-04"'),
    ("[run]\nstart = 2025-04-01", 2, "run.start", "wrong type", "a month in quotes", "2025-04-01",
     'start = "2025-04"'),
    ('[run]\nhorizon = "2024-04"', 2, "run.horizon", "the run ends before it starts",
     "later than start (2025-04)", '"2024-04"', "years = 5"),
    ('[run]\nstart = "2020-04"\nhorizon = "2060-04"', 3, "run.horizon", "too short or too long",
     "7 to 360 months", '"2060-04"', "years = 5"),
    ('[run]\nyears = 5\nhorizon = "2030-04"', 3, "run.horizon", "both years and horizon", "one of the two",
     "2030-04", "keep years"),
    ("[run]\nareas = []", 2, "run.areas", "empty or too short", "areas is a list", "[]", 'areas = ["bnssg"]'),
    ('[run]\nareas = "bnssg"', 2, "run.areas", "wrong type", "areas is a list", '"bnssg"',
     'areas = ["bnssg"]'),
    ("[run]\nareas = [3]", 2, "run.areas[1]", "wrong type", "areas is a list", "3", 'areas = ["bnssg"]'),
    ('[run]\nareas = ["Atlantis"]', 2, "run.areas[1]", "no area is called 'Atlantis'", "one of the 42 areas",
     '"Atlantis"', ""),
    ('[run]\nareas = ["bnssg", "Suffex"]', 2, "run.areas[2]", "no area is called 'Suffex'",
     "one of the 42 areas", '"Suffex"', "Sussex"),
    ('[run]\nareas = [\n  "bnssg",\n  "E54000039",\n]', 2, "run.areas[2]", "an area is named twice",
     "each area once", "bnssg and E54000039", 'leave out "E54000039"'),
    ('[run]\nareas = ["all", "bnssg"]', 2, "run.areas[1]", "no area is called 'all'", "one of the 42", '"all"',
     ""),
    ("[run]\npeople = 99", 2, "run.people", "out of range", "from 100 to 60 million", "99", "people = 10000"),
    ("[run]\npeople = 1000.5", 2, "run.people", "wrong type", "a whole number", "1000.5", "people = 10000"),
    ("[run]\nreplicates = 0", 2, "run.replicates", "out of range", "from 1 to 1,024", "0", "replicates = 20"),
    ("[run]\ndraws = -1", 2, "run.draws", "out of range", "from 1 to 10,000", "-1", "draws = 1"),
    ("[run]\nseed = -1", 2, "run.seed", "out of range", "2^63 - 1", "-1", "seed = 1"),
    ("[run]\nlink_workers = 2", 2, "run.link_workers", "unknown key 'link_workers' in [run]", "known keys",
     "link_workers", "link_workers is a lever: put it under [levers]"),
    ("run = 5", 1, "run", "'run' has the wrong type", "a table [run]", "5", "[run]"),
]

ONE = "levers = { link_workers = 2 }"
CHANGES = [
    (f'[[change]]\nfrom = "year 2"\n{ONE}\n[[change]]\nfrom = "year two"\n{ONE}', 5, "change[2].from",
     "not written as it should be", 'a month "2026-04", or "year 2" or "week 60"', '"year two"',
     'from = "year 2"'),
    (f'[[change]]\nfrom = "2026-00"\n{ONE}', 2, "change[1].from", "not written", "a month", '"2026-00"',
     'from = "year 2"'),
    (f'[[change]]\nfrom = "year 0"\n{ONE}', 2, "change[1].from", "not written", "a month", '"year 0"',
     'from = "year 2"'),
    (f'[[change]]\nfrom = "week -3"\n{ONE}', 2, "change[1].from", "not written", "a month", '"week -3"',
     'from = "year 2"'),
    (f"[[change]]\nfrom = 2\n{ONE}", 2, "change[1].from", "wrong type", "a month", "2", 'from = "year 2"'),
    (f'[[change]]\nfrom = "2025-03"\n{ONE}', 2, "change[1].from", "begins before the policy does",
     "from is 2025-04 or later", '"2025-03"', 'from = "2025-04"'),
    (f'[[change]]\nfrom = "year 3"\nto = "year 2"\n{ONE}', 3, "change[1].to", "the change ends before it starts",
     "to is later than from (year 3)", '"year 2"', "a later to"),
    (f'[[change]]\nfrom = "year 2"\nto = "2026-04"\n{ONE}', 3, "change[1].to", "ends before it starts",
     "to is later than from (year 2)", '"2026-04"', "a later to"),
    (f'[[change]]\nfrom = "year 2"\nover_weeks = -13\n{ONE}', 3, "change[1].over_weeks", "out of range",
     "a whole number from 0 to 1560", "-13", "over_weeks = 52"),
    (f'[[change]]\nfrom = "year 2"\nover_weeks = 2.5\n{ONE}', 3, "change[1].over_weeks", "wrong type",
     "a whole number", "2.5", "over_weeks = 52"),
    (f'[[change]]\nfrom = "year 2"\nto = "year 3"\nover_weeks = 60\n{ONE}', 4, "change[1].over_weeks",
     "ends before it is complete", "at most 51", "60", "over_weeks = 51"),
    (f'[[change]]\nfrom = "week 0"\nto = "week 13"\nover_weeks = 13\n{ONE}', 4, "change[1].over_weeks",
     "ends before it is complete", "at most 12", "13", "over_weeks = 12, or a later to"),
    (f'[[change]]\nfrom = "week 0"\nto = "week 1"\nover_weeks = 1\n{ONE}', 4, "change[1].over_weeks",
     "ends before it is complete", "at most 0", "1", "a later to"),
    ('[[change]]\nfrom = "year 2"\nover_weeks = 26\nlevers = { allocation = "need" }', 3,
     "change[1].over_weeks", "allocation is a word", "for numbers only", "26", "of its own for allocation"),
    ('[[change]]\nfrom = "year 2"', 1, "change[1].levers", "'levers' is missing in [[change]]",
     "at least one lever", "nothing", "levers = { link_workers = 1.5 }"),
    ('[[change]]\nfrom = "year 2"\nlevers = {}', 3, "change[1].levers", "empty", "at least one lever", "{}",
     "levers = { link_workers = 1.5 }"),
    (f"[[change]]\n{ONE}", 1, "change[1].from", "'from' is missing", "a month", "nothing", 'from = "year 2"'),
    (f'[[change]]\nfrom = "year 2"\nuntil = "year 3"\n{ONE}', 3, "change[1].until",
     "unknown key 'until' in [[change]]", "known keys: from, to, areas", "until", ""),
    ('[[change]]\nfrom = "year 2"\nlevers = { budget_board = -1 }', 3, "change[1].levers.budget_board",
     "cannot be negative", "from 0 to 20", "-1", "budget_board = 0"),
    ('[[change]]\nfrom = "year 2"\n[change.levers]\nlink_wokers = 1', 4, "change[1].levers.link_wokers",
     "unknown key 'link_wokers'", "known keys", "link_wokers", "link_workers"),
    (f'[[change]]\nfrom = "year 2"\nareas = ["Suffex"]\n{ONE}', 3, "change[1].areas[1]",
     "no area is called 'Suffex'", "one of the 42 areas", '"Suffex"', "Sussex"),
    (f'[[change]]\nfrom = "year 2"\nareas = []\n{ONE}', 3, "change[1].areas", "empty", "areas is a list", "[]",
     'areas = ["bnssg"]'),
    (f'[change]\nfrom = "year 2"\n{ONE}', 1, "change", "'change' has the wrong type",
     "tables written as [[change]]", "", "[[change]]"),
    (f'history = true\n[[change]]\nfrom = "year 2"\n{ONE}', 2, "change[1].source",
     "'source' is missing in [[change]] of a history", "where an outside series comes from", "nothing",
     'source = "spr_lw_2025"'),
    (f'history = true\n[[change]]\nfrom = "year 2"\nsource = "spr_lw_2025"\n{ONE}', 2, "change[1].label",
     "'label' is missing", "what happened", "nothing", 'label = "Link workers grow"'),
]
# fmt: on


@pytest.mark.parametrize(("body", "line", "key", "what", "rule", "got", "try_"), LEVERS + RUN + CHANGES)
def test_a_wrong_value_is_named_with_its_line(
    tmp_path: Path, body: str, line: int, key: str, what: str, rule: str, got: str, try_: str
) -> None:
    error = bad(tmp_path, HEAD + body + "\n")
    assert (error.line, error.key) == (BASE + line, key)
    assert what in error.what
    assert rule in error.rule
    assert got in error.got
    assert try_ in error.try_
    assert error.rule and error.got and error.try_


TOP = [
    ('nam = "mine"\ntitle = "Mine"\nquestion = "Does it help?"', 1, "nam", "unknown key 'nam'", "name"),
    ('title = "Mine"\nquestion = "Does it help?"', 1, "name", "'name' is missing", 'name = "more_money"'),
    ('name = "mine"\nquestion = "Does it help?"', 1, "title", "'title' is missing", "title ="),
    ('name = "mine"\ntitle = "Mine"', 1, "question", "'question' is missing", "question ="),
    ('name = "mine"\ntitle = "Mine"\nquestion = "It helps a lot."', 3, "question", "not written", "question ="),
    (
        'name = "other"\ntitle = "Mine"\nquestion = "Does it help?"',
        1,
        "name",
        "differs from the file's name",
        "other.toml",
    ),
    ('name = "My Plan"\ntitle = "Mine"\nquestion = "Does it help?"', 1, "name", "not written", 'name = "more_money"'),
    ('name = "mine"\ntitle = 5\nquestion = "Does it help?"', 2, "title", "wrong type", "title ="),
    ('name = "mine"\ntitle = ""\nquestion = "Does it help?"', 2, "title", "empty", "title ="),
    (HEAD + "history = 1", 5, "history", "wrong type", "history = true"),
    (HEAD + "link_workers = 2", 5, "link_workers", "unknown key 'link_workers'", "put it under [levers]"),
    (HEAD + "[lever]\ncut = 1", 5, "lever", "unknown key 'lever'", "levers"),
    (HEAD.replace("today", "mine.toml"), 4, "extends", "a scenario extends itself", 'extends = "today"'),
    (HEAD.replace("today", "mony"), 4, "extends", "which cannot be found", ""),
    (HEAD.replace("today", "more_mony"), 4, "extends", "which cannot be found", "more_money"),
    (HEAD.replace('"today"', '""'), 4, "extends", "empty", 'extends = "today"'),
]


@pytest.mark.parametrize(("text", "line", "key", "what", "try_"), TOP)
def test_a_wrong_head_is_named(tmp_path: Path, text: str, line: int, key: str, what: str, try_: str) -> None:
    error = bad(tmp_path, text)
    assert (error.line, error.key) == (line, key)
    assert what in error.what
    assert try_ in error.try_


FILES = [
    (b"", 1, "the file is empty", "copy of"),
    (b" \n\n", 1, "the file is empty", "copy of"),
    (b"name = 'a'\n\xff\xfe\x00", 2, "the file is not text", "UTF-8"),
    (b"name = 'a'\n\n\0\0", 3, "the file is not text", "UTF-8"),
    (b"x" * 1_000_001, None, "too large", "not a results file"),
    (b'name = "mine"\nname = "again"\n', 2, "not valid TOML: cannot overwrite", "keep one of the two"),
    (b"[levers]\ncut = 1\ncut = 0\n", 3, "not valid TOML", "keep one of the two"),
    (b"[run]\nyears = 1\n[run]\nyears = 2\n", 3, "not valid TOML", "keep one of the two"),
    (b'name = "mine\ntitle = 3\n', 1, "not valid TOML", "compare the line"),
    (b"name = mine\n", 1, "not valid TOML: invalid value", "put words in quotes"),
    (b'name = "mine"\n\n[levers\ncut = 1\n', 3, "not valid TOML", "compare the line"),
    (b"name\n", 1, "not valid TOML", "compare the line"),
    (b"seed = " + b"9" * 5000, 1, "not TOML that can be read", "copy of"),
    (b'{"name": "mine"}\n', 1, "not valid TOML", "compare the line"),
]


@pytest.mark.parametrize(("data", "line", "what", "try_"), FILES)
def test_a_file_that_is_no_scenario(tmp_path: Path, data: bytes, line: int | None, what: str, try_: str) -> None:
    error = bad(tmp_path, data)
    assert error.line == line
    assert what in error.what
    assert try_ in error.try_
    assert error.rule and error.got


@pytest.mark.parametrize(
    ("name", "what", "try_"),
    [
        ("more_mony", "no scenario is called 'more_mony'", "more_money"),
        ("linkworkers", "no scenario is called 'linkworkers'", "link_workers"),
        ("zzzzzzzzz", "no scenario is called", "peerscale scenarios list"),
        ("", "no scenario is named", "peerscale scenarios list"),
        ("nowhere/opt_ut.toml", "no scenario is called", "opt_out"),
        ("a\0b.toml", "no scenario is called", ""),
        ("x" * 5000 + ".toml", "no scenario is called", "peerscale scenarios list"),
    ],
)
def test_a_file_that_is_not_there(name: str, what: str, try_: str) -> None:
    with pytest.raises(UserError) as caught:
        load(name)
    assert what in caught.value.what
    assert try_ in caught.value.try_


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD)
    with pytest.raises(UserError) as caught:
        load(tmp_path)
    assert "is a folder" in caught.value.what
    assert "mine.toml" in caught.value.try_


def test_a_near_file_beside_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "north_plan.toml").write_text(HEAD)
    with pytest.raises(UserError) as caught:
        load(tmp_path / "north_pan.toml")
    assert caught.value.try_.endswith("north_plan.toml")


def test_a_cycle_shows_its_way_round(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        text = HEAD.replace("mine", name).replace('"today"', f'"{other}.toml"')
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        load(tmp_path / "a.toml")
    assert caught.value.what == "a scenario extends itself by way of others"
    assert caught.value.got == "a -> b -> c -> a"
    assert caught.value.file.endswith("c.toml") and caught.value.line == 4


def test_a_fault_in_what_it_extends_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(HEAD.replace("mine", "base") + "[levers]\ncut = 2\n")
    (tmp_path / "mine.toml").write_text(HEAD.replace('"today"', '"base.toml"'))
    with pytest.raises(UserError) as caught:
        load(tmp_path / "mine.toml")
    assert caught.value.file.endswith("base.toml") and caught.value.line == 6


def test_a_later_start_puts_an_inherited_change_before_it(tmp_path: Path) -> None:
    body = f'[[change]]\nfrom = "2026-04"\n{ONE}\n'
    (tmp_path / "base.toml").write_text(HEAD.replace("mine", "base") + body)
    top = HEAD.replace('"today"', '"base.toml"') + '[run]\nstart = "2027-04"\n'
    (tmp_path / "mine.toml").write_text(top)
    with pytest.raises(UserError, match="begins before the policy does") as caught:
        load(tmp_path / "mine.toml")
    assert caught.value.file.endswith("base.toml") and caught.value.line == 6


@pytest.mark.parametrize(
    ("setting", "key", "what", "try_"),
    [
        ("link_workers", "", "not written as lever=value", "--set link_workers=1.5"),
        ("=3", "", "not written as lever=value", "--set"),
        ("link_workers=", "", "not written as lever=value", "--set"),
        ("link_worker=3", "link_worker", "unknown key 'link_worker'", "link_workers"),
        ("budget_board=-1", "budget_board", "cannot be negative", "budget_board = 0"),
        ("budget_board=nan", "budget_board", "not a finite number", "budget_board = 0.35"),
        ("budget_board=lots", "budget_board", "is a number", "budget_board = 0.35"),
        ("mode_review=optout", "mode_review", "does not know this word", 'mode_review = "opt_out"'),
        ("contract_share=60", "contract_share", "above its highest", "contract_share = 0.6"),
    ],
)
def test_a_wrong_setting(setting: str, key: str, what: str, try_: str) -> None:
    with pytest.raises(UserError) as caught:
        with_settings(load("today"), [setting])
    assert (caught.value.file, caught.value.key) == ("--set", key)
    assert what in caught.value.what
    assert try_ in caught.value.try_


def test_settings_that_add_up_to_too_much() -> None:
    with pytest.raises(UserError, match="more than the whole") as caught:
        with_settings(load("today"), ["personal_budget_share=0.8", "outcome_payment_share=0.3"])
    assert caught.value.file == "--set" and caught.value.got.startswith("1.1 ")


def test_the_message_reads_as_one() -> None:
    error = UserError("wrong", file="a.toml", key="run.years", line=3, rule="r", got="g", try_="t")
    assert str(error) == ("wrong\n  where: a.toml, line 3, run.years\n  rule:  r\n  got:   g\n  try:   t")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
