"""The tables that the model reads, and where they are."""

from pathlib import Path

FOLDER = Path(__file__).parent
