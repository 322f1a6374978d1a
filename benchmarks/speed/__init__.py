"""Speed of the fast engine now against a commit of before: `python -m benchmarks.speed`."""
