"""The rulebook: pure functions of one person's, body's or payer's numbers. Only + - * /, floor, min, max and comparisons,
so that plain Python (for an agent) and machine code (for the fast engine) give the same bits. Imports neither engine."""
