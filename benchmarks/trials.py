"""Simulated trials set beside their published estimates, as a table. `python -m benchmarks.trials [--record]`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / "tests" / "helpers")]

from trials import POOLED, POOLED_ATTENDED, PUBLISHED, TRIALS, mean_effect, mean_effects, needed_strength  # noqa: E402

from benchmarks.record import record, table  # noqa: E402
from sim.numbers.parameters import records  # noqa: E402
from sim.vocabulary import Offer  # noqa: E402


def said() -> list[str]:
    """The result in lines of Markdown."""
    lines = []
    for t in TRIALS:
        strength = needed_strength(t)
        lines.append(
            [
                t.offer.name.lower(),
                f"{t.trial} ({t.effect_id}, {t.attendance_id})",
                t.unit,
                f"{t.attended:.0%}",
                f"{t.itt:+.2f} ({t.low:+.2f} to {t.high:+.2f})",
                f"{mean_effect(t.offer, strength, t.attended):+.3f}",
                f"{strength:+.3f}",
            ]
        )
    given = [
        (name, published, mean_effects(Offer.VOLUNTEER, records()[name].value, POOLED_ATTENDED)[k])
        for k, (name, published) in enumerate(PUBLISHED)
    ]
    return [
        *table(
            ["offer", "trial", "unit", "attended", "published", "simulated", "strength per attender that gives it"],
            lines,
        ),
        "",
        "Sharing one pooled prior (`effect_lonely`, `effect_confidence`), because the tables lack an effect or an "
        "attendance of the same trial:",
        "",
        *(f"- {offer.name.lower()}: the tables hold {why}" for offer, why in POOLED.items()),
        "",
        *(
            f"- `{name}` {records()[name].value:g} SD ({records()[name].source_id}) gives {found:+.3f} SD over all offered at "
            f"{POOLED_ATTENDED:.0%} attending; published {published:+.2f}"
            for name, published, found in given
        ),
    ]


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    lines = said()
    print("\n".join(lines))
    if parser.parse_args().record:
        record("trials", "python -m benchmarks.trials --record", lines)


if __name__ == "__main__":
    main()
