"""The version of the software, in one place."""

VERSION = "0.1.0"
