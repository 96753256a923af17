"""The measures as statements: pure functions from relations to relations, for any engine."""
