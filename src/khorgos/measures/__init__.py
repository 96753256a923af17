"""Tables in, `Measured` out: everything that articles on trade state."""
