"""One connector a publisher: from the publisher's own files to canonical rows."""
