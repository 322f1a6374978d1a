"""The rulebook: pure functions of scalars or arrays. Only + - * /, min, max and comparisons, so that
one person's value and a whole array give the same bits. Imports neither engine."""
