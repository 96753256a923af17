"""Arrays in, frozen results out: what a tariff or a trade cost does."""
