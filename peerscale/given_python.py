"""What a call in Python was given, as what is typed on the command line; and the messages of the command line, in Python's words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from peerscale.given_types import home, place, processes, whole
from peerscale.options import Typed
from scenarios.running.handed import using
from sim.errors import Several, UserError

AGAIN = "The same call goes on from there."
_WITH_NUMBER = re.compile(r"--([a-z]+(?:-[a-z]+)*) (?=[0-9])")
_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
_SET = re.compile(r"--set (?=[a-z_]+=)")


def typed(
    areas: str | Sequence[str] | None = None,
    people: Any = None,
    years: Any = None,
    draws: Any = None,
    replicates: Any = None,
    seed: Any = None,
    engine: str = "core",
    burn_in: Any = None,
    place_size: Any = None,
    inventory: str | Path | None = None,
    area_file: str | Path | None = None,
    posterior: str | Path | None = None,
    rivals: str | Sequence[str] = (),
    whole: bool = False,
    fix: Mapping[str, Any] | Sequence[str] = (),
    prior: Mapping[str, Any] | Sequence[str] = (),
    priors: str | Path | None = None,
) -> Typed:
    """Arguments as options. Raises UserError for one of the wrong kind; bounds are checked where options' are."""
    return Typed(
        _areas(areas),
        _whole("people", people),
        _number("years", years),
        _whole("draws", draws),
        _whole("replicates", replicates),
        _whole("seed", seed),
        str(engine),
        _whole("burn-in", burn_in),
        _whole("place-size", place_size),
        _file("inventory", inventory),
        _file("area-file", area_file),
        None if posterior is None else str(posterior),
        (rivals,) if isinstance(rivals, str) else tuple(map(str, rivals)),
        bool(whole),
        _own("fix", fix, str),
        _own("prior", prior, _low_high),
        _file("priors", priors),
    )


def _own(name: str, given: Any, say: Callable[[Any], str]) -> tuple[str, ...]:
    """Numbers of one's own as they are typed: {name: value}, or texts. Raises UserError."""
    if isinstance(given, Mapping):
        return tuple(f"{key}={say(value)}" for key, value in given.items())
    if isinstance(given, str):
        return (given,)
    try:
        return tuple(map(str, given))
    except TypeError:
        example = '{"accept_offer": 0.5}' if name == "fix" else '{"accept_offer": (0.5, 0.7)}'
        raise UserError(
            f"{name} is not a table of parameters",
            key=f"--{name}",
            rule="a dict by parameter",
            got=repr(given)[:80],
            try_=f"{name}={example}",
        ) from None


def _low_high(given: Any) -> str:
    if isinstance(given, str):
        return given
    try:
        return ":".join(str(float(one)) for one in given)
    except (TypeError, ValueError):
        return str(given)


def workers_of(given: Any) -> int:
    """How many processes: 0 is one for each core. Raises UserError."""
    return processes(given)


def folder_of(given: str | Path | None, option: str = "--out") -> Path | None:
    """A folder to write results to, tried before anything runs. Raises UserError."""
    return None if given is None else place(option)(given)


def handing(executor: Any) -> AbstractContextManager[None]:
    """Meanwhile jobs go to an executor, or to the Dask cluster at an address; None: to this machine. Raises UserError."""
    if isinstance(executor, str):
        from scenarios.running.cluster import on_cluster

        return on_cluster(executor)
    return using(executor)


def _areas(given: Any) -> str | None:
    if given is None or isinstance(given, str):
        return given
    try:
        return ";".join(map(str, given))
    except TypeError:
        raise UserError(
            "areas are named by texts",
            key="--areas",
            rule='a text, or a list of texts: ["bnssg", "sussex"]',
            got=repr(given)[:80],
            try_="peerscale.areas()",
        ) from None


def _whole(name: str, given: Any) -> int | None:
    """A whole number; 3e4 is one, as 30_000 and "30,000" are."""
    if given is None:
        return None
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    return whole(f"--{name}")(given)


def _number(name: str, given: Any) -> float | None:
    if given is None:
        return None
    with contextlib.suppress(TypeError, ValueError):
        return float(given)
    raise UserError(
        f"{name} is not a number", key=f"--{name}", rule="a number", got=repr(given)[:80], try_=f"--{name} 5"
    )


def _file(name: str, given: Any) -> Path | None:
    return None if given is None else home(str(given), f"--{name}")


# ------------------------------------------------------------------ messages


@contextlib.contextmanager
def in_python() -> Iterator[None]:
    """Messages of options, said of arguments: `--people 10000` is people=10000."""
    try:
        yield
    except UserError as error:
        raise _said(error) from None


def _said(error: UserError) -> UserError:
    found = [
        UserError(
            _words(one.what),
            file=one.file,
            key=_words(one.key),
            line=one.line,
            rule=_words(one.rule),
            got=_words(one.got),
            try_=_words(one.try_),
        )
        for one in error.found
    ]
    return Several(found, error.more) if isinstance(error, Several) else found[0]


def _words(text: str) -> str:
    text = _WITH_NUMBER.sub(lambda found: f"{_argument(found[1])}=", _SET.sub("", text))
    return _OPTION.sub(lambda found: _argument(found[1]), text)


def _argument(option: str) -> str:
    return "rivals" if option == "rival" else option.replace("-", "_")
