"""One voice for bad input: what is wrong, where, the rule, what was got, and what to try."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


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
        self.what, self.file, self.key, self.line = what, str(file), key, line
        self.rule, self.got, self.try_ = rule, got, try_
        super().__init__(what)

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


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty text when none is near."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return found[0] if found else ""
