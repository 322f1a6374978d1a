"""The answer in the order of the first screen of `peerscale run`: its very sentences, for the policy at hand or for those pinned."""

from __future__ import annotations

from dashboards.asked.state import Asked
from dashboards.cards.assumption import mark, told_of
from dashboards.work.estimate import ESTIMATE
from dashboards.work.runner import study_of
from reports import first, markup
from reports.first import Named, Part
from scenarios.running.sample import foremost

IDLE = "move a lever, or choose a policy above"
STILL = "Nothing shown here differs in any world. What changed may be too little to be counted among so few people, or waits for another lever."
BEFORE = ("where", "compared")
"""Parts that come before the table of headlines."""
NEXT = (
    "move another lever, or unfold everything for who gains, why, and over time. What it would take finds the cheapest policy that "
    "reaches a goal. The case says who pays and what it is worth, with a page for a board."
)
NEXT_PINNED = "use the policy that you would go on with, and open The case for what it costs and is worth. Its doubts belong in the Notebook."


def parts_of(asked: Asked, named: Named) -> list[Part]:
    """The sentences, for a page: it has no commands to type."""
    return first.parts(named, told_of(asked, named[0][0]), foremost(study_of(asked)), IDLE, STILL)


def where_line(asked: Asked, named: Named) -> str:
    """What comes first of all: which area, how many people of how many, what was compared."""
    return markup.paragraph(" ".join(one.text for one in parts_of(asked, named) if one.key in BEFORE))


def answer_card(asked: Asked, named: Named, after: str = NEXT, guess: bool = False) -> str:
    """All that follows it. `named`: today's policy first; `after`: what to do next, in a sentence; `guess`: it is an estimate."""
    said = [_part(one) for one in parts_of(asked, named) if one.key not in BEFORE]
    headlines = markup.table(*_marked(*first.table(named), asked), "Three headlines")
    first_of_all = _part(Part("estimate", "", ESTIMATE)) if guess else ""
    return markup.tag("h2", "In short") + first_of_all + headlines + "".join(said) + _part(Part("next", "Next", after))


def _marked(
    heads: tuple[str, ...], rows: list[tuple[str, ...]], asked: Asked
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The table of headlines with a per cent sign and, where it is an assumption, the mark behind each level."""
    names = list(first.HEADLINES)
    if heads[1:] == tuple(first.HEADLINES.values()):  # several policies: levels stand in the first row alone
        levels = [f"{cell}%{mark(name, asked, today=True)}" for name, cell in zip(names, rows[0][1:], strict=True)]
        return heads, [(rows[0][0], *levels), *rows[1:]]
    many = 1 if len(heads) == 2 else 2
    return heads, [
        (row[0], *(f"{cell}%{mark(name, asked)}" for cell in row[1 : 1 + many]), *row[1 + many :])
        for name, row in zip(names, rows, strict=True)
    ]


def _part(one: Part) -> str:
    head = markup.tag("strong", markup.say(f"{one.head}: ")) if one.head else ""
    return markup.tag("p", head, markup.say(one.text), class_=f"part-{one.key}")
