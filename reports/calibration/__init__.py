"""A calibration as pages, pictures and files."""
