"""Partial equilibrium: one product at a time, its markets or one importer's."""
