"""Rerouting: what of an origin's goods may reach a destination by way of a hub, and how unusual that is."""
