"""Scenarios: which policy is asked about, as TOML files on top of today's policy.

Importing the package costs nothing: `scenarios.reading.files` lists and finds without pydantic,
`scenarios.reading.load` checks, resolves, compares and writes.
"""
