"""Vocabulary shared by every layer: errors, provenance, schemas, findings."""
