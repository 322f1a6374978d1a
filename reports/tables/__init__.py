"""Every column and key that is written: what it means, its unit, and what it is counted over. `docs/tables.md` is made here."""
