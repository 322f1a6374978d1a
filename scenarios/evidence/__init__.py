"""The model set beside published figures: calibration plans, runs and outputs."""
