"""Articles to claims, and claims to verdicts: every trade number in a text, found, read and judged."""
