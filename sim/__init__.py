"""The model: parameters, population, rules, two engines, results. Imports nothing above it."""
