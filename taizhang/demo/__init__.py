"""示例: a fictional prefecture with a year of entries, made through the same doors as real ones.

`prepare` founds the site and lives the year. Names and words are in `prefecture.toml`, and
`plans/<playbook>.toml` says what is written on a ledger and which ways its entries take.
"""
