"""From TOML and CSV to scenarios, areas and inventories, checked."""
