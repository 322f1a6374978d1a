"""The first screen of a run: at most 24 lines of 80 columns that answer. `--full` has the rest (`reports.terminal`). A terminal
of fewer columns has the same words on more lines, and sentences in the place of the table. The dashboard's first view and its page
Compare have the same sentences in the same order (`parts`, `table`).

In this order: where, and how many people of how many; what was compared; three headlines under each policy, with the range of
each difference; what got worse; what holds the rest back; cost, and who pays; how far to believe it; what to type next.
"""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.text import Text

from reports.figures import YEAR
from reports.terminal import STILL
from scenarios.running.posterior import PRIORS, Chosen, fitted_words
from sim.results import caveats, counts, gainers, outcomes, pooling, summary, value
from sim.results.outcomes import MAIN
from sim.results.result import Result
from sim.results.summary import GATE_WORDS, Paired, interval
from sim.results.words import SURE_SHARE, level_name, number, reach, sure
from sim.vocabulary import GATES

Named = Sequence[tuple[str, Result]]
WIDTH, LINES = 80, 24
LEAST_WIDTH = 20
"""Columns below which a screen is not narrowed further."""
DOTS = " …"
NEXT = "Next: "
MOST = 3
"""Alternatives that have a line of their own; the others are in --full."""
HEADLINES = {MAIN: "Available", "had_in_time": "Had it in time", "started_in_time": "Started in time"}
WHOLE = "Of wants that last their target wait or longer. Each headline holds the next."
IDLE = "name a policy"
MIDDLES = "Medians. Differences are taken in each world, so levels may differ otherwise."


@dataclass(frozen=True)
class Worse:
    """A figure of which one direction is worse: the sign of that, and its words after "in nine of ten worlds"."""

    name: str
    sign: int
    words: str
    why: str = ""


WORSE = (
    Worse("waiting_per_10k", 1, "people waiting per 10,000 adults", "more ask"),
    Worse("gave_up_of_queued", 1, "people in a queue who give up, %"),
    Worse("waited_median_weeks", 1, "weeks to an offer, for half of those offered"),
    Worse("waited_90th_weeks", 1, "weeks to an offer, for nine in ten of those offered"),
    Worse("offered_of_asked", -1, "of those who asked, offered in time, %", "more ask"),
    Worse("started_in_time", -1, "started in time, % of wants"),
    Worse("had_in_time", -1, "had it in time, % of wants"),
    Worse(MAIN, -1, "available, % of wants"),
    Worse("used_last_year", -1, "people with a condition who used it last year, %"),
    Worse("net_per_want", -1, "net better off, % of wants"),
    Worse("better_per_want", -1, "better off, % of wants"),
    Worse("worse_per_want", 1, "worse off, % of wants"),
    Worse("choice_of_two", -1, "wants with two places to choose from, %"),
    Worse("stretched_share", 1, "volunteers whose supervision is stretched, %"),
)
"""What is looked at for what got worse, gravest first. `why`: said where availability rises, because the two would look
contradictory without it."""


def lines(
    named: Named, more: Sequence[str] = (), posterior: Chosen | None = PRIORS, notes: str = "", width: int = WIDTH
) -> list[str]:
    """The screen, at most LINES lines of WIDTH columns, or more lines where `width` is less. `more`: commands to type next, beside
    the same with --full. `notes`: what else has to be known of this run. Where lines are few, what holds the rest back has one, and
    belief two."""
    shown, base = list(named[: 1 + MOST]), named[0]
    told = _sentences if width < WIDTH else _one if len(shown) == 2 else _several
    above = [*_where(base[1]), *_wrapped(compared(named), 2), "", *told(shown), WHOLE, MIDDLES, *_worse(shown)]
    cost, after_all = _cost(shown), _next(more, len(named))
    left = LINES - len(above) - len(cost) - len(after_all)
    belief = _belief(base, posterior, max(2, left - 1 - len(_wrapped(notes, left, "Note: "))))
    left -= len(belief)
    note = _wrapped(notes, left - 1, "Note: ")
    found = [*above, *_holds(shown, left - len(note)), *note, *cost, *belief, *after_all]
    return _narrow(found, width) if width < WIDTH else found


def _narrow(found: Sequence[str], width: int) -> list[str]:
    """The same texts on lines of fewer columns. A line that begins with a space goes on with the one above. A command to type stays
    on one line, however long: in two pieces nobody could copy it."""
    texts: list[str] = []
    for line in found:
        if line.startswith(" "):
            texts[-1] += f" {line.strip()}"
        else:
            texts.append(line)
    narrow = max(width, LEAST_WIDTH)
    wrapped = (
        textwrap.wrap(
            _joined(text), narrow, subsequent_indent="  ", break_on_hyphens=False, break_long_words=_may_break(text)
        )
        or [""]
        for text in texts
    )
    return [line.replace(JOINT, " ") for text in wrapped for line in text]


def _may_break(text: str) -> bool:
    """Whether a text has no commands to type."""
    return not text.startswith(NEXT)


JOINT = "\x00"
"""In the place of a space at which no line may end."""


def _joined(text: str) -> str:
    """A text whose commands to type are one word each: those after "Next: "."""
    if _may_break(text):
        return text
    first, *commands = text.split("; ")
    return "; ".join([first, *(one.replace(" ", JOINT) for one in commands)])


@dataclass(frozen=True)
class Part:
    """One answer of the screen: `key` for its place, `head` before it, `text` in full."""

    key: str
    head: str
    text: str


def parts(
    named: Named, posterior: Chosen | None = PRIORS, notes: str = "", idle: str = IDLE, still: str = STILL
) -> list[Part]:
    """The screen's sentences in its order, none cut, for a page: the table of headlines (`table`) belongs after `compared`.
    `idle`: what to do where nothing is compared; `still`: what is said where nothing differs."""
    base = named[0]
    found = [
        Part("where", "", where(base[1])),
        Part("compared", "", compared(named, idle)),
        Part("whole", "", f"{WHOLE} {MIDDLES}"),
        *(Part("worse", *worse(base[1], one, len(named) == 2, still)) for one in named[1:]),
        Part("holds", *holds(named, _all)),
        Part("note", "Note", notes.strip()),
        Part("cost", "Cost", cost(named, _all)),
        Part("belief", "How sure", belief(base, posterior)),
    ]
    return [part for part in found if part.text]


def _short(title: str, letters: int) -> str:
    return title if len(title) < letters else title[: letters - 2].rstrip() + "…"


def _all(title: str, letters: int) -> str:
    return title


def _wrapped(text: str, most: int, first: str = "", rest: str = "  ") -> list[str]:
    """A text on at most so many lines; what is too long ends in dots."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        max_lines=most,
        placeholder=DOTS,
        break_on_hyphens=False,
    )


# ------------------------------------------------------------------ where, what


def _where(result: Result) -> list[str]:
    whole = textwrap.wrap(where(result), WIDTH)
    return whole if len(whole) <= 2 else _wrapped(f"{len(result.shape.areas)} areas: {_people(result)}.", 2)


def where(result: Result) -> str:
    """Which area, and how many people of how many."""
    return f"{caveats.where(result.shape)}: {_people(result)}."


def _people(result: Result) -> str:
    shape = result.shape
    took, lives = shape.places * shape.place_size, int(pooling.adults(shape).sum())
    return f"{took:,} of {lives:,} adults" if caveats.is_sample(shape) else f"all {lives:,} adults"


def compared(named: Named, idle: str = IDLE) -> str:
    """What was compared, over how long, in how many worlds."""
    shape = named[0][1].shape
    draws = len(shape.worlds)
    span = f"{_long(shape.weeks)}, {draws} world{'s' if draws != 1 else ''}"
    if len(named) == 1:
        return f"{named[0][0]}, {span}. Nothing is compared: {idle}."
    others = "; ".join(title for title, _ in named[1:])
    return f"{named[0][0]} beside: {others}. {span}, same people and luck in each."


def _long(weeks: int) -> str:
    """A time in whole years or, where it is none, in weeks."""
    years, left = divmod(weeks, YEAR)
    return f"{weeks} weeks" if left else f"{years} year{'s' if years != 1 else ''}"


# ------------------------------------------------------------------ the headlines


def _percent(values: np.ndarray) -> str:
    middle = interval(values).median
    return f"{100 * middle + 0.0:.1f}" if np.isfinite(middle) else "none"


def _paired(a: Result, b: Result, name: str) -> Paired:
    return summary.pair(outcomes.of_group(a, name), outcomes.of_group(b, name))


def signed(share: float) -> str:
    """A difference of shares in points, to a tenth: "+1.2", "0.0" and never "-0.0"."""
    return f"{round(100 * share, 1) + 0.0:+.1f}".replace("+0.0", "0.0")


def _change(pair: Paired) -> tuple[str, str, str]:
    """Median difference, its range, and in how many worlds it is higher."""
    found = pair.difference
    if not found.worlds:
        return "none", "no range", ""
    wide = f"{signed(found.low)} to {signed(found.high)}" if found.ranged else "no range"
    return signed(found.median), wide, f"{pair.up} of {found.worlds}"


def _one(shown: Named) -> list[str]:
    """A row a headline: today, the policy, the difference with its range."""
    base, (_, other) = shown
    rows = [_row("Of 100 wants", _short(base[0], 15), "policy", *HEADS)]
    return [*rows, *(_row(*_cells(name, base[1], other)) for name in HEADLINES)]


HEADS = ("difference", "range", "higher in")


def _cells(name: str, base: Result, other: Result) -> tuple[str, ...]:
    """One headline: its words, both levels, the difference, its range, and in how many worlds it is higher."""
    levels = (_percent(outcomes.of_group(result, name)) for result in (base, other))
    return HEADLINES[name], *levels, *_change(_paired(base, other, name))


def table(named: Named) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headlines for a page, heads and rows. One policy: a row a headline with both levels; several: a row a policy."""
    base, *others = named
    levels = {name: _percent(outcomes.of_group(base[1], name)) for name in HEADLINES}
    if not others:
        return ("Of 100 wants", base[0]), [(HEADLINES[name], level) for name, level in levels.items()]
    if len(others) == 1:
        return ("Of 100 wants", base[0], others[0][0], *HEADS), [_cells(n, base[1], others[0][1]) for n in HEADLINES]
    rows = [(base[0], *levels.values())]
    rows += [(title, *(_with_range(_change(_paired(base[1], one, n))) for n in HEADLINES)) for title, one in others]
    return ("Of 100 wants", *HEADLINES.values()), rows


def _with_range(change: tuple[str, str, str]) -> str:
    middle, wide, _ = change
    return f"{middle} ({wide})"


def _row(words: str, *cells: str) -> str:
    one, two, middle, wide, worlds = cells
    return f"{words:<16}{one:>15}{two:>8}{middle:>12}   {wide:<15} {worlds}".rstrip()[:WIDTH]


def _several(shown: Named) -> list[str]:
    """A row a policy: the baseline's levels, then differences; the range of the first headline."""
    heads = "".join(f"{words:>17}" for words in HEADLINES.values())
    rows = [f"{'Of 100 wants':<28}{heads}"]
    levels = [_percent(outcomes.of_group(shown[0][1], name)) for name in HEADLINES]
    rows.append(f"{_short(shown[0][0], 28):<28}" + "".join(f"{one:>17}" for one in levels))
    for title, result in shown[1:]:
        found = [_change(_paired(shown[0][1], result, name))[0] for name in HEADLINES]
        rows.append(f"{_short(title, 28):<28}" + "".join(f"{middle:>17}" for middle in found))
    return rows + _over_worlds(shown)


def _over_worlds(shown: Named) -> list[str]:
    """The range of the first headline of a policy alone; nothing where policies are compared."""
    if len(shown) > 1:
        return []
    wide = interval(outcomes.of_group(shown[0][1], MAIN))
    return [f"Available over worlds: {reach(wide, lambda x: f'{100 * x:.1f}')} of 100 wants."[:WIDTH]]


def _sentences(shown: Named) -> list[str]:
    """The same figures without columns: a sentence a headline, or a policy where there are several."""
    base = shown[0]
    levels = {words: _percent(outcomes.of_group(base[1], name)) for name, words in HEADLINES.items()}
    if len(shown) != 2:
        said = [f"{base[0]}, of 100 wants: {_listed(levels)}."]
        found = ({words: _paired(base[1], one, name) for name, words in HEADLINES.items()} for _, one in shown[1:])
        changes = ({words: _change(pair)[0] for words, pair in each.items()} for each in found)
        said += [f"{title}: {_listed(each)}." for (title, _), each in zip(shown[1:], changes, strict=True)]
        return said + _over_worlds(shown)
    said = []
    for name, words in HEADLINES.items():
        middle, wide, worlds = _change(_paired(base[1], shown[1][1], name))
        with_it = _percent(outcomes.of_group(shown[1][1], name))
        higher = f", higher in {worlds}" if worlds else ""
        said.append(
            f"{words}, of 100 wants: {levels[words]}, {with_it} with the policy. Difference {middle} ({wide}){higher}."
        )
    return said


def _listed(figures: dict[str, str]) -> str:
    return "; ".join(f"{words.lower()} {figure}" for words, figure in figures.items())


# ------------------------------------------------------------------ what got worse


def _figure(name: str, result: Result) -> np.ndarray:
    if name in outcomes.BY_NAME:
        return outcomes.BY_NAME[name].worlds(result)
    return value.headline(result)[name]


def _scale(name: str) -> float:
    return outcomes.BY_NAME[name].scale if name in outcomes.BY_NAME else 100.0


def got_worse(base: Result, other: Result) -> list[str]:
    """What is worse in nearly all worlds, gravest first, with the baseline's level beside each; groups that lose last."""
    rises = _paired(base, other, MAIN).difference.median > 0
    found = []
    for one in WORSE:
        before, after = _figure(one.name, base), _figure(one.name, other)
        pair, scale = summary.pair(before, after), _scale(one.name)
        moved = scale * pair.difference.median
        if sure(pair) and one.sign * moved > 0 and round(moved, 1):
            why = f", since {one.why}" if one.why and rises else ""
            found.append(f"{one.words}: {moved:+.1f} (from {scale * interval(before).median:.1f}{why})")
    rows = gainers.moved(base, other)
    lose = [row.name for row in rows if gainers.side(row.change, len(rows)) < 0]
    return [*found, *([f"availability falls for {', '.join(lose)}"] if lose else [])]


def _worse(shown: Named) -> list[str]:
    """What got worse under each policy: on as many lines as leave room for all that stands below."""
    told, most, alone = [], {2: 3, 3: 2}.get(len(shown), 1), len(shown) == 2
    for title, result in shown[1:]:
        head, text = worse(shown[0][1], (_short(title, 24), result), alone)
        told += _wrapped(text, most, f"{head}: ")
    return told


def worse(base: Result, other: tuple[str, Result], alone: bool, still: str = STILL) -> tuple[str, str]:
    """What got worse under a policy, or that nothing did, with its head. `alone`: no other policy stands beside it."""
    found = got_worse(base, other[1])
    text = "; ".join(found) + "." if found else _nothing(base, other[1], alone, still)
    return "Worse" if alone else f"Worse, {other[0]}", text


def _nothing(base: Result, other: Result, alone: bool, still: str) -> str:
    """That nothing got worse; or that nothing differs at all. `alone`: there is room for more words."""
    if not any(pair.up or pair.down for pair in summary.difference(base, other).values()):
        return still if alone else "nothing differs in any world."
    measured = f"nothing that is measured, in {10 * SURE_SHARE:.0f} of 10 worlds."
    return f"{measured} No group clearly loses." if alone else measured


# ------------------------------------------------------------------ what holds the rest back


def _holds(shown: Named, most: int) -> list[str]:
    """On at most so many lines."""
    head, text = holds(shown)
    return _wrapped(text, min(most, 3 if len(shown) < 3 else 2), f"{head}: ")


def holds(shown: Named, short: Callable[[str, int], str] = _short) -> tuple[str, str]:
    """The three gates at which most wants stop, under the policy with most availability, and who has least; with its head."""
    title, result = max(shown[1:] or shown, key=lambda one: interval(outcomes.of_group(one[1], MAIN)).median)
    rows = sorted(zip(GATES, summary.cascade(result), strict=False), key=lambda row: -row[1].wants)[:3]
    stops = "; ".join(f"{100 * row.share:.0f} {GATE_WORDS[gate]}" for gate, row in rows if row.wants)
    under = f" under {short(title, 30)}" if len(shown) > 2 else ""
    with_it = "with the policy, " if len(shown) == 2 and stops else ""
    text = f"{with_it}{stops or 'nothing is counted'}.{_least(result)}"
    return f"Holds the rest back, of 100 wants{under}", text


def _least(result: Result) -> str:
    """The group with least availability, where groups can be compared."""
    found = [one for dimension in summary.dimensions() for one in summary.groups(result, dimension) if not one.small]
    if not found:
        return ""
    last = min(found, key=lambda one: one.interval.median)
    return f" Least available: {_percent(last.per_world)}, {level_name(last.dimension, last.level)}."


# ------------------------------------------------------------------ cost, belief, next


def _cost(shown: Named) -> list[str]:
    return _wrapped(cost(shown), 3 if len(shown) < 3 else 2, "Cost: ")


def cost(shown: Named, short: Callable[[str, int], str] = _short) -> str:
    """What it costs an adult a year, who pays what each policy adds, and volunteers' time beside it."""
    name = "gbp_per_adult_year"
    base = outcomes.BY_NAME[name].worlds(shown[0][1])
    told = []
    for title, result in shown[1:]:
        pair = summary.pair(base, outcomes.BY_NAME[name].worlds(result))
        more = number(name, pair.difference.median, True) if pair.up or pair.down else "no change"
        told.append(f"{more} {_payers(shown[0][1], result) if len(shown) == 2 else f'({short(title, 24)})'}".rstrip())
    text = f"{number(name, interval(base).median)} an adult a year{''.join(f'; {one}' for one in told)}."
    return f"{text} {_hours(shown)}"


def _payers(base: Result, other: Result) -> str:
    """Who pays the difference: the three payers or uses that change most."""
    one, two = counts.spent_by_payer(base), counts.spent_by_payer(other)
    moved = {who: interval(two[who] - one[who]).median for who in one}
    large = sorted((who for who, pounds in moved.items() if abs(pounds) >= 0.005), key=lambda who: -abs(moved[who]))
    told = ", ".join(f"{who} {number('gbp_per_adult_year', moved[who], True)}" for who in large[:3])
    return f"(paid as {told})" if told else ""


def _hours(shown: Named) -> str:
    """Volunteers' time, which is not among the pounds."""
    if len(shown) != 2:
        return "Volunteers’ time is not counted."
    name = "volunteer_hours_per_1000"
    found = interval(value.headline(shown[1][1])[name] - value.headline(shown[0][1])[name]).median
    more = f"{found:+,.0f} hours a year per 1,000 adults" if round(found) else "as many hours as before"
    return f"Volunteers’ time is not counted: {more}."


def _belief(base: tuple[str, Result], posterior: Chosen | None, most: int) -> list[str]:
    return _wrapped(belief(base, posterior), min(most, 3), "How sure: ")


def belief(base: tuple[str, Result], posterior: Chosen | None) -> str:
    """How far to believe it: what supply and parameters rest on."""
    title, result = base
    sample = "; one neighbourhood stands for all" if result.shape.neighbourhoods == 1 else ""
    known = f"{caveats.status(result.shape)}; {fitted_words(MAIN, title, posterior)}{sample}"
    return f"{known}. Trust differences more than levels. It is no forecast."


def _next(more: Sequence[str], policies: int) -> list[str]:
    left = f" (it has {policies - 1 - MOST} more policies)" if policies > 1 + MOST else ""
    said = [f"the same command with --full{left}"]
    for one in more:  # a command that is cut cannot be typed, so one that does not fit is left out
        if not _next_lines([*said, one])[-1].endswith(DOTS):
            said.append(one)
    return _next_lines(said)


def _next_lines(said: Sequence[str]) -> list[str]:
    return _wrapped("; ".join(said) + ".", 2, NEXT)


def show(
    console: Console, named: Named, more: Sequence[str] = (), posterior: Chosen | None = PRIORS, notes: str = ""
) -> None:
    """Print the screen, each line as it is, within the columns that there are."""
    for line in lines(named, more, posterior, notes, min(console.width, WIDTH)):
        console.print(Text(line), soft_wrap=True)


def after(names: Sequence[str], settings: Sequence[str]) -> list[str]:
    """What to type after a run of these scenarios, as they were typed (none: today and open_door), with the quotes they need."""
    typed = list(map(shlex.quote, names)) or ["today", "open_door"]
    last = typed[-1] if len(typed) == 1 else typed[1]
    first = typed[0] if len(typed) > 1 else "today"
    if settings:
        return [f"peerscale ladder {first}"]
    if last == first:
        return [f"peerscale run {first} everyone", f"peerscale ladder {first}"]
    return [f"peerscale explain {first} {last}", f"peerscale ladder {last}"]
