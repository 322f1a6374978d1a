"""The atlas as people read it: a map of tiles, tables in the order of a figure, a page for each area; no script runs."""
