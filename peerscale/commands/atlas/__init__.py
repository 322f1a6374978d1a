"""`atlas`: areas side by side."""
