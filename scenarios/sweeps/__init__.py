"""Sweeps: what is varied, the points of a design, thousands of runs as one table, and results that lie about."""
