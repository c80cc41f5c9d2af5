"""Taizhang (台账): the ledger of a local office, from registration to striking off and looking back."""

# The one place the version is written: the build reads it from here, and a test holds the newest
# heading of CHANGELOG.md to it.
__version__ = "0.1.0"
