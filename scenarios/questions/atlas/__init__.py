"""The atlas: areas side by side, each with today's headlines, the ladder, the cheapest certified policy, and who is left out."""
