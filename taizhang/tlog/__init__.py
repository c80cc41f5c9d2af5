"""The log of opaque leaves: RFC 9162 hashing. Knows nothing of entries."""
