"""The version of the software, in one place."""

VERSION = "0.1.0"

MODEL = 1
"""The version of the model. Raised whenever a change alters what a run counts: a posterior of another one is refused."""
