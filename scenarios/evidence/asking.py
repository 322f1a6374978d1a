"""Asking one person about some numbers, question by question, and keeping each judgement as soon as it is whole.

The authors' value and prior are told only after the person's own are kept: a number that is seen first draws answers to it. The
ends that are allowed have to be told, since answers outside are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scenarios.evidence.parameter_facts import prior_words
from scenarios.reading import elicited
from scenarios.reading.csv_input import MAX_CELL, shown
from scenarios.reading.elicited import FIVE, Elicited, Judgement
from scenarios.reading.own_numbers import if_percent, known, out_of_text, within
from sim.errors import UserError, kept, raise_all
from sim.numbers.parameters import Record

Ask = Callable[[str], str]
Tell = Callable[[str], None]
QUESTIONS = {
    "median": "As likely below as above",
    "lowest": "It cannot be lower than (Enter: {low:g})",
    "highest": "It cannot be higher than (Enter: {high:g})",
    "lower_quartile": "If it is below {median:g}: as likely below as above",
    "upper_quartile": "If it is above {median:g}: as likely below as above",
}
"""What is asked for each column; `ORDER` has the order."""
FORMULA = "=+-@ "
"""How a cell begins that a spreadsheet would work out: nobody's words begin so in a file of ours."""
ORDER = ("lowest", "highest", "median", "lower_quartile", "upper_quartile")


@dataclass(frozen=True)
class Sitting:
    """Who is asked, about which numbers, and where it is kept."""

    file: Path
    names: tuple[str, ...]
    expert: str


def begin(file: Path, names: Sequence[str], expert: str | None, ask: Ask) -> Sitting:
    """A sitting, checked before the first question. Raises UserError: all that is wrong, together."""
    found: list[UserError] = []
    for name in dict.fromkeys(names):
        kept(found, known, name, "--ask")
    held = kept(found, elicited.read, file) if file.exists() else None
    if held is not None:
        kept(found, elicited.can_grow, file)
    raise_all(found)
    who = " ".join((expert if expert is not None else ask("Your name or role")).split()).lstrip(FORMULA)
    if not who or len(who) > MAX_CELL or not who.isprintable():
        raise UserError(
            "nobody is named",
            key="--expert",
            rule="a name or a role",
            got=shown(who) or "nothing",
            try_='--expert "A. Carer"',
        )
    done = [one.parameter for one in held.judgements if one.expert.casefold() == who.casefold()] if held else []
    twice = [name for name in dict.fromkeys(names) if name in done]
    if twice:
        raise UserError(
            f"{who} has judged {', '.join(twice)} already",
            file=str(file),
            key="--ask",
            rule="each person once for each parameter",
            got=", ".join(names),
            try_="take the row out of the file to say it anew",
        )
    return Sitting(file, tuple(dict.fromkeys(names)), who)


def ask_all(sitting: Sitting, ask: Ask, tell: Tell) -> Elicited:
    """Every number in turn; each judgement is in the file before the next question. An exception from `ask` loses only its own."""
    found: Elicited | None = None
    for name in sitting.names:
        record = known(name, "--ask")
        tell(f"\n{record.name}: {record.meaning}\nIn: {record.unit}. Possible here: {record.low:g} to {record.high:g}.")
        one = Judgement(name, sitting.expert, *_answers(record, ask, tell), date.today().isoformat())
        found = elicited.add(sitting.file, one)
        tell(f"Kept in {sitting.file}. The authors' own: {record.value:g}; {prior_words(record)}; {record.grade}.")
    assert found is not None
    return found


def _answers(record: Record, ask: Ask, tell: Tell) -> tuple[tuple[float, ...], str]:
    """(the five numbers, the reason); asked again until they can be right."""
    said: dict[str, float] = {}
    for column in ORDER:
        while column not in said:
            question = QUESTIONS[column].format(low=record.low, high=record.high, **_for_words(said))
            wrong = _take(record, column, ask(question), said)
            if wrong:
                tell(wrong)
    reason = ""
    while not reason:
        reason = " ".join(ask("Why do you think so").split()).lstrip(FORMULA)
        if not reason or len(reason) > MAX_CELL or not reason.isprintable():
            tell(f"A reason is a sentence of at most {MAX_CELL} letters: without one a number cannot be discussed.")
            reason = ""
    return tuple(said[column] for column in FIVE), reason


def _for_words(said: dict[str, float]) -> dict[str, float]:
    return {"median": said.get("median", 0.0)}


def _take(record: Record, column: str, text: str, said: dict[str, float]) -> str:
    """Puts an answer into `said`; what is wrong with it, in words, where it cannot be."""
    text = text.strip()
    if not text and column in ("lowest", "highest"):
        text = f"{record.low if column == 'lowest' else record.high:.12g}"
    try:
        value = float(text)
    except ValueError:
        return f"A number, as {out_of_text(record, text)}."
    if not record.low <= value <= record.high:
        return f"From {record.low:g} to {record.high:g}: {within(record, value)}{if_percent(record, value)}."
    low = max((said[name] for name in FIVE[: FIVE.index(column)] if name in said), default=-float("inf"))
    high = min((said[name] for name in FIVE[FIVE.index(column) + 1 :] if name in said), default=float("inf"))
    if not low < value < high:
        least, most = (
            (f"above {low:g}" if low > -float("inf") else ""),
            (f"below {high:g}" if high < float("inf") else ""),
        )
        return f"It has to be {' and '.join(part for part in (least, most) if part)}."
    said[column] = value
    return ""
