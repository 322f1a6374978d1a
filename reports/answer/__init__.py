"""England's answer: made from a recorded run, for the README and for `docs/answer.md`."""
