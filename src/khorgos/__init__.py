"""khorgos: an open observatory for trade under stress."""

__version__ = "0.1.0"
