"""Every column of an atlas: meaning, unit, what it is counted over."""

from __future__ import annotations

from reports.tables.described import Column, Written, within
from reports.tables.kept import FOLLOWS, SEALED
from scenarios.questions.atlas.folder import TABLES
from scenarios.questions.atlas.reads import SHOWN
from sim.results.outcomes import BY_NAME

WANTS, POUNDS, ADULTS = "points", "GBP (2024/25) a year", "adults"
AREA = (Column("area", "code of the area; all for all areas together"), Column("name", "its name"))
SPAN = (
    Column("median", "median over worlds", "the outcome's; shares as points of 100"),
    Column("low", "5% of worlds lie below; empty with fewer than five worlds", "the outcome's"),
    Column("high", "5% of worlds lie above", "the outcome's"),
)
OF_100 = tuple(Column(one.name, one.meaning, WANTS, "100 wants") for one in SPAN)
WORLDS = Column("worlds", "worlds that have a value", "worlds")
POLICY = (
    Column("pounds", "spent under it, mean over worlds", POUNDS, ADULTS),
    Column("pounds_more", "the same less today's in the same worlds", POUNDS, ADULTS),
    Column("million_more", "that for all adults of the area", "million GBP (2024/25) a year"),
    Column("volunteers", "people who volunteer at the end, in the whole area", "people"),
    Column("posts", "full-time posts of paid peer workers at the end", "posts"),
    Column("coordinators", "full-time posts of coordinators at the end", "posts"),
    Column("link_workers", "link workers under it", "people"),
    Column("places", "places at the end", "places"),
)
HEADLINES = (
    *AREA,
    Column("adults", "adults who live there", ADULTS),
    Column("simulated", "adults simulated in a world", ADULTS),
    Column("outcome", "name of the outcome; all_levers: available with every lever at its best end"),
    *SPAN,
    WORLDS,
    Column("less_mean", "median of the area's level less the mean of all areas, in the same worlds", "the outcome's"),
    Column("less_mean_low", "the same, 5% of worlds lie below", "the outcome's"),
    Column("less_mean_high", "the same, 5% of worlds lie above", "the outcome's"),
    Column("tier", "areas whose ranges of less_mean overlap share a tier; 1 has the highest figures", "number"),
)
LADDER = (
    *AREA,
    Column("headline", "available or had_in_time"),
    Column("who", "everyone, or the worst-off group"),
    Column("step", "today, the five steps, rest; all_levers: the level with every lever at its best end"),
    Column("gain", "level of today, gain of a step, or what is left; they add up to 100", WANTS, "100 wants"),
    *OF_100[1:],
    WORLDS,
    Column("reachable", "what levers within their bounds reach of it", WANTS, "100 wants"),
    Column("beyond", "what no lever reaches of it", WANTS, "100 wants"),
    Column("pounds", "what its levers cost", POUNDS, ADULTS),
)
POLICIES = (
    *AREA,
    Column("policy", "name of the candidate"),
    Column("title", "its title"),
    Column("verdict", "certified, rejected (ruled out) or open (neither)"),
    Column("met", "fresh worlds that met the goal", "worlds"),
    Column("worlds", "fresh worlds that were run", "worlds"),
    Column("share_low", "the share of worlds that meet the goal is at least this", "share"),
    Column("share_high", "and at most this", "share"),
    Column("level", "the goal's outcome, median over worlds", WANTS, "100 wants"),
    Column("level_low", "the same, 5% of worlds lie below", WANTS, "100 wants"),
    Column("level_high", "the same, 5% of worlds lie above", WANTS, "100 wants"),
    *POLICY,
    Column("shown", "whether it is the cheapest certified one, or without any the nearest", "true or false"),
)
LEFT_OUT = (
    *AREA,
    Column("kind", "gate, or the kind of group"),
    Column("what", "the gate at which wants stop; least or most of a kind of group"),
    Column("words", "the same in words, or the group"),
    Column("median", "wants that stop there, or what is available to the group; over worlds", WANTS, "100 wants"),
    *OF_100[1:],
)
AREAS = (
    *AREA,
    Column("region", "its region"),
    Column("adults", "adults who live there", ADULTS),
    *(Column(name, f"{BY_NAME[name].lower}, median over worlds", "as in headlines") for name in SHOWN),
    Column(
        "all_levers",
        "available with every lever at its best end, of the sample, median over worlds",
        WANTS,
        "100 wants",
    ),
    Column("all_levers_pounds", "what those levers cost", POUNDS, ADULTS),
    Column("largest_step", "the step of the ladder with the largest gain"),
    Column(
        "stopping_step",
        "the step with most that no lever reaches, rest among them, on the ladder of the goal's outcome; empty where it has none",
    ),
    Column("policy", "the cheapest certified candidate; without any, the nearest"),
    Column("policy_verdict", "its verdict"),
    *(Column(f"policy_{one.name}", f"of that policy: {one.meaning}", one.unit, one.of) for one in POLICY),
    Column("least_group", "the group with least available, of those with enough wants"),
    Column("least_level", "what is available to it, median over worlds", WANTS, "100 wants"),
)
COLUMNS = dict(zip(TABLES, (AREAS, HEADLINES, LADDER, POLICIES, LEFT_OUT), strict=True))
WHAT = {
    "areas": "a row for each area: what the map and its tables show",
    "headlines": "a row for each outcome and area, and all areas together",
    "ladder": "a row for each area, headline, group and step",
    "policies": "a row for each area and candidate",
    "left_out": "a row for each area and gate, and for the groups that have least and most",
}
MANIFEST = (
    Column("format", "name of the folder's format"),
    Column("version", "version of that format", "number"),
    Column("peerscale", "version of the software"),
    Column("model", "version of the model", "number"),
    Column("atlas_id", "checksum of the identity, cut short"),
    *within("identity.", FOLLOWS),
    Column(
        "identity.sample_<setting>", "a setting of ladders and certificates, where it differs from that of headlines"
    ),
    Column("identity.policy.<key>", "the policy of today"),
    Column("identity.goal.<key>", "the goal, as in its file"),
    Column("identity.candidates[].<key>", "a candidate, as under candidates"),
    Column("identity.looks[]", "fresh worlds after which candidates are looked at", "worlds"),
    Column("identity.all_adults", "whether headlines are of every adult", "true or false"),
    Column("identity.own", "checksum of the code of ladders and certificates"),
    Column("policy", "title of the policy of today"),
    Column("together", "what all areas together are called"),
    Column("status", "what the levels rest on, in words"),
    Column("samples", "how many people of how many each part took, in words"),
    Column("all_adults", "whether headlines are of every adult", "true or false"),
    Column("worlds", "worlds of headlines and ladders", "worlds"),
    Column("years", "years reported", "years"),
    Column("goal.<key>", "the goal, as in its file"),
    Column("candidates[].name", "name of a candidate"),
    Column("candidates[].title", "its title"),
    Column("candidates[].levers.<lever>", "value of a lever under it, the position of a choice's word", "the lever's"),
    Column("candidates_from", "where the candidates come from, in words"),
    Column("fresh", "fresh worlds of a candidate at most", "worlds"),
    Column("wrong_at_most", "chance to certify any candidate of an area wrongly", "share"),
    Column("tiers", "how tiers are made, in words"),
    Column("files.<file>", "checksum of a file"),
    SEALED,
)
SAYS = (
    Column("folder", "folder of the atlas"),
    Column("page", "its page"),
    *(Column(f"areas[].{one.name}", one.meaning, one.unit, one.of) for one in AREAS),
    *(one for one in MANIFEST if one.name in ("atlas_id", "model", "policy", "status", "samples", "goal.<key>")),
)
WRITTEN = (
    *(Written(f"{name}.csv and .parquet of peerscale atlas", WHAT[name], COLUMNS[name]) for name in TABLES),
    Written("manifest.json of peerscale atlas", "what the atlas follows from, and checksums", MANIFEST),
    Written("peerscale atlas --json", "the table of areas", SAYS),
)
