"""Which command needs which extra: one table, for the commands, for `./run` and for Python.

`./run COMMAND` installs what `python -m peerscale.needs COMMAND …` prints: extras of which something is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from calibration import extras
from sim.errors import UserError

COMMANDS: dict[str, str] = {
    "atlas": "calibrate",
    "calibrate": "calibrate",
    "case": "calibrate",
    "dashboard": "dashboard",
    "discover": "calibrate",
    "evidence next": "calibrate",
    "pilot": "calibrate",
    "sensitivity": "calibrate",
    "solve": "calibrate",
    "watch": "watch",
}
"""By command (of a group: both words), its extra. Every other command does with what `pip install .` brings."""
OPTIONS: dict[tuple[str, str], str] = {
    ("--plot", ""): "plot",
    ("--engine", "mesa"): "mesa",
    ("--second-opinion", "pyabc"): "abc",
    ("--design", "latin"): "sweep",
    ("--design", "sobol"): "sweep",
    ("--measure", ""): "sweep",
    ("--cluster", ""): "cluster",
}
"""By option and its value ("" for any), the extra that it needs in whatever command has it."""


def needed(arguments: Sequence[str]) -> list[str]:
    """The extras of a command as typed; none where only its help is asked for."""
    if "--help" in arguments or not arguments:
        return []
    found = of_command(" ".join(arguments[:2]))
    given = [(name, value) for name, value in _options(arguments)]
    return list(dict.fromkeys(found + [extra for (name, its), extra in OPTIONS.items() if _has(given, name, its)]))


def of_command(name: str) -> list[str]:
    """The extra of a command, by its words; none where it needs no more than others."""
    return [COMMANDS[one] for one in (name, name.split()[0]) if one in COMMANDS][:1]


def _has(given: Sequence[tuple[str, str]], name: str, value: str) -> bool:
    return any(option == name and value in ("", its) for option, its in given)


def _options(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Options with what follows each, whether after a space or after "="."""
    following = [*arguments[1:], ""]
    pairs = [(word.partition("="), after) for word, after in zip(arguments, following, strict=True)]
    return [(name, value if joined else after) for (name, joined, value), after in pairs if name.startswith("--")]


def must_have(*arguments: str) -> None:
    """Raises UserError with the one line to type where something is missing for a command with its options."""
    told = extras.told(needed(arguments))
    if told:
        raise UserError(**told, key=arguments[0])


def main() -> None:
    """Print, with commas between, the extras that a command needs and of which something is missing."""
    print(",".join(extra for extra in needed(sys.argv[1:]) if extras.missing(extra)))


if __name__ == "__main__":
    main()
