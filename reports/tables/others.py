"""What `calibrate`, `case`, `pilot`, `journey` and the golden runs write, column by column."""

from __future__ import annotations

from reports.tables.described import Column, Written, within

OUTPUT = (
    Column("name", "name of the outcome or statistic"),
    Column("prior_sd", "standard deviation over worlds, parameters from their priors", "the output's"),
    Column("sd", "standard deviation over worlds, parameters from the posterior", "the output's"),
    Column("prior_low", "5% of worlds under the priors lie below", "the output's"),
    Column("prior_middle", "median of worlds under the priors", "the output's"),
    Column("prior_high", "5% of worlds under the priors lie above", "the output's"),
    Column("low", "5% of worlds under the posterior lie below", "the output's"),
    Column("middle", "median of worlds under the posterior", "the output's"),
    Column("middle_error", "Monte Carlo error of the median", "the output's"),
    Column("high", "5% of worlds under the posterior lie above", "the output's"),
    Column("narrowed", "the share by which the standard deviation fell", "share", "prior_sd"),
    Column("narrowed_low", "5% of resamples narrow less", "share", "prior_sd"),
    Column("narrowed_high", "5% of resamples narrow more", "share", "prior_sd"),
    Column("narrowed_surely", "what 95% of resamples narrow at least", "share", "prior_sd"),
    Column("shift", "how far the median moved", "standard deviations under the priors"),
    Column("shift_low", "5% of resamples move less", "standard deviations under the priors"),
    Column("shift_high", "5% of resamples move more", "standard deviations under the priors"),
    Column("judgement", "rests on parameters graded judgement", "share", "variance that parameters explain"),
    Column("explained", "variance that parameters explain; the rest is luck", "share", "variance over worlds"),
    Column("finding", "whether evidence narrowed it enough to call it a finding", "true or false"),
    Column("verdict", "the same in words"),
)
FIT = (
    Column("id", "id of the published figure"),
    Column("statistic", "name of the statistic that is set beside it"),
    Column("role", "target: fitted; validation: held back"),
    Column("observed", "the published value", "the statistic's"),
    Column("low", "posterior prediction, 5% lie below", "the statistic's"),
    Column("middle", "posterior prediction, median", "the statistic's"),
    Column("high", "posterior prediction, 5% lie above", "the statistic's"),
    Column("prior_low", "prior prediction, 5% lie below", "the statistic's"),
    Column("prior_high", "prior prediction, 5% lie above", "the statistic's"),
    Column(
        "inside",
        "whether the published value lies between low and high; of a bound, whether a tenth of the predictions lie on its side",
        "true or false",
    ),
    Column("below", "posterior predictions below the published value", "share", "predictions"),
    Column("chance", "how often a prediction is at least as far out; of a bound, on its side", "share", "predictions"),
    Column("prior_chance", "how often a prediction under the prior is at least as far out", "share", "predictions"),
    Column("score", "log score of the published value under the posterior", "log density"),
    Column("prior_score", "log score of the published value under the prior", "log density"),
    Column("narrowed", "1 less the interval's width over the prior's", "share", "the prior's width"),
    Column("bound", "lower: the source says at least; upper: at most; empty: the figure itself"),
)
PLANNED = (
    Column("plan", "name of the plan"),
    Column("plan_sha256", "checksum of the plan"),
    Column("version", "version of the model that was fitted"),
)
LOOKED_AT = (
    Column("policy", "name of the scenario that the outputs were looked at under"),
    Column("areas[]", "codes of the areas"),
    Column("people", "adults in all of them together; of fewer no level is a finding", "adults"),
)
POSTERIOR = (
    *PLANNED,
    Column("format", "name of the file's format"),
    Column("parameters[]", "names of the parameters that were fitted"),
    Column("units[]", "their units, in the same order"),
    Column("draws", "rows of posterior.parquet", "number"),
    Column("draws_hash", "checksum of posterior.parquet"),
    Column("plan_hash", "checksum of all that the draws follow from"),
    Column("hashes.<what>", "checksums of priors, targets and settings"),
    Column("refused_targets[]", "targets that were not fitted, for their emulator did not pass"),
    Column("widened_targets[]", "targets that were fitted with a wider error, for their emulator did not pass"),
    Column("seed", "seed of the calibration", "number"),
)
SECTIONS = (
    Column("sections[].key", "name of the section"),
    Column("sections[].title", "its title"),
    Column("sections[].sentences[]", "what it says, in words"),
    Column("sections[].columns[]", "heads of its table, with units"),
    Column("sections[].rows[][]", "cells of its table, as text"),
    Column("sections[].caption", "what its picture shows, in words"),
)
BOARD = (
    Column("board[].key", "name of a section of the board's page"),
    Column("board[].title", "its title"),
    Column("board[].sentences[]", "what it says, in words"),
    Column("board[].columns[]", "heads of its table"),
    Column("board[].rows[][]", "cells of its table, as text"),
    Column("board[].caption", "none: the board's page has no picture"),
)
POWER = (
    Column("measure", "what is counted in each place: started, net, worse, waiting, used, spent"),
    Column("effect", "true difference between the two policies", "the measure's"),
    Column("detected", "told apart in the true direction, mean over draws", "share", "simulated pilots"),
    Column("draws_detected", "draws in which that is at least 80%", "draws"),
    Column("draws", "draws of the parameters", "draws"),
    Column("wrong", "told apart in the wrong direction", "share", "simulated pilots"),
    Column("false_alarm", "told apart though both arms have one policy", "share", "simulated pilots"),
)
SIZE = (
    Column("places", "places in each arm", "places"),
    Column("detected", "people better off less those worse off: told apart", "share", "simulated pilots"),
    Column("extra_gbp", "extra spending of the pilot", "GBP (2024/25)"),
    Column("worth_gbp", "what its result is worth for this area's decision; null with too few draws", "GBP (2024/25)"),
)


def written() -> tuple[Written, ...]:
    """Documents and tables of the commands that are left."""
    return (*_calibrate(), *_worth(), *_small())


def _calibrate() -> tuple[Written, ...]:
    draws = (
        Column("draw", "number of the draw, from 1", "number"),
        Column("weight", "weight of the draw; they add up to 1", "share", "all draws"),
        Column("<parameter>", "a column for each parameter that was fitted", "the parameter's"),
    )
    return (
        Written("posterior.json of peerscale calibrate", "what the draws follow from", POSTERIOR),
        Written("posterior.parquet of peerscale calibrate", "a row for each draw of the posterior", draws),
        Written(
            "outputs.json of peerscale calibrate",
            "what evidence did for each output",
            (*PLANNED, *within("looked_at.", LOOKED_AT), *within("outputs[].", OUTPUT)),
        ),
        Written(
            "fit.json of peerscale calibrate",
            "each published figure beside what the fitted model says",
            (*PLANNED, *within("fits[].", FIT)),
        ),
    )


def _worth() -> tuple[Written, ...]:
    about = (
        Column("title", "title of the page"),
        Column("page", "where the page was written"),
        Column("lead[]", "what the page says first, in words"),
    )
    pilot = (
        Column("sample", "what was simulated, in words"),
        Column("places", "places in each arm", "places"),
        Column("months", "months of the pilot", "months"),
        *within("power[].", POWER),
        *within("sizes[].", SIZE),
        *within("smallest_worth_running.", SIZE),
        Column("caveat", "what a real pilot has that this has not, in words"),
    )
    return (
        Written(
            "peerscale case --json",
            "the page's sections for machines, without the pictures",
            (*about, *SECTIONS, *BOARD),
        ),
        Written("peerscale pilot --json", "power of a pilot, and the smallest that is worth its spending", pilot),
    )


def _small() -> tuple[Written, ...]:
    journey = (
        Column("<scenario>[].week", "week since the policy began; before it, negative", "weeks"),
        Column("<scenario>[].event", "what happens to the person, in words"),
    )
    golden = (
        Column("when", "weeks of the quarter, or cascade", "weeks since the policy began"),
        Column("what", "a column of weekly.parquet; in the cascade, of wants.parquet"),
        Column("value", "a stock at the quarter's end, or a sum over it; areas and worlds together", "the column's"),
    )
    return (
        Written("peerscale journey --json", "one person's weeks under each policy", journey),
        Written("tests/golden/*.csv", "small runs that tests hold to the last digit", golden),
    )
