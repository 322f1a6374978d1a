"""One voice for bad input: what is wrong, where, the rule, what was got, and what to try."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

MOST_TOLD = 20
"""Faults of one file that are told at once."""
LONGEST_PART = 2_000
"""Letters of one part of a message."""
T = TypeVar("T")


class UserError(Exception):
    """Something a person can put right: shown without a traceback, exit code 2.

    what: one sentence. file, key, line: where (line counts from 1). rule: what is expected.
    got: what was found. try_: what to do next. Empty parts are left out of the message.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str = "",
        key: str = "",
        line: int | None = None,
        rule: str = "",
        got: str = "",
        try_: str = "",
    ):
        self.what, self.file, self.key, self.line = told(what), told(str(file)), told(key), line
        self.rule, self.got, self.try_ = told(rule), told(got), told(try_)
        super().__init__(self.what)

    @property
    def found(self) -> tuple[UserError, ...]:
        """Every fault that this stands for: itself, unless it is `Several`."""
        return (self,)

    @property
    def where(self) -> str:
        """File, line and key in words, without those that are not known."""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (self.file, line, self.key) if part)

    def as_dict(self) -> dict[str, Any]:
        """The same, for machines (`--json`)."""
        names = ("what", "file", "key", "line", "rule", "got", "try_")
        return {name.rstrip("_"): getattr(self, name) for name in names}

    def __str__(self) -> str:
        parts = (("where", self.where), ("rule", self.rule), ("got", self.got), ("try", self.try_))
        return "\n".join([self.what, *(f"  {name + ':':<7}{text}" for name, text in parts if text)])

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.what, self.as_dict()))


def _rebuild(kind: type[UserError], what: str, parts: dict[str, Any]) -> UserError:
    keep = {name: parts[name] for name in ("file", "key", "line", "rule", "got")}
    return kind(what, **keep, try_=parts["try"])


class Several(UserError):
    """More than one thing to put right in one file. Its own parts are those of the first; as text it tells up to
    MOST_TOLD of them. `more`: faults beyond those in `found`.
    """

    def __init__(self, found: Sequence[UserError], more: int = 0):
        first = found[0]
        super().__init__(
            first.what, file=first.file, key=first.key, line=first.line, rule=first.rule, got=first.got, try_=first.try_
        )
        self._found, self.more = tuple(found[:MOST_TOLD]), more + len(found[MOST_TOLD:])

    @property
    def found(self) -> tuple[UserError, ...]:
        return self._found

    def __str__(self) -> str:
        count = f"{len(self._found) + self.more} things are wrong"
        if self.more:
            count += f"; the first {len(self._found)} are"
        return "\n".join([f"{count}:", *(str(one) for one in self._found)])

    def __reduce__(self) -> tuple[Any, ...]:
        return (Several, (self._found, self.more))


def told(text: str) -> str:
    """A part of a message: printable, and not longer than a person reads."""
    text = printable(text[: 2 * LONGEST_PART])
    return text if len(text) <= LONGEST_PART else text[: LONGEST_PART - 3] + "..."


def printable(text: str) -> str:
    """Text that a terminal shows as it is: control characters and halves of letters written out, line ends kept."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in text)


def raise_all(found: Sequence[UserError], more: int = 0) -> None:
    """Raise what was found, together: nothing for none, itself for one. `more`: faults that were not looked into."""
    every = [one for error in found for one in error.found]
    more += sum(error.more for error in found if isinstance(error, Several))
    if len(every) + more > 1:
        raise Several(every, more)
    if every:
        raise every[0]


def whole(text: str, file: str) -> str:
    """The text itself. Raises UserError for one that no file can hold: with half of a letter (a lone surrogate)."""
    lost = next((i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff"), None)
    if lost is None:
        return text
    raise UserError(
        "the text holds half of a letter",
        file=file,
        line=text.count("\n", 0, lost) + 1,
        rule="whole letters",
        got=text[max(0, lost - 10) : lost + 1],
        try_="type that word again",
    )


def in_file(error: UserError, file: str) -> UserError:
    """The same faults, said of a file by another name."""
    every = [
        UserError(one.what, file=file, key=one.key, line=one.line, rule=one.rule, got=one.got, try_=one.try_)
        for one in error.found
    ]
    return Several(every, error.more) if isinstance(error, Several) else every[0]


def kept(found: list[UserError], call: Callable[..., T], *given: Any) -> T | None:
    """What a call returns; None where it raises a UserError, which goes to `found`."""
    try:
        return call(*given)
    except UserError as error:
        found.append(error)
        return None


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty text when none is near."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return found[0] if found else ""
