"""`relief`: what to fix first, beside where wants are lost."""

from __future__ import annotations

from pathlib import Path

from peerscale.commands.run import check_plot, out, sample, say, settled
from peerscale.keeping import keeping
from peerscale.options import Typed, make_study
from peerscale.waiting import progress, run_seconds
from reports import terminal as report
from reports.console import dim, head, plain_table
from scenarios.questions.relief import SHOWN, Gain, gate_relief
from scenarios.reading.load import load
from sim.policy.relief import RELIEFS
from sim.results import caveats, summary
from sim.results.result import Result
from sim.results.words import number
from sim.vocabulary import GATES

NOTE = "One gate at a time is opened as far as it goes, on the same people and luck: for diagnosis, not a policy."


def relief_command(name: str, typed: Typed, pairs: bool, plot: Path | None, as_json: bool, workers: int) -> None:
    """Run the policy with each gate open, and tell what each would gain."""
    check_plot(plot)
    scenario = load(name)
    study = make_study(typed, scenario.run)
    gates = len(RELIEFS) * (len(RELIEFS) + 1) // 2 if pairs else len(RELIEFS)
    with progress("Opening gates", run_seconds(study, 1 + gates, workers)) as tell, keeping() as finished:
        base, gains = gate_relief(scenario, study, pairs, workers, tell, finished)
    settled([(scenario.title, base)])
    if as_json:
        say(
            {
                "scenario": scenario.title,
                "sample": sample(study),
                "gates": [
                    {
                        "gates": g.gates,
                        "opened": g.opened,
                        **{k: vars(v) | {"difference": vars(v.difference)} for k, v in g.by.items()},
                    }
                    for g in gains
                ],
            }
        )
    else:
        show(scenario.title, base, gains, sample(study))
    if plot:
        draw(plot, base, gains)


def sentence(gains: list[Gain]) -> str:
    """The first thing to fix, and what it would not fix."""
    first = gains[0]
    starts = max(gains, key=lambda g: g.by["started_in_time"].difference.median)
    text = (
        f"Opening '{' and '.join(first.gates)}' gains most availability: "
        f"{number('available', first.by['available'].difference.median, True)}."
    )
    if starts is not first:
        text += (
            f" Opening '{' and '.join(starts.gates)}' gains most people starting in time: "
            f"{number('started_in_time', starts.by['started_in_time'].difference.median, True)}."
        )
    return text


def show(title: str, base: Result, gains: list[Gain], about: str) -> None:
    """Sentence, gains, and the cascade beside them."""
    head(out, "Gate relief", f": {title}. {about}\n{sentence(gains)}\n")
    table = plain_table("gate opened", "available", "range", "started in time", "better off", "how it is opened")
    for g in gains:
        _, reach = report.span("available", g.by["available"].difference, True)
        told = [number(n, g.by[n].difference.median, True) for n in (SHOWN[0], SHOWN[1], SHOWN[3])]
        table.add_row(" and ".join(g.gates), told[0], reach, told[1], told[2], g.opened)
    out.print(table)
    lost = plain_table("where wants stop today", "of 100 wants")
    for gate, row in zip(GATES, summary.cascade(base), strict=False):
        lost.add_row(f"{gate}: {row.name}", f"{100 * row.share:.1f}")
    out.print(lost)
    dim(out, f"{NOTE} A want within reach counts as available though its person never asked. {caveats.WORLDS}")


def draw(path: Path, base: Result, gains: list[Gain]) -> None:
    """Gains in availability and in people starting, by gate."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import foot

    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.5 * len(gains)), layout="constrained")
    for k, (name, word, color) in enumerate(
        (("available", "available", "#1f6f8b"), ("started_in_time", "started in time", "#b5532a"))
    ):
        middle = [100 * g.by[name].difference.median for g in gains]
        axes.barh([i + 0.4 * k for i in range(len(gains))], middle, 0.38, color=color, label=word)
    axes.set_yticks([i + 0.2 for i in range(len(gains))], [" and ".join(g.gates) for g in gains])
    axes.invert_yaxis()
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel("change, points of wants")
    axes.set_title("What opening one gate would gain", fontsize=10)
    axes.legend(fontsize=8)
    foot(figure, caveats.about(base.shape))
    figure.savefig(path)
    plt.close(figure)
