"""Results to a page as data, and from there to terminal, HTML, PNG, CSV and JSON."""
