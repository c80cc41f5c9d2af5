"""The ledger's tables. Columns and indexes only; rules live in `core`, writing in `store`.

Every primary and unique key leads with `site_id`, and no foreign key points at these tables, so
that they can be distributed as they stand. Outside this package the models are for reading.
"""

from taizhang.ledger.models.projections import (
    CellDay,
    CellDelta,
    CellNow,
    CellSnapshot,
    EntryParty,
    EntryRow,
    EntrySearch,
    Stay,
)
from taizhang.ledger.models.record import (
    Call,
    Category,
    Event,
    Evidence,
    Follower,
    Leaf,
    Ledger,
    NumberBlock,
    NumberCounter,
    Opening,
    Outbox,
    PlaybookVersion,
    Sealed,
    SheetColumns,
)

__all__ = [
    "Call",
    "Category",
    "CellDay",
    "CellDelta",
    "CellNow",
    "CellSnapshot",
    "EntryParty",
    "EntryRow",
    "EntrySearch",
    "Event",
    "Evidence",
    "Follower",
    "Leaf",
    "Ledger",
    "NumberBlock",
    "NumberCounter",
    "Opening",
    "Outbox",
    "PlaybookVersion",
    "Sealed",
    "SheetColumns",
    "Stay",
]
