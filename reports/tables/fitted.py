"""What `calibrate --json` says and what its folder `diagnostics` holds, column by column."""

from __future__ import annotations

from reports.tables.described import Column, Written, within
from reports.tables.others import FIT, OUTPUT, PLANNED

UNITS = "the parameter's"
THE_STATISTICS, THE_OUTPUTS = "the statistic's", "the output's"
GATE = (
    Column("name", "name of the target"),
    Column("kind", "kind of surface that was fitted"),
    Column("points", "points held back from the fit", "number"),
    Column("spread", "spread of the misses, each by what was expected of it: 1 is right", "number"),
    Column("covered", "held-back points inside their 95% interval", "share", "points"),
    Column(
        "q2",
        "variance between held-back points that is explained, noise aside; null below the noise",
        "share",
        "that variance",
    ),
    Column("squared_error", "mean squared miss", "the statistic's, squared"),
    Column("noise", "variance of one run's luck", "the statistic's, squared"),
    Column("passed", "whether the emulator may be used for it", "true or false"),
    Column("why", "why not, in words"),
)
STAGE = (
    Column("power", "power of the likelihood that is reached", "0 to 1"),
    Column("effective", "particles that it is worth, in effect", "number"),
    Column("accepted", "proposed moves that were accepted", "share", "proposed moves"),
    Column("moves", "moves of each particle", "number"),
    Column("remembered", "how far particles still lie where they began, at most", "correlation"),
)
PARAMETER = (
    Column("name", "name of the parameter"),
    Column("grade", "grade of its prior"),
    Column("free", "true: free; false: carried along", "true or false"),
    Column("prior_sd", "standard deviation under the prior", UNITS),
    Column("mean", "mean of the posterior", UNITS),
    Column("mean_error", "Monte Carlo error of the mean", UNITS),
    Column("sd", "standard deviation of the posterior", UNITS),
    Column("low", "5% of the posterior lies below", UNITS),
    Column("median", "median of the posterior", UNITS),
    Column("median_error", "Monte Carlo error of the median", UNITS),
    Column("high", "5% of the posterior lies above", UNITS),
    Column("shift", "how far the mean moved, at normal scores", "standard deviations of the prior"),
    Column("shift_error", "Monte Carlo error of shift", "standard deviations of the prior"),
    Column("contraction", "1 less the posterior's variance over the prior's, at normal scores", "share"),
    Column("told_low", "contraction, low end of its 95% interval", "share"),
    Column("told_high", "contraction, high end of its 95% interval", "share"),
    Column("bound", "low or high: the posterior leans on that end of the prior; empty: on neither"),
    Column("conflict", "whether figures and prior disagree", "true or false"),
    Column("verdict", "the same in words"),
)
RIDGE = (
    Column("names[]", "parameters of which the data fix a combination, not each"),
    Column("correlation", "of a pair, in the posterior; null for more than two", "correlation"),
    Column(
        "fall", "what the best log likelihood loses as a pair moves along it; null for more than two", "log density"
    ),
    Column("verdict", "the same in words"),
)
INFORMED = (
    Column("name", "name of the output"),
    Column("prior_sd", "standard deviation that parameters bring, under the priors", THE_OUTPUTS),
    Column("sd", "standard deviation that parameters bring, under the posterior", THE_OUTPUTS),
    Column("low", "5% of runs at the posterior lie below", THE_OUTPUTS),
    Column("middle", "median of runs at the posterior", THE_OUTPUTS),
    Column("high", "5% of runs at the posterior lie above", THE_OUTPUTS),
    Column("narrowed", "the share by which the standard deviation fell", "share", "prior_sd"),
    Column("judgement", "rests on parameters graded judgement", "share", "variance that parameters explain"),
    Column("finding", "whether evidence narrowed it enough to call it a finding", "true or false"),
    Column("verdict", "the same in words"),
)
LEFT_OUT = (
    Column("id", "id of the published figure that is left out"),
    Column("observed", "the published value", THE_STATISTICS),
    Column("low", "the others' prediction, 5% lie below", THE_STATISTICS),
    Column("middle", "the others' prediction, median", THE_STATISTICS),
    Column("high", "the others' prediction, 5% lie above", THE_STATISTICS),
    Column("miss", "how far the prediction is off", "standard deviations"),
    Column("inside", "whether the published value lies between low and high", "true or false"),
    Column("gain", "log score of the published value, less that under the priors; null where not known", "log density"),
    Column("moved", "largest shift of a parameter's mean without it", "standard deviations of the posterior"),
    Column("parameter", "the parameter that shifts most"),
)
DISTANCE = (
    Column("id", "id of the published figure"),
    Column("shift", "mean of the emulator's misses at the posterior: 0 is right", "standard deviations"),
    Column("spread", "spread of these misses: 1 is right", "number"),
    Column("near", "whether the emulator is near enough to the model there", "true or false"),
    Column(
        "q2", "variance between draws that it explains, noise aside; null below the noise", "share", "that variance"
    ),
)
NEXT = (
    Column("what", "a study that could be made"),
    Column("answer", "the output that it would tell of"),
    Column(
        "narrows",
        "expected to go; null where parameters hardly move the output",
        "share",
        "the output's standard deviation",
    ),
    Column("low", "5% of resamples narrow less", "share", "the output's standard deviation"),
    Column("high", "5% of resamples narrow more", "share", "the output's standard deviation"),
    Column("floor", "what the same sum gives of a study of nothing", "share", "the output's standard deviation"),
    Column("price_gbp", "what the plan says it would cost; null where it says nothing", "GBP"),
)
GAIN = (
    Column("figures", "figures that are scored", "number"),
    Column("posterior", "joint log score under the posterior", "log density"),
    Column("prior", "joint log score under the prior", "log density"),
    Column("gain", "the first less the second", "log density"),
    Column("low", "5% of resamples gain less", "log density"),
    Column("high", "5% of resamples gain more", "log density"),
)
WAVE = (
    Column("wave", "number of the wave, from 1", "number"),
    Column("share_of_prior", "of the prior's volume, what was left before it", "share", "the prior's volume"),
    Column("points", "points that were run", "number"),
    Column("emulator_share", "the emulator's part of a target's variance, at most", "share", "that variance"),
)
SAID = (
    *PLANNED,
    Column("folder", "folder of the calibration"),
    *within("outputs_of_worlds[].", OUTPUT),
    Column("ranks", "what the check of ranks found, in words; null without --sbc"),
    Column("second_opinion", "what the other library found, in words; null without --second-opinion"),
    *within("waves[].", WAVE),
    *within("waves[].gate[].", GATE),
    *within("stages[].", STAGE),
    Column("log_evidence", "logarithm of the evidence of all targets", "log density"),
    *within("fits[].", FIT),
    Column("joint_log_score.posterior", "log score of all targets together, under the posterior", "log density"),
    Column("joint_log_score.prior", "the same under the prior", "log density"),
    *within("gains.fitted.", GAIN),
    Column("gains.held_back", "null where no row was held back"),
    *within("gains.held_back.", GAIN),
    *within("next[].", NEXT),
    Column("settled", "whether the emulator was sure enough for waves to stop", "true or false"),
    *within("emulator_against_simulator[].", DISTANCE),
    *within("parameters[].", PARAMETER),
    *within("ridges[].", RIDGE),
    *within("outputs[].", INFORMED),
    *within("left_out[].", LEFT_OUT),
)


def _renamed(columns: tuple[Column, ...], **names: str) -> tuple[Column, ...]:
    """Some of the columns, in the order of `names`, each under the heading of the page."""
    known = {one.name: one for one in columns}
    return tuple(Column(head, known[key].meaning, known[key].unit, known[key].of) for key, head in names.items())


FIT_HEADS = {
    "id": "id",
    "statistic": "statistic",
    "observed": "observed",
    "low": "5%",
    "middle": "50%",
    "high": "95%",
    "prior_low": "prior 5%",
    "prior_high": "prior 95%",
    "inside": "inside",
    "chance": "as far out or further",
    "prior_chance": "under the prior",
    "score": "log score",
    "prior_score": "prior's log score",
    "gain": "gain",
    "narrowed": "narrower than prior by",
}
PER_ERROR = "standard deviations of the prior for a standard error"
MOVES = (
    Column("parameter", "name of the parameter"),
    Column("part", "free, or carried along"),
    Column("figure that moves it most", "id of the published figure"),
    Column("prior sds per standard error of it", "how far the mean moves with that figure", PER_ERROR),
    Column("then", "the next figure, and what it does; none where it does nothing"),
    Column("all figures together", "root of the sum of squares over all figures", PER_ERROR),
)
GAINED = Column("gain", "log score under the posterior, less that under the prior", "log density")
FIT_TABLE = _renamed((*FIT, GAINED), **FIT_HEADS)
DIAGNOSTICS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "summary": ("the verdicts", (Column("question", "what is asked"), Column("answer", "the answer, in words"))),
    "parameters": (
        "a row for each parameter that was fitted",
        (
            Column("parameter", "name of the parameter"),
            Column("unit", "its unit"),
            Column("grade", "grade of its prior"),
            Column("part", "free, or carried along"),
            Column("default", "value where nothing is drawn", UNITS),
            *_renamed(
                PARAMETER,
                prior_sd="prior sd",
                mean="mean",
                sd="sd",
                low="5%",
                median="50%",
                high="95%",
                shift="moved, in prior sds",
                shift_error="its error",
                contraction="contraction",
                told_low="from",
                told_high="to",
                verdict="verdict",
            ),
        ),
    ),
    "moves": ("a row for each parameter: which figure moves it, by straight-line sums over the prior", MOVES),
    "pairs": (
        "a row for each pair of parameters, the closest first",
        (
            Column("one", "name of a parameter"),
            Column("other", "name of another"),
            Column("correlation", "of their posterior, at normal scores", "correlation"),
        ),
    ),
    "outputs": (
        "a row for each output",
        _renamed(
            INFORMED,
            name="output",
            prior_sd="prior sd",
            sd="sd",
            low="5%",
            middle="50%",
            high="95%",
            narrowed="narrowed",
            judgement="on judgement",
            verdict="verdict",
        ),
    ),
    "targets": ("a row for each figure that was fitted", FIT_TABLE),
    "validation": ("a row for each figure that was held back", FIT_TABLE),
    "left-out": (
        "a row for each target, predicted from the others",
        _renamed(
            LEFT_OUT,
            id="id",
            observed="observed",
            low="5%",
            middle="50%",
            high="95%",
            inside="inside",
            miss="standard deviations off",
            gain="gain in log score over the prior",
            parameter="moves most",
            moved="by posterior sds",
        ),
    ),
    "emulator": (
        "a row for each wave and target: the emulator on runs that it was not fitted to",
        (
            Column("wave", "number of the wave, from 1", "number"),
            *_renamed(
                GATE,
                name="target",
                kind="surface",
                points="held-out points",
                spread="spread of misses (1 is right)",
                covered="inside 95%",
                q2="Q2",
                squared_error="squared error",
                noise="noise of a run",
                passed="passed",
                why="why",
            ),
        ),
    ),
    "distance": (
        "a row for each target: the emulator at draws of the posterior",
        _renamed(
            DISTANCE,
            id="target",
            shift="mean of misses (0 is right)",
            spread="spread of misses (1 is right)",
            near="near",
            q2="Q2",
        ),
    ),
    "waves": (
        "a row for each wave",
        (
            Column("wave", "number of the wave, from 1", "number"),
            Column("points", "points that were run", "number"),
            Column("runs", "runs of the model at these points; some are run several times", "number"),
            *_renamed(
                WAVE,
                share_of_prior="share of the prior left before it",
                emulator_share="emulator's share of a variance, at most",
            ),
        ),
    ),
    "sampling": (
        "a row for each step from prior to posterior",
        (
            Column("stage", "number of the step, from 1", "number"),
            *_renamed(
                STAGE,
                power="power",
                effective="effective particles",
                accepted="accepted",
                moves="moves",
                remembered="memory of the start, at most",
            ),
        ),
    ),
    "next": (
        "with [[next]] in the plan, a row for each study that could be made and each output",
        _renamed(
            NEXT,
            what="study",
            answer="output",
            narrows="narrows it by",
            low="from",
            high="to",
            floor="floor",
            price_gbp="price, GBP",
        ),
    ),
    "ranks": (
        "with --sbc, a row for each parameter: data made from known values",
        (
            Column("parameter", "name of the parameter"),
            Column("50% intervals held it", "data sets whose 50% interval held the true value", "share", "data sets"),
            Column("90% intervals held it", "data sets whose 90% interval held the true value", "share", "data sets"),
            Column("error of that share", "its standard error, where all is right", "share", "data sets"),
            Column("values outside the band", "ranks at which the curve leaves its 95% band", "number"),
            *(
                Column(f"ranks {10 * k} to {10 * k + 9}", "data sets with such a rank of the true value", "data sets")
                for k in range(10)
            ),
        ),
    ),
    "second-opinion": (
        "with --second-opinion, a row for each parameter",
        (
            Column("parameter", "name of the parameter"),
            Column("mean", "mean of the posterior", UNITS),
            Column("pyABC's mean", "the other library's mean", UNITS),
            Column("sd", "standard deviation of the posterior", UNITS),
            Column("pyABC's sd", "the other library's standard deviation", UNITS),
            Column("means apart, in sds", "how far the two means are apart", "standard deviations of the posterior"),
            Column("pyABC's sd over ours", "the other library's standard deviation over ours", "ratio"),
            Column("agrees", "whether that is near enough", "true or false"),
        ),
    ),
}
"""Of each CSV, by its name: what it holds, and its columns."""


def written() -> tuple[Written, ...]:
    """The JSON document and the CSVs."""
    said = "what a calibration found: every check, numbers in full"
    files = (
        Written(f"diagnostics/{name}.csv of peerscale calibrate", what, columns)
        for name, (what, columns) in DIAGNOSTICS.items()
    )
    return (Written("peerscale calibrate --json", said, SAID), *files)
