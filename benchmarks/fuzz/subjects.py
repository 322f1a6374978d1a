"""What is read: each kind of input with good ones to begin from, and how the program reads it."""

from __future__ import annotations

import atexit
import contextlib
import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.fuzz.pages import HEAD, form_seeds, link_seeds, message_seeds, read_form, read_link, read_message

TINY = [
    "--people",
    "500",
    "--place-size",
    "500",
    "--burn-in",
    "4",
    "--years",
    "0.6",
    "--draws",
    "2",
    "--replicates",
    "1",
    "--workers",
    "1",
]


@dataclass(frozen=True)
class Subject:
    """One kind of input: `seeds` are good ones; `read` takes bytes and a folder of its own, and may raise UserError only."""

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], None]


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def scenario_seeds() -> list[bytes]:
    """Shipped scenarios under a name of one's own, and one with all that a file may hold."""
    from scenarios.reading.files import LIBRARY

    full = HEAD + (
        '[run]\nstart = "2025-04"\nhorizon = "2030-04"\nareas = ["bnssg", "Sussex"]\npeople = 10000\ndraws = 2\nseed = 3\n[levers]\n'
        'link_workers = 1.5\nmode_review = "opt_out"\n[[change]]\nfrom = "year 2"\nto = "week 150"\nareas = ["sussex"]\nover_weeks = 26\n'
        'levers = { budget_board = 1.5, directory = 0.7 }\n[[change]]\nfrom = "2027-10"\n[change.levers]\ncontract_share = 0.4\n'
    )
    shipped = [path.read_text() for path in sorted(LIBRARY.glob("*.toml"))[::6]]
    return [full.encode(), *(_renamed(text).encode() for text in shipped)]


def _renamed(text: str) -> str:
    return "".join('name = "mine"\n' if line.startswith("name") else line for line in text.splitlines(keepends=True))


def read_scenario(data: bytes, folder: Path) -> None:
    """Load, resolve, write again, compare."""
    from scenarios.reading.load import diff, load, resolve, to_toml

    found = load(_file(folder, "mine.toml", data))
    resolve(found, ["E54000039", "E54000064"], 52)
    to_toml(found)
    diff(found, load("today"))


def goal_seeds() -> list[bytes]:
    """The shipped goals."""
    from scenarios.questions.solve.goal import goals_dir

    return [path.read_bytes() for path in sorted(goals_dir().glob("*.toml"))]


def read_goal(data: bytes, folder: Path) -> None:
    """Load a goal."""
    from scenarios.questions.solve.goal import load_goal

    load_goal(_file(folder, "goal.toml", data))


def plan_seeds() -> list[bytes]:
    """The shipped plans."""
    from scenarios.evidence.calibration_plan import SHIPPED

    return [path.read_bytes() for path in sorted(SHIPPED.glob("*_plan.toml"))]


def read_a_plan(data: bytes, folder: Path) -> None:
    """Load a plan."""
    from scenarios.evidence.calibration_plan import read_plan

    read_plan(_file(folder, "plan.toml", data))


def inventory_seeds() -> list[bytes]:
    """The example."""
    from scenarios.reading.inventory import EXAMPLE

    return [EXAMPLE.read_bytes()]


def read_inventory(data: bytes, folder: Path) -> None:
    """All that is wrong, then the reading itself; what it lists in numbers."""
    from scenarios.reading import inventory

    path = _file(folder, "mine.csv", data)
    found = inventory.errors(path)
    for one in inventory.read(path):
        assert not found, "refused by the check, taken by the run"
        inventory.summary(one)


def area_seeds() -> list[bytes]:
    """The example, and the least that a file may say."""
    from scenarios.reading.own_area import EXAMPLE

    return [
        EXAMPLE.read_bytes(),
        b"measure,level,value\nname,,Town\nlike,,Sussex\nadults,,20000\nethnic group,white,97.5%\n",
    ]


def read_area(data: bytes, folder: Path) -> None:
    """Read an area file."""
    from scenarios.reading import own_area

    path = _file(folder, "area.csv", data)
    found = own_area.errors(path)
    own_area.read(path)
    assert not found, "refused by the check, taken by the run"


def evidence_seeds() -> list[bytes]:
    """Some rows of the library under other ids."""
    from calibration.library.evidence_library import LIBRARY

    lines = LIBRARY.read_text("utf-8").splitlines(keepends=True)
    return ["".join([lines[0], *("my_" + line for line in lines[i : i + 3])]).encode() for i in (1, 8, 200)]


def read_evidence(data: bytes, folder: Path) -> None:
    """Read an evidence table and join it to the library."""
    from calibration.library import evidence_library

    evidence_library.library([_file(folder, "mine.csv", data)])


def setting_seeds() -> list[bytes]:
    """Settings, one a line."""
    return [
        b"link_workers=1.5\nmode_review=opt_out",
        b"budget_board=2\npersonal_budget_share=0.3\noutcome_payment_share=0.3",
        b"self_referral=1",
    ]


def read_settings(data: bytes, folder: Path) -> None:
    """Settings on top of a scenario, as the command line takes them."""
    from peerscale.options import load_all

    settings = [part for part in data.decode("utf-8", "surrogateescape").split("\n") if "\0" not in part]
    load_all(["open_door"], settings)


PLACES = ("posterior.json", "outputs.json", "fit.json", "posterior.parquet")


def posterior_seeds() -> list[bytes]:
    """The files of a posterior, each behind its name."""
    return [name.encode() + b"\n" + (_posterior() / name).read_bytes() for name in PLACES]


@cache
def _posterior() -> Path:
    """A posterior of this model, kept for as long as this process is."""
    import tempfile

    sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "helpers"))
    from posteriors import of_this_model

    folder = Path(tempfile.mkdtemp(prefix="peerscale-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return of_this_model(folder / "posterior")


def read_a_posterior(data: bytes, folder: Path) -> None:
    """A posterior with one file changed: chosen, its values and what it says of outputs."""
    from scenarios.running import posterior

    place, copy = _put(data, folder, _posterior(), PLACES)
    chosen = posterior.choose(str(copy))
    posterior.values(chosen, [0, 1, 2])
    posterior.levels_note(chosen)
    posterior.fits(chosen)
    posterior.refused(chosen)


def _put(data: bytes, folder: Path, good: Path, places: tuple[str, ...]) -> tuple[str, Path]:
    """A copy of a good folder with one file changed: `data` begins with the file's name in a line of its own."""
    head, _, content = data.partition(b"\n")
    place = head.decode("utf-8", "replace")
    place = place if place in places else places[len(content) % len(places)]
    copy = folder / f"copy{_put.__dict__.setdefault('count', 0)}"
    _put.__dict__["count"] += 1  # a name of its own: what is read is cached by name
    shutil.copytree(good, copy)
    (copy / place).write_bytes(content)
    return place, copy


@cache
def _results() -> Path:
    """A small run, kept for as long as this process is."""
    import tempfile

    from peerscale.cli import call

    folder = Path(tempfile.mkdtemp(prefix="peerscale-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with contextlib.redirect_stdout(io.StringIO()):
        code = call(["run", "today", "open_door", *TINY, "--out", str(folder / "r")])
    if code != 0:
        raise RuntimeError("the run to begin from failed")
    return folder / "r"


def result_places() -> tuple[str, ...]:
    """The files of a results folder."""
    return tuple(sorted(path.name for path in (_results() / "today").iterdir() if path.is_file()))


def result_seeds() -> list[bytes]:
    """The files of a run, each behind its name; the manifest as often as all tables."""
    found = {name: (_results() / "today" / name).read_bytes() for name in result_places()}
    seeds = [name.encode() + b"\n" + content for name, content in found.items()]
    return seeds + [one for one in seeds if one.startswith(b"manifest")] * len(found)


def read_results(data: bytes, folder: Path) -> None:
    """Two runs compared, one of them with a file changed, as the command does it."""
    _, copy = _put(data, folder, _results() / "today", result_places())
    _command(["compare", str(_results() / "open_door"), str(copy)])


def _command(arguments: list[str]) -> None:
    """A command's end: 0, or 2 with a message."""
    from peerscale.cli import call

    code = call(arguments)
    assert code in (0, 2), f"exit code {code}"


@cache
def journal_seeds() -> list[bytes]:
    """A finished job as the store writes it."""
    import tempfile

    from scenarios.running.finished import ENDING, FinishedJobs

    with tempfile.TemporaryDirectory() as name:
        FinishedJobs(Path(name)).put("one", bytes(range(256)) * 4)
        return [path.read_bytes() for path in Path(name).glob(f"*{ENDING}")]


def read_journal(data: bytes, folder: Path) -> None:
    """A store of finished jobs: what is damaged is as if it were not there."""
    from scenarios.running.finished import ENDING, FinishedJobs

    good = journal_seeds()[0]
    _file(folder, f"two{ENDING}", data)
    store = FinishedJobs(folder)
    held = dict(store.all())
    assert not held or data == good, "a damaged job was taken for a whole one"
    store.tidy(1000)


@cache
def content_seeds() -> list[bytes]:
    """What is in a finished job, as it is packed."""
    import numpy as np

    from sim import plain

    return [
        plain.dumps({"names": [["a"]], "rows": np.ones((3, 2))}),
        plain.dumps([1, "x", None, 2.5, {"a": np.arange(4)}]),
    ]


def read_content(data: bytes, folder: Path) -> None:
    """Unpacked, or said not to be what it should be."""
    from sim import plain

    try:
        plain.loads(data)
    except plain.NotPlain:
        return


def manifest_seeds() -> list[bytes]:
    """What says whose a folder is, each behind its name: of solve, sensitivity (and discover), calibrate."""
    import tempfile

    seeds = []
    for name, claim in _claims().items():
        with tempfile.TemporaryDirectory() as folder:
            claim(Path(folder))
            seeds.append(name.encode() + b"\n" + (Path(folder) / name).read_bytes())
    return seeds


@cache
def _claims() -> dict[str, Callable[[Path], None]]:
    """How each command takes a folder."""
    from calibration.fit.waves import take_folder
    from scenarios.questions.rows import Question, claim, parameter_inputs
    from scenarios.questions.solve.runs import claim as claim_goal
    from scenarios.reading.load import load
    from scenarios.running.study import Study

    question = Question(load("open_door"), load("today"), Study((0,)), parameter_inputs(["search_rate"]))
    plan = {"plan_hash": "0" * 64, "version": "model 1", "points": 40}
    return {
        "version.txt": claim_goal,
        "question.json": lambda folder: claim(folder, question),
        "plan.json": lambda folder: take_folder(folder, plan),
    }


def read_manifest(data: bytes, folder: Path) -> None:
    """A folder of results claimed again, its mark changed."""
    head, _, content = data.partition(b"\n")
    places = tuple(_claims())
    place = head.decode("utf-8", "replace")
    place = place if place in places else places[len(content) % len(places)]
    _file(folder, place, content)
    _claims()[place](folder)


SUBJECTS = {
    "scenarios": Subject(scenario_seeds, read_scenario),
    "goals": Subject(goal_seeds, read_goal),
    "plans": Subject(plan_seeds, read_a_plan),
    "inventories": Subject(inventory_seeds, read_inventory),
    "areas": Subject(area_seeds, read_area),
    "evidence": Subject(evidence_seeds, read_evidence),
    "settings": Subject(setting_seeds, read_settings),
    "links": Subject(link_seeds, read_link),
    "forms": Subject(form_seeds, read_form),
    "posteriors": Subject(posterior_seeds, read_a_posterior),
    "results": Subject(result_seeds, read_results),
    "journals": Subject(journal_seeds, read_journal),
    "manifests": Subject(manifest_seeds, read_manifest),
    "messages": Subject(message_seeds, read_message),
    "contents": Subject(content_seeds, read_content),
}
