"""The version of the software and of the model, in one place."""

VERSION = "0.1.0"

MODEL = 2
"""The version of the model. Raised whenever a change alters what a run counts: a posterior of another one is refused."""
FIRST = 1


def edition(model: object) -> str:
    """Which model, in words: of a version as it is written in results and posteriors."""
    return "the first edition of the model" if str(model) == str(FIRST) else "another version of the model"
