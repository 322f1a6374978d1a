"""What lies beside the tables of a results folder, and what a sweep's folder holds, column by column."""

from __future__ import annotations

from reports.tables import results
from reports.tables.described import Column, Written, within
from scenarios.running.store import SEAL
from scenarios.sweeps.dataset import KEYS
from scenarios.sweeps.work import LOST
from sim.results.outcomes import OUTCOMES
from sim.results.summary import GATE_WORDS
from sim.vocabulary import GATES

SETTING = "a setting as it was resolved: areas, people, draws, weeks, seed and others; a file is its SHA-256"
VARIED = Column("<varied>", "a column for each thing that is varied: its value; missing where it stays as it is")
PARAMETER = Column(
    "<parameter>", "a column for each parameter, as in parameters.parquet of a results folder", "the parameter's"
)
SCENARIO = (
    Column("name", "name of the policy"),
    Column("title", "its title"),
    Column("question", "the question that it answers"),
    Column("history", "true for a policy that also rules the years before"),
    Column("run.<setting>", "a setting of its [run] table"),
    Column("levers.<lever>", "value of a lever from the first reported week on", "the lever's"),
    Column("change[].<key>", "a change over time, as in the scenario's file"),
    Column("change[].levers.<lever>", "value of a lever by that change", "the lever's"),
)
FOLLOWS = (
    Column("<setting>", SETTING),
    Column("model", "version of the model", "number"),
    Column("code", "checksum of all code that can change a figure"),
    Column("tables.<file>", "checksum of a table that the model reads"),
)
SETTLING = Column(
    "settling.<stock>[]", "sums of a stock over the last four years before, two years each", "the stock's"
)
SEALED = Column(SEAL, "checksum of the manifest without this key")
FORMAT = (
    Column("format", "name of the folder's format"),
    Column("version", "version of that format", "number"),
    Column("peerscale", "version of the software"),
)


def manifest() -> tuple[Column, ...]:
    """`manifest.json` of a results folder."""
    return (
        *FORMAT,
        Column("run_id", "checksum of the identity, cut short"),
        Column("identity.policy.<key>", "the policy, as under scenario, and the month in which it starts"),
        *within("identity.", FOLLOWS),
        *within("scenario.", SCENARIO),
        Column("sample", "what was simulated, in words"),
        Column("shape.<key>", "the run's size: worlds, areas, neighbourhoods, weeks; and what was listed of an area"),
        Column("seed", "seed of all luck", "number"),
        Column("worlds", "worlds that were run", "worlds"),
        SETTLING,
        Column("drift.<stock>", "yearly change of a stock as reporting began, beyond luck", "share", "the stock"),
        Column("posterior.file", "file that the parameters are drawn from; empty: their priors"),
        Column("posterior.sha256", "checksum of its draws"),
        Column("own_area.name", "name of an area of one's own; own_area is null without one"),
        Column("own_area.file", "name of its file"),
        Column("own_area.sha256", "checksum of its file"),
        Column("inventory[].file", "name of an inventory's file"),
        Column("inventory[].sha256", "checksum of the file"),
        Column("inventory[].services", "services that it lists", "services"),
        Column("versions.<name>", "version of Python and of NumPy"),
        Column("tried_again[]", "jobs whose worker was lost, in words"),
        Column("checksum", "checksum over the content of all tables"),
        Column("files.<table>", "checksum of a table's file"),
        SEALED,
    )


def timings() -> tuple[Column, ...]:
    """`timings.json` of a results folder: the only file that differs between two runs of the same."""
    return (
        Column("seconds", "how long the run took", "seconds"),
        Column("person_weeks", "people times weeks that were simulated", "person-weeks"),
        Column("cores", "processors of the machine", "number"),
        Column("machine", "kind of processor"),
        Column("system", "name of the operating system"),
    )


def sweep_manifest() -> tuple[Column, ...]:
    """`manifest.json` of a sweep's folder."""
    varied = (
        Column("kind", "what it is: a lever, areas, a parameter, a rival"),
        Column("name", "its name"),
        Column("values[]", "values that it takes, or the ends between which they are drawn"),
        Column("path.<key>", "of a lever that moves over time: from, to, over how many weeks, in which areas"),
        Column("path", "null for what holds from the first week on"),
    )
    return (
        *FORMAT,
        Column("model", "version of the model", "number"),
        Column("sweep_id", "checksum of the identity, cut short"),
        Column("identity.policies[].<key>", "a policy, as under scenarios"),
        Column("identity.design", "grid, one_at_a_time, latin or sobol"),
        *within("identity.vary[].", varied),
        Column("identity.points", "checksum of the points"),
        Column("identity.more", "true where every outcome is kept"),
        *within("identity.", FOLLOWS),
        Column("name", "name of the plan"),
        *within("scenarios[].", SCENARIO),
        Column("sample", "what was simulated, in words"),
        Column("points", "points of the design", "points"),
        Column("runs", "points times policies", "runs"),
        Column("worlds", "worlds in all: rows of the tables of worlds", "worlds"),
        Column("complete", "whether every job ended", "true or false"),
        Column("failed[].stage", "a job that failed: the years before the policy, or the policy"),
        Column("failed[].what", "which job, in words"),
        Column("failed[].error", "why, in words"),
        Column("failed[].because", "the job before it that failed; empty where it failed by itself"),
        SETTLING,
        Column("columns.<column>.meaning", "what a column of the tables of worlds is"),
        Column("columns.<column>.unit", "its unit"),
        Column("versions.<name>", "version of Python and of each library that the bytes depend on"),
        Column("files.<path>", "checksum of a file"),
        SEALED,
    )


def sweep_worlds() -> tuple[Column, ...]:
    """The tables of worlds of a sweep."""
    return (
        *(Column(name, meaning, "number") for name, meaning in KEYS.items()),
        VARIED,
        *(Column(one.name, _of(one.lower, one.headline), one.unit, one.whole) for one in OUTCOMES),
        *(Column(LOST + gate, _of(f"wants that stopped: {GATE_WORDS[gate]}", False), "share") for gate in GATES),
    )


def _of(words: str, headline: bool) -> str:
    return words if headline else f"{words}; only where every outcome is kept"


def sweep_says() -> tuple[Column, ...]:
    """`peerscale sweep --json`."""
    return (
        Column("sweep_id", "as in its manifest.json"),
        Column("sample", "what was simulated, in words"),
        Column("points", "points of the design", "points"),
        Column("runs", "points times policies", "runs"),
        Column("worlds", "worlds in all", "worlds"),
        Column("complete", "whether every job ended", "true or false"),
        Column("folder", "folder of the sweep"),
        Column("outcome", "name of the outcome that the rows show"),
        Column("curves[].scenario", "name of the policy"),
        Column("curves[].varied", "name of what is varied"),
        Column("curves[].sentence", "what the step from the first row to the last does, in words"),
        Column("curves[].rows[].value", "its value, or range of values, in words"),
        Column("curves[].rows[].median", "the outcome's median over worlds", "the outcome's"),
        Column("curves[].rows[].low", "5% of worlds lie below", "the outcome's"),
        Column("curves[].rows[].high", "5% of worlds lie above", "the outcome's"),
        Column("curves[].rows[].worlds", "worlds that have a value", "worlds"),
        *(
            Column(f"failed[].{name}", f"as failed[].{name} in its manifest.json")
            for name in ("stage", "what", "error", "because")
        ),
    )


def beside_results() -> tuple[Written, ...]:
    """Documents of a results folder."""
    return (
        Written("manifest.json of a results folder", "what the run follows from, and checksums", manifest()),
        Written("timings.json of a results folder", "how long it took", timings()),
    )


def of_sweeps() -> tuple[Written, ...]:
    """What a sweep writes and says."""
    study = Column("study", KEYS["study"], "number")
    points = (
        Column("point", "number of the point, from 0", "number"),
        study,
        Column("varied", "of a design that varies one thing at a time, which; else missing"),
        VARIED,
    )
    parts = "worlds/scenario=<name>/part-<number>.parquet of peerscale sweep"
    drawn = "a row for each study, draw and replicate, as that world ran"
    return (
        Written(parts, "a row for each point and world under a policy", sweep_worlds()),
        Written("points.parquet of peerscale sweep", "a row for each point", points),
        Written("parameters/part-<number>.parquet of peerscale sweep", drawn, (study, *results.WORLD, PARAMETER)),
        Written("manifest.json of peerscale sweep", "what the sweep follows from, and checksums", sweep_manifest()),
        Written("peerscale sweep --json", "how an outcome answers to what was varied", sweep_says()),
    )
