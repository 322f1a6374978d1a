"""What people judge: asked or read, every fault at once, pooled openly, and used by name in the place of the authors' priors."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from peerscale.cli import call
from peerscale.options import Typed, make_study
from scenarios.evidence.asking import ask_all, begin
from scenarios.reading import elicited
from scenarios.reading.csv_input import schema_markdown
from scenarios.reading.elicited import EXAMPLE, SHARES, Judgement, apart, pooled, read
from scenarios.reading.scenario import RunSettings
from scenarios.running import identity
from scenarios.running.sample import own_as_typed, sample
from scenarios.running.study import world_parameters
from sim.errors import Several, UserError
from sim.numbers.parameters import records

HEAD = "parameter,expert,lowest,lower_quartile,median,upper_quartile,highest,reason\n"


def write(folder, *rows, name="team.csv"):
    path = folder / name
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def wrong(folder, *rows):
    with pytest.raises(UserError) as error:
        read(write(folder, *rows))
    return error.value


def one(*values, who="A"):
    return Judgement("accept_offer", who, values, "because")


def test_the_example_is_good_and_says_that_nobody_said_it():
    found = read(EXAMPLE)
    assert found.parameters == ["accept_offer", "forget_weeks"] and len(found.judgements) == 5
    assert "fictional" in EXAMPLE.read_text("utf-8")


def test_the_page_has_the_columns():
    assert schema_markdown(elicited.KIND) in (EXAMPLE.parents[2] / "docs" / "own_numbers.md").read_text("utf-8")


def test_one_persons_pool_is_their_own():
    values = (0.4, 0.5, 0.6, 0.7, 0.9)
    assert [pooled([one(*values)]).at(share) for share in SHARES] == pytest.approx(values)


def test_the_pool_is_the_mean_of_the_shares_below_every_value():
    """Two people a step apart: against a million values drawn from each of their distributions."""
    people = [one(0.4, 0.5, 0.6, 0.7, 0.9), one(0.45, 0.6, 0.75, 0.8, 0.95, who="B")]
    rng = np.random.default_rng(1)
    drawn = np.concatenate([np.interp(rng.random(1_000_000), SHARES, each.values) for each in people])
    pool = pooled(people)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert pool.at(share) == pytest.approx(np.quantile(drawn, share), abs=0.001)
    means = [np.interp(rng.random(1_000_000), SHARES, each.values).mean() for each in people]
    assert apart(people) == pytest.approx(np.var(means) / drawn.var(), abs=0.002)


def test_who_agree_are_not_apart_and_order_does_not_matter():
    same = [one(0.4, 0.5, 0.6, 0.7, 0.9), one(0.4, 0.5, 0.6, 0.7, 0.9, who="B")]
    assert apart(same) == pytest.approx(0)
    people = [*same, one(0.6, 0.7, 0.8, 0.85, 0.95, who="C")]
    assert pooled(people).values == pooled(people[::-1]).values
    assert pooled(people).shares == pytest.approx(pooled(people[::-1]).shares)


def test_all_that_is_wrong_with_a_file_is_said_at_once(tmp_path):
    error = wrong(
        tmp_path,
        "accept_offer,A,0.4,0.7,0.6,0.8,0.9,why",
        "accept_offer,a,0.4,0.5,0.6,0.8,0.9,",
        "accept_offr,B,0.4,0.5,0.6,0.8,0.9,why",
        "accept_offer,C,10,55%,0.6,0.8,99,why",
    )
    assert isinstance(error, Several)
    said = [(each.line, each.what) for each in error.found]
    assert (2, "the quartiles of accept_offer are crossed") in said
    assert (3, "no reason is given") in said and (3, "one person judges the same number twice") in said
    assert (4, "no parameter is called 'accept_offr'") in said
    assert (5, "lowest is outside the bounds of accept_offer") in said
    assert (5, "highest is outside the bounds of accept_offer") in said
    assert next(each for each in error.found if "55%" in each.got).try_ == "0.55"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("accept_offer,A,0.4,0.5,0.5,0.8,0.9,why", "are equal"),
        ("accept_offer,,0.4,0.5,0.6,0.8,0.9,why", "nobody is named"),
        ("budget_board,A,0.4,0.5,0.6,0.8,0.9,why", "is a lever"),
        ("accept_offer,A,0.4,0.5,,0.8,0.9,why", "median"),
        ("accept_offer,A,0.4,0.5,62,0.8,0.9,why", "outside the bounds"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, row, said):
    assert said in wrong(tmp_path, row).what


def test_a_file_of_nobody_is_refused(tmp_path):
    assert "nobody has judged" in wrong(tmp_path).what


def test_where_nobody_says_the_ends_are_the_parameters(tmp_path):
    found = read(write(tmp_path, "accept_offer,A,,0.5,0.6,0.8,,why")).judgements[0]
    assert (found.values[0], found.values[-1]) == (records()["accept_offer"].low, records()["accept_offer"].high)


# ------------------------------------------------------------------ in the place of the authors'


def study(**typed):
    return make_study(Typed(draws=200, **typed), RunSettings())


def test_a_study_draws_from_the_pool_and_says_so(tmp_path):
    path = write(tmp_path, "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why", "accept_offer,B,0.5,0.55,0.6,0.65,0.7,because")
    found = study(priors=path)
    values = world_parameters(found, found.worlds).accept_offer
    assert values[0] == pytest.approx(0.6) and values.min() >= 0.5 and values.max() <= 0.7
    assert np.mean(values < 0.55) == pytest.approx(0.25, abs=0.1)
    assert "Drawn from what 2 people judged (team.csv): accept_offer from 0.5 to 0.7" in sample(found)
    assert np.array_equal(values, world_parameters(found, found.worlds).accept_offer)
    other = world_parameters(study(), found.worlds)
    assert np.array_equal(world_parameters(found, found.worlds).mouth_rate, other.mouth_rate)


def test_what_is_typed_comes_before_what_people_judged(tmp_path):
    path = write(tmp_path, "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why", "forget_weeks,A,30,40,50,60,70,why")
    found = study(priors=path, fix=("accept_offer=0.8",))
    assert dict(found.fixed) == {"accept_offer": 0.8} and [each.name for each in found.priors] == ["forget_weeks"]


def test_a_file_in_a_folder_is_named_as_the_command_finds_it_again(tmp_path, monkeypatch):
    """It was recorded as team.csv: the command that goes on with a run found another file, or none."""
    monkeypatch.chdir(tmp_path)
    for folder in ("sub", "elicited"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why")
    for typed, named in (("sub/team.csv", Path("sub/team.csv")), ("team", Path("elicited/team.csv"))):
        found = study(priors=Path(typed))
        assert own_as_typed(found) == [f"--priors {named}"]
        assert identity.of_study(study(priors=named)) == identity.of_study(found)
        assert "what 1 person judged (team.csv)" in sample(found)


def test_content_counts_and_not_the_files_name(tmp_path):
    rows = ["accept_offer,A,0.5,0.55,0.6,0.65,0.7,why"]
    one, two = (study(priors=write(tmp_path, *rows, name=name)) for name in ("a.csv", "b.csv"))
    assert identity.of_study(one) == identity.of_study(two)
    other = study(priors=write(tmp_path, "accept_offer,A,0.5,0.55,0.61,0.65,0.7,why"))
    assert identity.of_study(one) != identity.of_study(other)


def test_a_name_is_found_in_the_folder_of_elicitations(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elicited").mkdir()
    write(tmp_path / "elicited", "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why")
    assert [each.name for each in study(priors="team").priors] == ["accept_offer"]
    with pytest.raises(UserError, match="no elicitation") as error:
        elicited.find("taem")
    assert error.value.try_ == "--priors team"


def test_it_is_no_evidence_file(tmp_path, capsys):
    path = write(tmp_path, "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why")
    assert call(["evidence", "add", str(path), "--library", str(tmp_path / "mine.csv")]) == 2
    assert not (tmp_path / "mine.csv").exists()


# ------------------------------------------------------------------ asking


def answering(*texts):
    left = list(texts)

    def ask(question):
        if not left:
            raise KeyboardInterrupt
        return left.pop(0)

    return ask


def test_each_judgement_is_kept_before_the_next_question_and_a_stop_loses_only_its_own(tmp_path):
    path, told = tmp_path / "team.csv", []
    sitting = begin(path, ["accept_offer", "forget_weeks"], "A. Carer", answering())
    with pytest.raises(KeyboardInterrupt):
        ask_all(sitting, answering("", "", "0.6", "0.5", "0.7", "Most say yes", "30"), told.append)
    assert [(each.parameter, each.expert) for each in read(path).judgements] == [("accept_offer", "A. Carer")]
    before = next(i for i, said in enumerate(told) if "The authors' own" in said)
    assert not any("0.62" in said for said in told[:before])


def test_what_cannot_be_is_asked_again(tmp_path):
    told = []
    answers = ("", "", "62", "0.62", "0.7", "0.5", "much", "0.7", "", "=Most say yes")
    ask_all(begin(tmp_path / "t.csv", ["accept_offer"], None, answering("Me")), answering(*answers), told.append)
    found = read(tmp_path / "t.csv").judgements[0]
    assert found.values == (0.4, 0.5, 0.62, 0.7, 0.95) and found.reason == "Most say yes"
    assert any("0.62 if you mean 62%" in said for said in told) and any(
        "above 0.4 and below 0.62" in said for said in told
    )


def test_nobody_is_asked_twice_and_nothing_in_the_file_is_lost(tmp_path):
    path = tmp_path / "team.csv"
    path.write_text("# a note of ours\n" + HEAD + "accept_offer,A,0.5,0.55,0.6,0.65,0.7,why\n", encoding="utf-8")
    before = path.read_text("utf-8")
    with pytest.raises(UserError, match="has judged accept_offer already"):
        begin(path, ["accept_offer"], " a ", answering())
    ask_all(
        begin(path, ["accept_offer"], "B", answering()),
        answering("", "", "0.6", "0.5", "0.7", "why"),
        lambda said: None,
    )
    assert path.read_text("utf-8").startswith(before) and len(read(path).judgements) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["team.csv"]


def test_a_file_that_is_wrong_is_left_alone(tmp_path):
    path = write(tmp_path, "accept_offer,A,0.5,0.4,0.6,0.65,0.7,why")
    with pytest.raises(UserError, match="crossed"):
        begin(path, ["forget_weeks"], "B", answering())


ROW = "accept_offer,A. Carér,0.5,0.55,0.6,0.65,0.7,why"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_every_byte_of_a_file_that_grows_is_kept_and_its_lines_end_alike(tmp_path, mark, ending, last):
    path = tmp_path / "team.csv"
    before = mark + f"{HEAD.rstrip()}{ending}{ROW}{ending if last else ''}".encode()
    path.write_bytes(before)
    sitting = begin(path, ["accept_offer"], "Zoë", answering())
    ask_all(sitting, answering("", "", "0.6", "0.5", "0.7", "one, or two"), lambda said: None)
    after = path.read_bytes()
    assert after.startswith(before) and after.endswith(ending.encode())
    assert after.count(b"\n") == 3 and after.count(b"\r\n") == (3 if ending == "\r\n" else 0)
    found = read(path).judgements
    assert [each.expert for each in found] == ["A. Carér", "Zoë"] and found[1].reason == "one, or two"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((HEAD + ROW).encode("latin-1"), "text in UTF-8"),
        ((HEAD.replace(",", ";") + ROW.replace(",", ";")).encode(), "commas between"),
    ],
)
def test_a_file_that_cannot_grow_is_refused_before_the_first_question(tmp_path, content, said):
    path = tmp_path / "team.csv"
    path.write_bytes(content)
    assert len(read(path).judgements) == 1  # it can be read all the same
    with pytest.raises(UserError, match="no row can be added") as error:
        begin(path, ["accept_offer"], None, answering())
    assert said in error.value.rule and path.read_bytes() == content


def test_the_command_asks_on_standard_input_and_ends_with_one_message(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n0.6\n0.5\n0.7\nwhy\n\n"))
    line = [
        "evidence",
        "elicit",
        str(tmp_path / "t.csv"),
        "--ask",
        "accept_offer",
        "--ask",
        "forget_weeks",
        "--expert",
        "A",
    ]
    assert call(line) == 2
    assert "the answers ended before the questions" in capsys.readouterr().err
    assert len(read(tmp_path / "t.csv").judgements) == 1


# ------------------------------------------------------------------ shown


def test_everybody_the_pool_and_the_authors_stand_side_by_side(capsys):
    assert call(["evidence", "elicit", str(EXAMPLE)]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("Person A (fictional)", "pooled", "the authors", "Who asked for it takes it"))
    assert call(["evidence", "elicit", str(EXAMPLE), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [len(each["people"]) for each in found["parameters"]] == [3, 2]
    assert found["parameters"][0]["pool"]["values"][0] == 0.4


def test_the_keys_for_machines_are_declared(capsys):
    from reports.questions import elicited as words
    from reports.questions import parameter
    from reports.tables.described import paths, undeclared

    call(["evidence", "elicit", str(EXAMPLE), "--json"])
    assert not undeclared(paths(json.loads(capsys.readouterr().out)), words.WRITTEN[0].columns)
    call(["parameters", "--of", "available", "--json"])
    assert not undeclared(paths(json.loads(capsys.readouterr().out)), parameter.WRITTEN[1].columns)


def test_words_of_people_are_text_in_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    path = write(tmp_path, 'accept_offer,"A $x^2$ <script>",0.5,0.55,0.6,0.65,0.7,"<b>why</b> $1"')
    assert call(["evidence", "elicit", str(path), "--plot", str(tmp_path / "p.svg")]) == 0
    drawn = (tmp_path / "p.svg").read_text("utf-8")
    assert "<script>" not in drawn and "A $x^2$ &lt;script&gt;" in drawn


@pytest.mark.parametrize(
    "line", [[], ["x.csv", "--example"], ["x.csv", "--expert", "A"], ["nowhere.csv"], ["x.csv", "--ask", "nothing"]]
)
def test_what_cannot_be_asked_is_one_message(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(["evidence", "elicit", *line]) == 2
    assert "try:" in capsys.readouterr().err and not list(tmp_path.iterdir())
