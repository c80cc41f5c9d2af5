"""Writing one chunk while the next is being decided: the database and the program each have a core."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from taizhang.ledger.database import raw_connection
from taizhang.ledger.statement import Statement


class Writer:
    """Executes statements in their order, the last one possibly still under way.

    Leaving waits for it, and so does `settle`; a failed statement raises there. A single chunk is
    written at once, without a thread.
    """

    def __init__(self, *, ahead: bool) -> None:
        self._connection = raw_connection()
        self._threads = ThreadPoolExecutor(1, "ledger-writer") if ahead else None
        self._pending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown()
        if error is None or self._has_failed():
            # What went wrong after a failed statement went wrong because of it.
            self.settle()

    def _has_failed(self) -> bool:
        return self._pending is not None and self._pending.exception() is not None

    def write(self, statement: Statement) -> None:
        self.settle()
        if self._threads is None:
            statement.execute(self._connection)
        else:
            self._pending = self._threads.submit(statement.execute, self._connection)

    def settle(self) -> None:
        """Wait until everything handed over is written; needed before reading what it wrote."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()
