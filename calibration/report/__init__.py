"""What a calibration found, as tables and numbers."""
