"""The version of khorgos, in one place."""

__version__ = "0.1.0"
