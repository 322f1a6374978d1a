"""What the answer to a question looks like: in words, as a table, and for machines. One module a command."""
