"""Bytes to values and back. Knows no Django, no database and no rule of the ledger."""
