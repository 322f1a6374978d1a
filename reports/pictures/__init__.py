"""Pictures for `--plot` and beside answers: one module a command. Only `reports` draws with matplotlib."""
