"""What a run was asked for: each setting with where it comes from, in one order (command line, file, default).

Files that ask for different things are refused, unless the command line decides.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sim.errors import UserError

if TYPE_CHECKING:
    from peerscale.options import Typed
    from scenarios.reading.scenario import Origin, RunSettings, Scenario

SETTINGS = ("areas", "years", "people", "draws", "replicates", "seed")
"""Settings that a file's [run] and the command line may both give."""
OF_ONES_OWN = ("fix", "prior", "rivals")
"""Numbers of one's own that both may give; what is typed comes before a file, parameter by parameter."""


@dataclass(frozen=True)
class Setting:
    """One setting of a run. `source`: the option, the file and line, or "default"."""

    name: str
    value: Any
    source: str


def setting(name: str, typed: Typed, run: RunSettings, usual: Mapping[str, Any]) -> Setting:
    """Command line first, then the file, then the default of the command (`usual`) or of all."""
    if getattr(typed, name) is not None:
        return Setting(name, getattr(typed, name), f"--{name}")
    if name in run.given:
        return Setting(name, getattr(run, name), place(run.given[name]))
    return Setting(name, usual.get(name, getattr(run, name)), "default")


def place(origin: Origin) -> str:
    """File and line in words."""
    return f"{origin.file}, line {origin.line}" if origin.file and origin.line else origin.file or "a file"


def options_of(typed: Typed) -> list[str]:
    """The options that were typed."""
    usual = type(typed)()
    return [
        option_of(f.name) for f in fields(typed) if getattr(typed, f.name) not in (None, (), getattr(usual, f.name))
    ]


def option_of(name: str) -> str:
    """How a setting is typed."""
    return "--rival" if name == "rivals" else f"--{name.replace('_', '-')}"


def no_effect(options: Sequence[str], why: str, try_: str) -> None:
    """Raises UserError where something was asked for that cannot take effect."""
    if options:
        raise UserError(
            "this was asked for and cannot take effect", key=options[0], rule=why, got=" ".join(options), try_=try_
        )


def agreed(typed: Typed, scenarios: Sequence[Scenario]) -> RunSettings:
    """The one [run] of scenarios that run together: what any of them gives. Raises UserError where two differ.

    What the command line says is not looked at in the files: it decides. Of numbers of one's own that are the parameters it names.
    """
    from scenarios.reading.scenario import RunSettings

    said = typed_names(typed)
    given: dict[str, Origin] = {}
    values: dict[str, Any] = {}
    for scenario in scenarios:
        for name, origin in scenario.run.given.items():
            value = getattr(scenario.run, name)
            if name not in values:
                values[name], given[name] = value, origin
            elif _asks(typed, name) and _differ(name, *(left_of(name, one, said) for one in (values[name], value))):
                raise _disagree(name, (values[name], given[name]), (value, origin))
    return RunSettings(**values, given=given)


def _asks(typed: Typed, name: str) -> bool:
    """Whether the files are asked about a setting: it was not typed, or a part of it may be the files' still."""
    return name in OF_ONES_OWN or getattr(typed, name, None) is None


# ------------------------------------------------------------------ numbers of one's own, parameter by parameter


def typed_names(typed: Typed) -> set[str]:
    """The parameters that --fix, --prior, --priors and --rival answer; what is not written as it should be is refused elsewhere."""
    said = {text.partition("=")[0].strip() for text in (*typed.fix, *typed.prior)}
    return said | _judged(typed) | _of_rivals(typed.rivals)


def _judged(typed: Typed) -> set[str]:
    """The parameters of the file of judgements; none where there is no file, or none that can be read."""
    if typed.priors is None:
        return set()
    from scenarios.reading import elicited

    with contextlib.suppress(UserError):
        return set(elicited.read(elicited.find(typed.priors)).parameters)
    return set()


def names_of(run: RunSettings) -> set[str]:
    """The parameters that a file's [run] answers."""
    return {name for name, _ in run.fix} | {one.name for one in run.prior} | _of_rivals(run.rivals)


def _of_rivals(names: Sequence[str]) -> set[str]:
    if not names:
        return set()
    from scenarios.reading.rival_evidence import alternatives

    return {alternatives()[name].fixed[0] for name in names if name in alternatives()}


def left_of(name: str, value: Any, said: Set[str]) -> Any:
    """A setting of a file without the parameters that are answered before it; as it is where it is none of OF_ONES_OWN."""
    if not said or name not in OF_ONES_OWN:
        return value
    which = {"fix": lambda one: {one[0]}, "prior": lambda one: {one.name}, "rivals": lambda one: _of_rivals([one])}[
        name
    ]
    return tuple(one for one in value if not which(one) & said)


def say_own(scenarios: Sequence[Scenario], names: Sequence[str], why: str) -> None:
    """Says on standard error which settings of the files do not hold, because the command has its own."""
    for scenario in scenarios:
        for name in names:
            if name in scenario.run.given:
                print(
                    f"{name} = {shown(name, getattr(scenario.run, name))} ({place(scenario.run.given[name])}) does not hold here: {why}.",
                    file=sys.stderr,
                )


def _differ(name: str, a: Any, b: Any) -> bool:
    if name in OF_ONES_OWN:
        return set(a) != set(b)
    if name != "areas":
        return bool(a != b)
    from scenarios.running.study import area_list

    return set(area_list(a)) != set(area_list(b))


def _disagree(name: str, one: tuple[Any, Origin], two: tuple[Any, Origin]) -> UserError:
    value, origin = two
    told = " and ".join(f"{shown(name, v)} ({place(o)})" for v, o in (one, two))
    option = name in SETTINGS
    return UserError(
        f"the files disagree about {name}",
        file=origin.file,
        key=f"run.{name}",
        line=origin.line or None,
        got=told,
        rule=f"one value for all that run together{', or the command line decides' if option else ''}",
        try_=f"--{name} {_typed(name, one[0])}" if option else f"the same {name} in both files",
    )


def _typed(name: str, value: Any) -> str:
    """A value as it would be typed."""
    if name != "areas":
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = ",".join(value)
    return f'"{text}"' if " " in text else text


def shown(name: str, value: Any) -> str:
    """A value in words for people."""
    if name == "areas":
        return value if isinstance(value, str) else ", ".join(value)
    if isinstance(value, str):
        return value
    if name == "fix":
        return ", ".join(f"{parameter}={number:g}" for parameter, number in value)
    if name == "prior":
        return ", ".join(f"{one.name}={one.low:g}:{one.high:g}" for one in value)
    if name == "rivals":
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) and name != "seed" else str(value)
