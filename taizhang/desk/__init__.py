"""The staff's door: pages drawn by the server. It owns no table and writes through `ledger.handle` alone."""
