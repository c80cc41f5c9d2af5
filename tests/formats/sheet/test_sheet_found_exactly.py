"""A law of the layout: whatever surrounds a generated table, it is found exactly."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.grid import Merge
from tests.formats.sheet.sheet_files import data_of, found, labels_of, skips_of

WORDS = [
    "来源",
    "描述",
    "地点",
    "措施",
    "领导",
    "进展",
    "结果",
    "甲方",
    "水质",
    "户数",
    "拨付",
    "牵引",
    "批次",
    "片区",
    "台账号",
]
PHRASES = [
    "路灯不亮",
    "已派工",
    "城关镇",
    "待核",
    "某甲",
    "东街三号",
    "已与产权单位沟通，等待回复。",
    "否",
    "一般",
]
METAS = [
    ["填报单位：某局"],
    ["填报单位：某局", None, "填报人：某甲"],
    ["填报单位：", "某局", "填报日期：2026年11月21日"],
]
FOOTERS: list[list[Cell]] = [
    ["注：按月报送。"],
    ["填表人：某甲", None, "审核人：某乙"],
    ["说明：", "一式两份"],
    ["合计", None, None, 12],
]
TITLES: list[tuple[str, ...]] = [(), ("某县问题台账",), ("附件2", "某县问题整改台账")]

Path = tuple[str, ...]


@dataclass
class Table:
    rows: list[list[Cell]]
    merges: list[Merge]
    labels: list[str]
    data: list[tuple[Cell, ...]]
    header: range
    titles: tuple[str, ...]


@st.composite
def paths(draw: st.DrawFn) -> list[Path]:
    """Columns as label paths; the first is a number, some stand in groups of two or more, some groups in groups."""
    words = draw(st.permutations(WORDS))
    result: list[Path] = [("序号",)]
    depth = draw(st.integers(1, 3))
    taken = iter(words)
    for group in range(draw(st.integers(2, 4))):
        size = draw(st.integers(2, 3))
        if depth == 1 or draw(st.booleans()):
            result.append((next(taken),))
        elif depth == 2 or size == 2:
            result += [(f"情况{group}", next(taken)) for _ in range(size)]
        else:
            result += [
                (f"情况{group}", "责任", next(taken)),
                (f"情况{group}", "责任", next(taken)),
                (f"情况{group}", next(taken)),
            ]
    return result


def header_cells(columns: list[Path], top: int, merged: bool) -> tuple[list[list[Cell]], list[Merge]]:
    depth = max(map(len, columns))
    rows: list[list[Cell]] = [[None] * len(columns) for _ in range(depth)]
    merges: list[Merge] = []
    for level in range(depth):
        left = 0
        while left < len(columns):
            path, right = columns[left], left
            while (
                right + 1 < len(columns)
                and len(path) > level + 1
                and columns[right + 1][: level + 1] == path[: level + 1]
                and len(columns[right + 1]) > level + 1
            ):
                right += 1
            if level < len(path):
                bottom = depth - 1 if len(path) == level + 1 else level
                rows[level][left] = path[level]
                if (right, bottom) != (left, level):
                    merges.append((top + level, left, top + bottom, right))
            left = right + 1
    return rows, merges if merged else []


CELLS = st.one_of(
    st.none(),
    st.sampled_from(PHRASES),
    st.integers(0, 5000),
    st.floats(0.1, 99).map(lambda value: round(value, 2)),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(paths())
    width = len(columns)
    titles = draw(st.sampled_from(TITLES))
    rows: list[list[Cell]] = [[title] for title in titles]
    merges: list[Merge] = []
    if titles and draw(st.booleans()):
        merges.append((len(titles) - 1, 0, len(titles) - 1, width - 1))
    if draw(st.booleans()):
        rows.append(list(draw(st.sampled_from(METAS))))
    if draw(st.booleans()):
        rows.append([])
    merged = draw(st.booleans())
    top = len(rows)
    header, header_merges = header_cells(columns, top, merged)
    rows += header
    merges += header_merges
    data: list[tuple[Cell, ...]] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        described = draw(st.sampled_from(PHRASES))
        data.append((number, described, *draw(st.lists(CELLS, min_size=width - 2, max_size=width - 2))))
    rows += map(list, data)
    rows += [footer[:width] for footer in draw(st.lists(st.sampled_from(FOOTERS), max_size=3))]
    labels = ["/".join(path) for path in columns]
    return Table(rows, merges, labels, data, range(top + 1, top + 1 + len(header)), titles)


@given(tables())
@settings(max_examples=300, deadline=None)
def test_a_generated_table_is_found_exactly(table: Table) -> None:
    layout, read = found(table.rows, table.merges)
    assert labels_of(layout) == table.labels
    assert layout.titles == table.titles
    assert [row for row, why in skips_of(read) if why == "header"] == list(table.header)
    assert data_of(read) == table.data
    assert len(read) == len(table.rows)
