from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.terminal import Terminal


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_without_a_site_nothing_is_made_and_the_cure_is_named(empty: Terminal) -> None:
    said = empty.refused("ledger", "list")
    assert f"taizhang init --data '{empty.data}'" in said.err
    assert said.err.count("There is no site") == 1
    assert not empty.data.exists()


def test_a_refusal_is_an_answer_for_machines_as_well(empty: Terminal) -> None:
    said = empty.refused("ledger", "list", "--json")
    assert set(said.json["refused"]) == {"zh", "en"}


def test_a_second_init_is_refused_without_harm(site: Terminal) -> None:
    before = site.done("ledger", "list", "--json").json
    secret = (site.data / "secret-key").read_bytes()
    assert "已经建立" in site.refused("init", "--site", "另一个").err
    assert site.done("ledger", "list", "--json").json == before
    assert (site.data / "secret-key").read_bytes() == secret


def test_what_init_makes_is_private(site: Terminal) -> None:
    found = modes(site.data)
    assert found["secret-key"] == 0o600
    assert found["postgres"] == 0o700
    assert len((site.data / "secret-key").read_text()) >= 50


def test_a_file_of_units_that_cannot_be_read_leaves_no_site(empty: Terminal, tmp_path: Path) -> None:
    assert "没有这个文件" in empty.refused("init", "--units", str(tmp_path / "无.xlsx")).err
    assert "时区" in empty.refused("init", "--timezone", "Mars/Olympus").err
    assert not (empty.data / "demo-ready").exists()
    assert "还没有建站点" in empty.refused("ledger", "list").err


def test_ledgers_are_listed_with_their_counts(site: Terminal) -> None:
    site.done("ledger", "open", "hazard", "--key", "listed", "--name", "隐患")
    ledger = listed(site)["listed"]
    assert (ledger["name"], ledger["playbook"], ledger["unit"]) == ("隐患", "hazard", "清河县")
    assert (ledger["entries"], ledger["open"], ledger["stages"]) == (0, 0, [])
    assert "问题清单督办" in site.done("ledger", "list").out


def listed(site: Terminal) -> dict[str, Any]:
    return {ledger["key"]: ledger for ledger in site.done("ledger", "list", "--json").json["ledgers"]}


def test_a_ledgers_key_is_taken_once(site: Terminal) -> None:
    said = site.refused("ledger", "open", "problems")
    assert "--key" in said.err
    assert site.run("ledger", "open", "problems", "--key", "大写").code == 2
    assert "没有“无此方案”" in site.refused("ledger", "open", "无此方案").err


def test_units_of_a_sheet_keep_ledgers(rehearsal: Terminal) -> None:
    opened = rehearsal.done("ledger", "open", "hazard", "--unit", "住建局", "--json").json["ledger"]
    assert opened["unit"] == "住建局"
    by_code = rehearsal.done("ledger", "open", "hazard", "--key", "town", "--unit", "320101", "--json").json
    assert by_code["ledger"]["unit"] == "城关镇"
    assert "城关镇" in rehearsal.refused("ledger", "open", "problems", "--unit", "城关真").err


def test_a_playbook_with_a_fault_opens_no_ledger(rehearsal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "playbook.toml").write_text("[playbook]\n", encoding="utf-8")
    said = rehearsal.refused("ledger", "open", str(tmp_path), "--key", "bad")
    assert "playbook.toml:1 playbook.schema" in said.err
    assert "bad" not in rehearsal.done("ledger", "list").out


def test_a_live_site_knows_no_time_but_the_servers(site: Terminal, rehearsal: Terminal) -> None:
    assert "正式站点" in site.refused("ledger", "list", "--now", "2026-01-01").err
    rehearsal.done("ledger", "list", "--now", "2026-01-01")
    rehearsal.done("ledger", "list", "--now", "2026-01-01T09:30+08:00")
    assert rehearsal.run("ledger", "list", "--now", "昨天").code == 2


def test_rebuild_says_how_many_and_changes_no_count(site: Terminal) -> None:
    before = listed(site)
    entries = sum(ledger["entries"] for ledger in before.values())
    assert site.done("rebuild", "--json").json == {"entries": entries}
    assert listed(site) == before


def test_the_doctor_finds_a_sound_site_sound(site: Terminal) -> None:
    found = site.done("doctor", "--json").json
    names = [check["name"] for check in found["checks"]]
    assert names == [
        *("disk", "permissions", "site", "server", "roles", "keys", "clock"),
        *("backup", "restore", "growth", "fonts", "worker"),
    ]
    # A new site has no backup yet, and not every machine has Chinese fonts.
    wanting = {check["name"] for check in found["checks"] if check["state"] != "ok"} - {"fonts"}
    assert found["ok"] and wanting == {"backup", "restore"}


def test_the_doctor_names_what_is_wrong_and_the_cure(rehearsal: Terminal) -> None:
    (rehearsal.data / "secret-key").chmod(0o644)
    keys = rehearsal.data / "keys" / "keys.sqlite3"
    keys.parent.mkdir(exist_ok=True)
    keys.write_bytes(b"no database")
    keys.chmod(0o600)
    try:
        found = rehearsal.refused("doctor", "--json").json
        told = rehearsal.refused("doctor").out
    finally:
        keys.unlink()
        (rehearsal.data / "secret-key").chmod(0o600)
    bad = {check["name"]: check["cure"] for check in found["checks"] if check["state"] == "bad"}
    assert set(bad) == {"permissions", "keys"}
    assert "chmod go=" in bad["permissions"] and "备份" in bad["keys"]
    assert "→" in told
    assert rehearsal.done("doctor").code == 0


def test_the_doctor_works_without_a_site(empty: Terminal) -> None:
    found = empty.refused("doctor", "--json").json
    assert [check["name"] for check in found["checks"]] == ["database"]
    assert not empty.data.exists()


def test_the_doctor_says_what_one_role_for_everything_does_not_enforce(site: Terminal) -> None:
    with site.serving():
        url = owner_url(site)
        checks = site.done("doctor", "--json", DATABASE_URL=url).json["checks"]
    roles = next(check for check in checks if check["name"] == "roles")
    assert roles["state"] == "warn" and "DATABASE_OWNER_URL" in roles["cure"]


def owner_url(site: Terminal) -> str:
    """The owner's URL of the server that runs on the folder: what somebody with one role only would give."""
    from taizhang.postgres import attached

    with attached(site.data) as server:
        return server.url("owner")


def test_an_unexpected_fault_gives_a_number_and_keeps_what_was_said_to_itself(site: Terminal) -> None:
    """A table is damaged behind the program's back; the message quotes a name, which must not be logged."""
    import psycopg

    with site.serving(), psycopg.connect(owner_url(site), autocommit=True) as database:
        database.execute("ALTER TABLE ledger RENAME TO 张三的台账")
        said = site.refused("ledger", "list")
        database.execute("ALTER TABLE 张三的台账 RENAME TO ledger")
    log = (site.data / "log" / "taizhang.log").read_text(encoding="utf-8")
    number = said.err.split("编号 ")[1].split("，")[0]
    assert (
        f" {number} taizhang ledger list\n" in log
        and "UndefinedTable 42P01" in log
        and "cli/ledger.py" in log
    )
    assert "does not exist" not in log and "does not exist" not in said.err
    assert (site.data / "log" / "taizhang.log").stat().st_mode & 0o777 == 0o600


def test_a_database_that_cannot_be_reached_is_named_without_its_password(site: Terminal) -> None:
    said = site.refused("ledger", "list", DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x")
    assert "连不上数据库" in said.err and "127.0.0.1" in said.err and "geheim" not in said.err
    said = site.refused("doctor", DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x")
    assert "连不上数据库" in said.out


def test_a_site_lives_in_any_database_and_its_folder_keeps_the_rest(site: Terminal, empty: Terminal) -> None:
    import psycopg

    with site.serving(), psycopg.connect(owner_url(site), autocommit=True) as database:
        database.execute("CREATE DATABASE elsewhere")
        url = owner_url(site).removesuffix("taizhang") + "elsewhere"
        assert "还没有" in empty.refused("ledger", "list", DATABASE_URL=url).err
        assert not empty.data.exists()
        empty.done("init", "--site", "别处", DATABASE_URL=url)
        empty.done("ledger", "open", "hazard", DATABASE_URL=url)
        assert "别处" in empty.done("ledger", "list", DATABASE_URL=url).out
        assert not (empty.data / "postgres").exists() and (empty.data / "secret-key").exists()
        database.execute("DROP DATABASE elsewhere")


def test_a_sample_site_is_never_made_over_a_real_one(site: Terminal) -> None:
    before = site.done("ledger", "list", "--json").json
    for options in ([], ["--reset"]):
        assert "不是示例站点" in site.refused("demo", "--no-serve", *options).err
    assert site.done("ledger", "list", "--json").json == before
