"""Why two reports of one flow differ: the gap, cause by cause."""
