"""khorgos: an open observatory for trade under stress."""

from khorgos.core.version import __version__

__all__ = ["__version__"]
