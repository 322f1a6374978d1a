"""The readable engine: the same model with agents, on Mesa. It never imports `sim.core`."""
