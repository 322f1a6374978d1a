"""What `peerscale.run`, `compare` and `load` give: policies run in the same worlds, as tables, picture, page and folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerscale.ask import Question, Ran
from peerscale.given_types import check_plot, home, possible, writable
from peerscale.needs import must_have
from reports import as_json, frames, notebook
from scenarios.reading.write import as_dict as policy_as_dict
from scenarios.running import identity, store
from scenarios.running.posterior import PRIORS, Chosen, choose
from scenarios.running.sample import foremost_of_kept, settled, told, told_of_kept
from scenarios.running.study import world_parameters
from scenarios.running.tables import TABLES, Columns, make_tables, parameter_table
from sim.errors import UserError, nearest
from sim.results import caveats
from sim.results.result import Result as Counts

if TYPE_CHECKING:
    import pandas as pd

    from reports.pictures.run import Picture


@dataclass(frozen=True)
class Policy:
    """One policy's run. `drawn()`: a row a world, its parameters. `keep(folder)` writes it. `identity()`: what makes it the
    same run. `levers`: every lever before changes, a choice by its word. `where`: its folder, or its name.
    """

    name: str
    title: str
    where: str
    levers: Mapping[str, float | str]
    counts: Counts
    drawn: Callable[[], Columns]
    keep: Callable[[Path], Path]
    identity: Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, repr=False)
class Result:
    """Policies in the same worlds, the baseline first. `about`: what was simulated, in words. `posterior`: where parameters
    come from; None for a folder whose posterior is not here. `notes`: of `about`, what is unusual of these runs; "" for most.

    Tables are pandas DataFrames (`docs/tables.md` has every column, its meaning and unit). Money is GBP at 2024/25 prices;
    shares are 0 to 1; an interval leaves out the lowest and highest twentieth of worlds.
    """

    policies: tuple[Policy, ...]
    about: str
    posterior: Chosen | None = PRIORS
    notes: str = ""

    @property
    def names(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return [policy.name for policy in self.policies]

    @property
    def counts(self) -> dict[str, Counts]:
        """What the model counted under each policy, as arrays of whole numbers (`sim.results.result`)."""
        return {policy.name: policy.counts for policy in self.policies}

    def __getitem__(self, name: str) -> Result:
        """One policy by its name. Raises UserError for one that is not here."""
        found = tuple(policy for policy in self.policies if policy.name == name)
        if not found:
            near = nearest(str(name), self.names)
            raise UserError(
                f"no policy of this result is called {name!r}",
                rule=f"one of {', '.join(self.names)}",
                got=str(name),
                try_=near,
            )
        return replace(self, policies=found)

    # ---- tables

    def headline(self) -> pd.DataFrame:
        """A row an outcome of each policy: scenario, outcome, words, unit, median, low, high, worlds."""
        return frames.headline(self._by_name)

    def differences(self) -> pd.DataFrame:
        """A row an outcome of each policy after the baseline, it less the baseline, paired by world. Empty for one policy."""
        return frames.differences(self._by_name)

    def worlds(self) -> pd.DataFrame:
        """A row a world of each policy: every outcome, then every parameter as that world ran with it."""
        return frames.worlds(self._by_name, [policy.drawn() for policy in self.policies])

    def groups(self) -> pd.DataFrame:
        """Availability by group of people, of each policy."""
        return frames.groups(self._by_name)

    def cascade(self) -> pd.DataFrame:
        """Where wants ended, of each policy."""
        return frames.cascade(self._by_name)

    def levers(self) -> pd.DataFrame:
        """A row a policy, a column a lever: values before any change over time; a choice by its word."""
        return frames.frame({"scenario": policy.name} | dict(policy.levers) for policy in self.policies)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the results folder, of every policy: weekly, wants, money, journeys, organisations, gains, waits or ledger."""
        if name not in TABLES:
            raise UserError(
                f"no table is called {name!r}",
                rule=f"one of {', '.join(TABLES)}",
                got=str(name),
                try_=nearest(str(name), TABLES),
            )
        return frames.table(self.names, [make_tables(policy.counts)[name] for policy in self.policies])

    def ledger(self) -> pd.DataFrame:
        """Where the money went: a row a payer, and an organisation, of each world and year. `columns("ledger")` says what each is."""
        return self.table("ledger")

    def columns(self, of: str = "worlds") -> pd.DataFrame:
        """What each column of a table is (`headline`, `worlds` …, `weekly` …): name, meaning, unit, and what it is counted over."""
        from reports.tables.frames import columns_of

        known = ("headline", "differences", "worlds", "groups", "cascade", "levers", *TABLES)
        if of not in known:
            raise UserError(
                f"no table is called {of!r}",
                rule=f"one of {', '.join(known)}",
                got=str(of),
                try_=nearest(str(of), known),
            )
        return frames.frame(asdict(column) for column in columns_of(of))

    # ---- for machines, for the eye, for the disk

    def as_dict(self) -> dict[str, Any]:
        """The same as `peerscale run --json`."""
        return as_json.study(self.policies, [p.counts for p in self.policies], self.about, self.posterior)

    def change(self) -> dict[str, Any]:
        """The second policy less the first, as in `peerscale compare --json`. Raises UserError unless there are two."""
        if len(self.policies) != 2:
            raise UserError(
                "a change is of two policies", rule="two policies", got=", ".join(self.names), try_="compare(a, b)"
            )
        one, two = (policy.counts for policy in self.policies)
        found = {"sample": self.about, "status": caveats.status(one.shape), **as_json.change(one, two)}
        return dict(as_json.clean(found))

    def plot(self, path: str | Path | None = None) -> Picture:
        """Availability by deprivation fifth, and where wants ended. `path`: a .png or .svg to write it to, too."""
        must_have("run", "--plot")
        from reports.pictures.run import Picture

        to = None if path is None else home(str(path), "path")
        check_plot(to, "path")
        picture = Picture(self.titled)
        if to is not None:
            picture.save(to)
        return picture

    def save(self, folder: str | Path) -> list[Path]:
        """A results folder for each policy inside `folder`, as `peerscale run --out` writes it. Raises UserError where
        something else stands there."""
        to = home(str(folder), "folder")
        possible(to, "folder")
        writable(to, "folder")
        return [policy.keep(to / policy.name) for policy in self.policies]

    @property
    def titled(self) -> list[tuple[str, Counts]]:
        """(title, counts) of each policy."""
        return [(policy.title, policy.counts) for policy in self.policies]

    @property
    def _by_name(self) -> list[tuple[str, Counts]]:
        return [(policy.name, policy.counts) for policy in self.policies]

    def __repr__(self) -> str:
        return f"<peerscale result: {', '.join(self.names)}. {self.about}>"

    def _repr_html_(self) -> str:
        return notebook.page(self.titled, self.about, self.posterior)


# ------------------------------------------------------------------ made of runs, and of folders


def of_runs(question: Question, runs: Sequence[Ran]) -> Result:
    """The result of a question that was answered."""
    return Result(tuple(map(_ran, runs)), question.about, told(question.study, question.scenarios), question.notes)


def _ran(one: Ran) -> Policy:
    worlds = one.result.shape.worlds
    return Policy(
        one.scenario.name,
        one.scenario.title,
        one.scenario.name,
        policy_as_dict(one.scenario)["levers"],
        one.result,
        lambda: parameter_table(world_parameters(one.study, worlds), worlds),
        one.write,
        lambda: identity.of_run(one.scenario, one.study),
    )


def of_stored(run: store.Stored) -> Result:
    """The result of a folder read back."""
    notes = foremost_of_kept(run.manifest).strip()
    return Result((_stored(run),), str(run.manifest["sample"]), _posterior(run), notes)


def _stored(one: store.Stored) -> Policy:
    return Policy(
        str(one.manifest["scenario"]["name"]),
        one.title,
        str(one.path),
        one.manifest["scenario"]["levers"],
        one.result,
        lambda: one.drawn,
        partial(_copy, one.path),
        lambda: one.manifest["identity"],
    )


def _copy(path: Path, folder: Path) -> Path:
    """A results folder in another place. Raises UserError where something is there."""
    if folder.resolve() != path.resolve():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(
                f"{folder} is not empty", file=str(folder), rule="a new folder", got="other files", try_="another name"
            )
        shutil.copytree(path, folder, dirs_exist_ok=True)
    return folder


def _posterior(one: store.Stored) -> Chosen | None:
    """The posterior of a run that was read back: the one that ships now, or none; of another nothing is known here."""
    was, held = one.manifest.get("posterior"), one.manifest["identity"]
    own = bool(held.get("fixed") or held.get("priors"))
    found = next((known for known in (PRIORS, choose()) if {"file": known.file, "sha256": known.sha256} == was), None)
    return found if found is None else told_of_kept(replace(found, own=own), one.manifest)


def side_by_side(parts: Sequence[Result]) -> Result:
    """Policies of several results as one. Raises UserError unless they share people, luck, evidence and code."""
    policies = tuple(policy for part in parts for policy in part.policies)
    for other in policies[1:]:
        store.must_be_alike(policies[0].identity(), other.identity(), f"{policies[0].where} and {other.where}")
    return replace(parts[0], policies=policies, posterior=_together([part.posterior for part in parts]))


def _together(told: Sequence[Chosen | None]) -> Chosen | None:
    """One posterior for results side by side: its levels were looked at for the policies of any of them."""
    first = told[0]
    return first if first is None else replace(first, of=tuple(of for one in told if one is not None for of in one.of))


def compared(a: Result | str | Path, b: Result | str | Path) -> Result:
    """Two policies in the same worlds, from results or their folders. Raises UserError for two that do not share them, or that
    had not settled."""
    parts = [_one(a, "a"), _one(b, "b")]
    found = side_by_side(parts)
    settled(found.titled)
    return found


def _one(given: Result | str | Path, name: str) -> Result:
    """The result of one policy."""
    found = given if isinstance(given, Result) else loaded(given)
    if len(found.policies) != 1:
        raise UserError(
            "a comparison is of one policy with another",
            key=name,
            rule="a result of one policy, or its folder",
            got=", ".join(found.names),
            try_=f"result[{found.names[-1]!r}]",
        )
    return found


def loaded(*folders: str | Path) -> Result:
    """Results folders read back, the first as the baseline. Raises UserError for what is none, or do not share their worlds."""
    runs = [store.read(home(str(folder), "folder")) for folder in folders]
    return side_by_side([of_stored(run) for run in runs])
