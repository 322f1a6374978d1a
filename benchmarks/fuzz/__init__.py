"""Inputs made wrong on purpose, thousands of them, and a watch over how the readers answer. `python -m benchmarks.fuzz`"""
