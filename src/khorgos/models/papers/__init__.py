"""Published tables, computed again cell by cell: pure functions from a paper's inputs to cells."""
