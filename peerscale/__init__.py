"""The command line of the peer support simulation. Importing it costs nothing."""
