"""The case to a commissioner as a page: its sections, pictures and doubts."""
