"""One figure from two reports: how far reporters err, what weight each report deserves, what follows."""
