"""The parts of the brief: what is asked of the measures, and the sections made from it."""
