"""The server around Solara: who may come in, what may be asked of it, and how much."""
