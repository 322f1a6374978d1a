"""What a result looks like, said once for terminal, file and browser."""
