"""The Python API: generous at the door, strict inside. Every command is one of its functions."""
