from __future__ import annotations

from taizhang.desk.board_lines import Figure, Line, rows

NOTHING = Figure(0, "?unit=7&counted=1&stage=open")


def test_a_name_is_a_text_and_a_number_opens_its_rows() -> None:
    line = Line(
        "<b>甲县&乙", "?unit=7", NOTHING, Figure(3, "?unit=7&counted=1"), (Figure(3, "?unit=7&stage=done"),)
    )
    assert rows([line], "/ledgers/a/") == (
        '<tr><th scope="row"><a href="?unit=7">&lt;b&gt;甲县&amp;乙</a></th>'
        '<td><span class="zero">0</span></td>'
        '<td><a href="/ledgers/a/?unit=7&amp;counted=1">3</a></td>'
        '<td><a href="/ledgers/a/?unit=7&amp;stage=done">3</a></td></tr>\n'
    )


def test_a_unit_without_parts_is_no_link() -> None:
    assert '<th scope="row">甲镇</th>' in rows([Line("甲镇", "", NOTHING, NOTHING, ())], "/")
