from __future__ import annotations

from taizhang.desk.chart import COLOURS, bar, stages_of


def test_the_parts_of_a_bar_follow_each_other_and_the_longest_bar_is_all_of_the_width() -> None:
    stages = stages_of(["待签收", "整改中", "待核查"])
    longest = bar(stages, [2, 5, 1], 8)
    assert [(part.n, part.begins, part.length) for part in longest] == [
        (2, "0.00", "25.00"),
        (5, "25.00", "62.50"),
        (1, "87.50", "12.50"),
    ]
    assert [(part.begins, part.length) for part in bar(stages, [0, 4, 0], 8)] == [("0.00", "50.00")]


def test_a_stage_in_which_nothing_stands_has_no_part_and_the_others_keep_their_colours() -> None:
    stages = stages_of(["待签收", "整改中", "待核查"])
    assert [part.stage.label for part in bar(stages, [1, 0, 1], 2)] == ["待签收", "待核查"]
    assert [part.stage.colour for part in bar(stages, [1, 0, 1], 2)] == [1, 3]


def test_more_stages_than_colours_begin_again_with_the_first() -> None:
    assert [stage.colour for stage in stages_of("甲" * (COLOURS + 1))][-2:] == [COLOURS, 1]
