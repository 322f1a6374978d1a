"""Building the tables of people from published statistics."""
