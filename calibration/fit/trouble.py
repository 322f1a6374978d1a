"""Bad input to the calibrator, in the parts that a message to a person is made of.

The calibrator imports nothing of `sim`; the commands turn this into `sim.errors.UserError(**error.parts())`.
"""

from __future__ import annotations

from typing import Any


class CalibrationError(Exception):
    """Something a person can put right. what: one sentence; file, key, line: where; rule, got, try_: as named."""

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

    def parts(self) -> dict[str, Any]:
        """The named parts, ready for `UserError(**parts)`."""
        names = ("what", "file", "key", "line", "rule", "got", "try_")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.file, f"line {self.line}" if self.line else "", self.key) if part)
        parts = (("where", where), ("rule", self.rule), ("got", self.got), ("try", self.try_))
        return "\n".join([self.what, *(f"  {name}: {text}" for name, text in parts if text)])

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (self.parts(),))


def _rebuild(parts: dict[str, Any]) -> CalibrationError:
    return CalibrationError(parts.pop("what"), **parts)
