"""Structural gravity: estimation, multilateral resistances, general equilibrium of trade costs."""
