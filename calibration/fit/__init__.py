"""The calibrator: it takes any simulator as a function and knows nothing of the model."""
