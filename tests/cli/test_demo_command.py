"""`taizhang demo` around the sample site: what is kept, what begins anew. Its contents are tests/demo's matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Said, Terminal, environment

# The real command line with a sample site that takes no minute; CUT ends it half way.
SMALL = """
import os, sys, types
from taizhang.cli import main

def prepare(*, progress, language, paper):
    from taizhang.org.founding import found_site
    from taizhang.ledger import ledgers
    from taizhang.org.sites import now
    from taizhang.playbooks import texts_of
    name, tag = {"zh": ("示例市", "zh-Hans"), "en": ("Sample City", "en")}[language]
    site = found_site(name, kind="demo", language=tag, paper=paper or "A4")
    progress("1 / 2")
    if os.environ.get("CUT"):
        raise KeyboardInterrupt
    ledgers.open_ledger(site, texts_of("hazard"), key="hazard", name="", unit_id=1, opened_by=1, now=now(site))

def tell(site, folder):
    from types import SimpleNamespace
    folder.mkdir()
    return SimpleNamespace(sheet=folder / "样表.xlsx", entries=[("2026-1", "标题", "做什么用")])

sys.modules["taizhang.demo.prepare"] = types.SimpleNamespace(prepare=prepare)
sys.modules["taizhang.demo.story"] = types.SimpleNamespace(tell=tell)
sys.exit(main())
"""


class Sample(Terminal):
    def demo(self, *arguments: str, **variables: str) -> Said:
        ended = subprocess.run(
            [sys.executable, "-c", SMALL, "demo", "--no-serve", *arguments],
            env=environment({"TAIZHANG_DATA": str(self.data), **variables}),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Said(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))

    def prepared(self, *arguments: str) -> bool:
        """Run it to a good end; whether it prepared the site."""
        said = self.demo(*arguments)
        assert said.code == 0, said
        return "正在准备示例站点" in said.err


@pytest.fixture(scope="module")
def sample(parent: Path) -> Sample:
    return Sample(parent / "示例 demo")


def test_a_preparation_cut_short_begins_anew_and_a_whole_one_is_kept(sample: Sample) -> None:
    assert sample.demo(CUT="1").code == 130
    assert sample.prepared()
    sample.done("ledger", "open", "problems")
    assert not sample.prepared(), "what was done in it stays"
    assert len(sample.done("ledger", "list", "--json").json["ledgers"]) == 2
    assert sample.prepared("--reset")
    assert len(sample.done("ledger", "list", "--json").json["ledgers"]) == 1


def test_another_language_or_paper_is_not_put_over_what_was_done(sample: Sample) -> None:
    sample.prepared()
    for other in (("--lang", "en"), ("--paper", "Letter")):
        refused = sample.demo(*other)
        assert refused.code == 1
        assert "--reset" in refused.err
    assert sample.demo("--lang", "en", "--paper", "Letter", "--reset", "--json").json["site"] == "Sample City"
    sample.prepared("--reset")


def test_the_story_is_told_once_and_again_after_a_reset(sample: Sample) -> None:
    def is_told(*arguments: str) -> bool:
        return "演示故事已备好" in sample.demo(*arguments).err

    assert [is_told(), is_told("--story"), is_told("--story"), is_told()] == [False, True, False, False]
    assert is_told("--reset"), "a reset returns to where the story begins"


def test_it_prints_the_briefing_of_every_ledger(sample: Sample) -> None:
    sample.prepared()
    assert "安全生产隐患排查治理" in sample.demo().out
    answer = sample.demo("--json").json
    assert answer["site"] == "示例市"
    assert [briefing["ledger"]["key"] for briefing in answer["briefings"]] == ["hazard"]


def test_a_sample_site_in_use_is_not_removed(sample: Sample) -> None:
    sample.prepared()
    with sample.serving():
        assert "请先停止" in sample.demo("--reset").err
        assert sample.done("ledger", "list", "--json", "--now", "2026-01-01").json["ledgers"]
