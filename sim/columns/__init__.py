"""The state of a world as arrays, and how it begins."""
