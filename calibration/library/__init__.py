"""Published figures, and what the model says beside each."""
