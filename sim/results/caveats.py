"""What must be said beside results, in one place: the command line, exports and pages read it here."""

from __future__ import annotations

from sim.columns.state import Shape
from sim.numbers import judgements
from sim.people.population import load_areas
from sim.results.pooling import adults

ILLUSTRATIVE = "illustrative: no local inventory"
LEVELS = (
    f"Levels are {ILLUSTRATIVE}. Nobody has counted what peer support exists here, so supply starts "
    "from an assumption. The difference between policies is the safer reading."
)
LISTED = "Supply at the start is what the local inventory lists, held as listed until the policy begins. What it leaves out does not exist in the model. Each world draws which neighbourhoods the named places are."
SCALED = "{} has another number of adults than its whole neighbourhoods here, so what is listed is scaled to those simulated."
POOLED = "Each area counts by the people who live there."
FROM_INVENTORY = "supply at the start from a local inventory"
OFFERED = "Offered is not helped: available means had in time, or a free place kept for them, not used."
NOT_SETTLED = "These stocks were still drifting when the reported years began, so this run is not reported: "
SHORT_BURN_IN = "The burn-in is too short to tell whether what exists had settled when the reported years began (four years are needed)."
WORLDS = (
    "A world is one set of assumptions and one run of luck. Policies are compared in the same worlds, "
    "with the same people and the same luck. The range leaves out the lowest and highest twentieth. With fewer than five worlds there is none."
)
JUDGEMENT = "Most parameters rest on judgement or on few studies: see `peerscale parameters`."
VALUES = (
    f"What counts as suitable, soon enough and better off is {judgements.STATUS}: "
    "see `peerscale parameters --judgements`."
)
GIVES = "These are expected gains, while support lasts and as it fades, to the end of the years reported. What they are worth rests on judgement: an assumption, not a finding."
SLOPE = "the slope is least deprived less most deprived, along the fifths that have people. Gaps are between the best and worst group."
PRICES = "Pounds are at 2024/25 prices. Volunteers' time is not counted as money."
FORECAST = "This is a simulation to think with, not a forecast."
SAMPLE = "This is a sample: what serves a whole area is as large as there, and the people simulated have their part of its places."
WHOLE = "These are whole areas, not samples."
ONE_PLACE = "One neighbourhood stands for the whole area here: illustrative only."
SMALL = "Groups with fewer than 300 wants are put together, or marked * when that is not enough."


def status(shape: Shape) -> str:
    """What stands beside levels: whether supply was listed by somebody, or assumed, and for which areas."""
    without = [name for name, listed in zip(shape.names, shape.listed, strict=True) if listed is None]
    if not without:
        return FROM_INVENTORY
    if len(without) == len(shape.areas):
        return ILLUSTRATIVE
    return f"{ILLUSTRATIVE} for {', '.join(without)}"


def levels(shape: Shape) -> str:
    """The same at length: what the levels rest on."""
    whole = [i for i, listed in enumerate(shape.listed) if listed is not None]
    some = [i for i in whole if shape.n_places[i] < shape.all_places[i]]
    said = [LISTED] if whole else []
    if some:
        part, all_ = sum(shape.n_places[i] for i in some), sum(shape.all_places[i] for i in some)
        said.append(
            f"{part / all_:.0%} of the area is simulated, so each world holds that share of what neighbourhoods are listed to have."
        )
    if shape.stretched:
        said.append(SCALED.format(", ".join(shape.stretched)))
    if len(whole) < len(shape.areas):
        where = f" Without an inventory: {status(shape).removeprefix(ILLUSTRATIVE + ' for ')}." if whole else ""
        said.append(LEVELS + where)
    return " ".join(said)


def in_worlds(count: int, total: int) -> str:
    """ "in 18 of 20 of the worlds we assumed": never a chance."""
    return f"in {count} of {total} of the worlds we assumed"


def at_least_worlds(share: float) -> str:
    """ "in at least 80% of the worlds we assumed": never a chance."""
    return f"in at least {share:.0%} of the worlds we assumed"


MOST_NAMED = 12
"""Areas named one by one in a sentence; the table by area names all."""


def where(shape: Shape) -> str:
    """The areas of a run, by name."""
    names = shape.names
    if len(names) == len(load_areas().code) and shape.own is None:
        return f"All {len(names)} areas of England"
    if len(names) > MOST_NAMED:
        return f"{'; '.join(names[:MOST_NAMED])}; and {len(names) - MOST_NAMED} more areas"
    return "; ".join(names)


def worlds(shape: Shape) -> str:
    """In how many worlds, of how many draws and replicates, by which seed."""
    draws = len({draw for draw, _ in shape.worlds})
    each = len(shape.worlds) // draws
    what = f"{draws} draw{'s' if draws > 1 else ''} of the parameters" + (
        f", {each} replicates of each" if each > 1 else ""
    )
    return f"{len(shape.worlds)} worlds: {what}, seed {shape.seed}."


def about(shape: Shape, asked: int = 0) -> str:
    """Where, how many people of how many, in how many worlds, by which seed, and whether it is a sample. `asked`: people
    asked for."""
    return f"{people(shape, asked)} {worlds(shape)} {SAMPLE if is_sample(shape) else WHOLE}"


def people(shape: Shape, asked: int = 0) -> str:
    """Where, and how many people of how many."""
    took, lives = shape.places * shape.place_size, int(adults(shape).sum())
    why = "rounded up to whole neighbourhoods" if took > asked else "there are no more"
    up = f" ({asked:,} asked for, {why})" if asked and took != asked else ""
    what = "neighbourhood" if shape.neighbourhoods == 1 else "neighbourhoods"
    pooled = f" {POOLED}" if len(shape.areas) > 1 else ""
    of = f"{took:,} adults a world in {shape.neighbourhoods} whole {what}{up}, of {lives:,} who live there."
    return f"{where(shape)}: {of}{pooled}"


def is_sample(shape: Shape) -> bool:
    """Whether some of an area's people are not simulated."""
    return any(n < all_ for n, all_ in zip(shape.n_places, shape.all_places, strict=True))
