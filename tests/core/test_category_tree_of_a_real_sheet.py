"""The tag system of ../shared: 517 rows of three levels, whose names repeat under different parents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from taizhang.core.playbook_infer import Column, draft
from taizhang.core.playbook_text import read_playbook
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.grid import Row

MESSAGES = Path(__file__).parents[2].parent / "shared" / "data" / "messages"


@pytest.mark.skipif(not MESSAGES.exists(), reason="../shared is absent")
def test_the_tag_system_loads_as_a_tree_of_15_118_and_517_nodes() -> None:
    (file,) = MESSAGES.glob("附件1*")
    with open_book(file) as book:
        (sheet,) = [sheet for sheet in book.sheets if not sheet.empty]
        rows = [row.cells for row in sheet.rows() if isinstance(row, Row)]
        columns = [Column(column.label, [str(row[column.index]) for row in rows]) for column in sheet.columns]
    playbook = read_playbook(draft("tags", "标签体系", columns))
    (paths,) = [item.categories for item in playbook.fields if item.kind == "category"]
    depths = Counter(path.count("/") for path in paths)
    assert (depths[0], depths[1], depths[2]) == (15, 118, 517)
    names = {
        depth: {path.rpartition("/")[2] for path in paths if path.count("/") == depth} for depth in (1, 2)
    }
    assert (len(names[1]), len(names[2])) == (103, 390)
