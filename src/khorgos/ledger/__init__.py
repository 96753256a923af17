"""The one place where rows are kept, and the one place where the query engine lives."""
