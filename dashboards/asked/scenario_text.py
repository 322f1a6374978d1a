"""Policies and scenario files: what a page asks becomes a `Scenario`, and a file the command line runs unchanged."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from dashboards.asked.link import LONGEST_FILE
from dashboards.asked.state import Policy
from scenarios.reading.course import word
from scenarios.reading.files import names, parse
from scenarios.reading.load import load, to_toml, with_settings
from scenarios.reading.scenario import Scenario
from scenarios.reading.schema import SLUG
from sim.errors import UserError, in_file, whole
from sim.reading import text_of as decoded


@lru_cache(maxsize=512)
def scenario_of(policy: Policy) -> Scenario:
    """The scenario a policy stands for. Raises UserError for a file or a combination that is refused."""
    base = from_text(policy.file) if policy.file else load(policy.base)
    if not policy.sets:
        return base
    done = with_settings(base, [f"{name}={word(name, value)}" for name, value in policy.sets])
    return replace(done, name=f"{base.name[:36]}_set", title=_title(base, len(policy.sets)))


def _title(base: Scenario, levers: int) -> str:
    moved = f"{levers} lever{'s' if levers > 1 else ''} moved"
    return f"{base.title[:90]}, {moved}"


def from_text(text: str) -> Scenario:
    """A scenario from the text of a file. It may extend shipped scenarios only. Raises UserError."""
    if len(text) > LONGEST_FILE:
        raise UserError(
            "the file is too large for a page",
            rule=f"at most {LONGEST_FILE // 1000} kB",
            got=f"{len(text) / 1000:.0f} kB",
            try_="peerscale run FILE.toml",
        )
    tables = parse(text, "your file")
    name = str(tables.get("name", ""))
    if not re.fullmatch(SLUG, name):
        raise UserError(
            "the scenario has no usable name",
            file="your file",
            key="name",
            rule="small letters, digits and underscores, a letter first",
            got=repr(name)[:60],
            try_='name = "my_policy"',
        )
    extends = tables.get("extends")
    if extends is not None and extends not in names():
        raise UserError(
            "the file extends a scenario that is not shipped",
            file="your file",
            key="extends",
            rule="the name of a shipped scenario",
            got=repr(extends)[:60],
            try_='extends = "today"',
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_bytes(whole(text, "your file").encode())
        try:
            found = load(path)
        except UserError as error:
            raise in_file(error, "your file") from None
    if found.history:
        raise UserError(
            "a history starts from its own past and cannot be compared with today's policy",
            file="your file",
            key="history",
            rule="a scenario without history = true",
            got="history = true",
            try_="peerscale run FILE.toml",
        )
    return found


def read_upload(data: bytes) -> str:
    """The text of an uploaded file, checked. Raises UserError: too large, not text, not a scenario."""
    if len(data) > LONGEST_FILE:
        raise UserError(
            "the file is too large for a page",
            rule=f"at most {LONGEST_FILE // 1000} kB",
            got=f"{len(data) / 1000:.0f} kB",
            try_="choose a scenario file",
        )
    try:
        text, _ = decoded(data)
    except ValueError:
        text = ""
    if not text.strip():
        raise UserError(
            "the file is not a scenario",
            rule="text that ends in .toml",
            got="an empty file" if not data.strip() else "a file that is not text",
            try_="save a scenario from this page and look inside",
        )
    from_text(text)
    return text


def not_here(text: str) -> tuple[str, ...]:
    """What a file's own [run] asks for that a page does not follow, in a sentence; nothing where it asks for nothing."""
    asked = sorted(from_text(text).run.given)
    if not asked:
        return ()
    return (
        f"What its [run] says ({', '.join(asked)}) holds at the command line (peerscale run FILE.toml); "
        "this page keeps its own area, size and years.",
    )


def download(policy: Policy, name: str, title: str, area: str, seed: int) -> str:
    """A scenario file of the policy, with area and seed, that `peerscale run` takes unchanged."""
    scenario = scenario_of(policy)
    run = scenario.run.saying(areas=(area,), seed=seed)
    return to_toml(replace(scenario, name=slug(name), title=title[:120] or scenario.title, run=run))


def slug(name: str) -> str:
    """A file's name from what people typed: "More money!" is more_money."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return (words if re.match("[a-z]", words) else f"policy_{words}".rstrip("_"))[:40].rstrip("_")
