"""The fast engine: the model over arrays, many worlds in one batch."""
