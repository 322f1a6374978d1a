"""`docs/ladder.md`, made from the table of steps: `python -m reports.ladder.docs > docs/ladder.md`."""

from __future__ import annotations

from reports.ladder.page import end_words
from reports.ladder.words import HOW, LEVERS_SAY
from scenarios.questions.ladder import RUNS, SETS
from scenarios.questions.steps import LEFT_OUT, REST_LABEL, REST_NEEDED, REST_OPENS, STEPS, Step, evidence
from sim.numbers.levers import BY_NAME as LEVERS
from sim.numbers.levers import CHOICES

OPENING = f"""# The ladder to everyone

Made by `python -m reports.ladder.docs > docs/ladder.md`; a test holds the page and the code together.

```
peerscale ladder --areas bnssg                    # from today to everyone, in six steps that add up
peerscale ladder today --out ladder.html          # the same as a page that prints, its picture first
peerscale ladder everyone --areas bnssg,sussex    # of another policy, areas side by side
```

It answers what it would take for peer support to be available to everyone who wants it. It goes from the level under today's policy,
or under the one that is named, to 100 of 100 wants. The gain of a step is what opening it adds.

{HOW}

- There are {len(SETS)} combinations of five steps, so a ladder is {RUNS} runs. `peerscale relief` shares the runs of single steps.
- A gain is a Shapley value. That level, the gains and the rest add up to 100% in every world.
- {LEVERS_SAY}
- All best ends together are the scenario `every_lever`. So `peerscale run every_lever` says what they do, and for whom.
- What levers reach of a step is at most its gain. What it costs is shared out in the same way.
- The same ladder is shown for *had it in time*, and for the worst-off group: the group with the lowest availability under the
  policy, of those with enough wants. With several areas, they are shown side by side.
- No run is whole unless `--whole` says so. While the model is not fitted, every level is an assumption.
- The same command goes on after a stop. `--json` and `peerscale.ladder()` in Python give the figures ([tables.md](tables.md)).

Why it is so: [decision 30](decisions/0030-the-ladder-to-everyone.md).
"""


def page() -> str:
    """The page in Markdown."""
    return "\n".join([OPENING, *_steps(), *_ends(), *_left_out(), ""])


def _steps() -> list[str]:
    rows = [
        _cells(step.label, step.opens, f"`{step.gate}`", step.relief.opened, _numbers(step), evidence(step))
        for step in STEPS
    ]
    return [
        "## Steps, gates and overrides\n",
        "A gate is opened as `peerscale relief` opens it, from the first week of the policy.\n",
        "| step | what it opens | gate of `relief` | how it is opened | what is held (=) or multiplied (×) | evidence |",
        "|---|---|---|---|---|---|",
        *rows,
        _cells(REST_LABEL, REST_OPENS, "", "", "", ""),
        "",
    ]


def _numbers(step: Step) -> str:
    relief = step.relief
    held = [f"`{name}` = {value:g}" for name, value in {**relief.parameters, **relief.levers}.items()]
    more = [f"`{name}` × {value:g}" for name, value in {**relief.times, **relief.lever_times}.items()]
    places = [f"places of supporters and listed groups × {relief.places_times}"] if relief.places_times > 1 else []
    return ", ".join([*held, *more, *places])


def _ends() -> list[str]:
    rows = [
        _cells(step.label, f"`{name}`", end_words(name, LEVERS[name].today), end_words(name, end), _bound(name))
        for step in STEPS
        for name, end in step.levers.items()
    ]
    why = [
        f"- **{step.label}**: {step.ends} For the rest: {step.needed[:1].lower()}{step.needed[1:]}" for step in STEPS
    ]
    return [
        "## Levers at their best ends\n",
        *why,
        f"- **{REST_LABEL}**: {REST_NEEDED}\n",
        "| step | lever | today | best end | may be |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _bound(name: str) -> str:
    lever = LEVERS[name]
    return ", ".join(CHOICES[lever.choice]) if lever.choice else f"{lever.low:g} to {lever.high:g}"


def _left_out() -> list[str]:
    rows = [_cells(f"`{name}`", why) for name, why in LEFT_OUT.items()]
    return ["## Levers that climb no step\n", "| lever | why |", "|---|---|", *rows]


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
