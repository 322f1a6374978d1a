"""The command line of the peer support simulation. Importing it costs nothing."""

__version__ = "0.1.0"
