"""What lies on the disk: crashes, damage, other tokens and processes."""

import os
from pathlib import Path

import pytest
from conftest import Lab, spool, states
from unruly import Unruly, forward, reset

from opsdb import OpsClient, spool_command
from opsdb._config import Site
from opsdb.spool import Spool


def test_a_token_that_adopts_its_own_spool_loses_nothing(
    hasty: OpsClient, unruly: Unruly, lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unruly.always = reset
    with hasty.observation(1) as obs:
        pass
    unruly.always = forward
    monkeypatch.setenv("OPS_API_URL", unruly.url)
    monkeypatch.setenv("OPS_API_TOKEN", lab.site["token"])
    assert spool_command.main(["adopt", str(spool().directory)]) == spool_command.USAGE
    assert "opsdb-spool flush" in capsys.readouterr().err
    assert hasty.flush() == 0
    hasty.wait(obs)
    assert states(lab, obs.id) == [[obs.id, "completed"]]


def test_a_spool_is_adopted_by_the_name_that_the_list_shows(
    hasty: OpsClient,
    unruly: Unruly,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    strange = spool()
    assert spool_command.main(["list"]) == spool_command.WAITING
    name = capsys.readouterr().out.split()[0]
    monkeypatch.setenv("OPS_API_URL", unruly.url)
    monkeypatch.setenv("OPS_API_TOKEN", "another")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert spool_command.main(["adopt", name]) == spool_command.OK
    assert strange.pending() == []
    assert len(Spool.of(Site(unruly.url, "another")).pending()) == 2
    assert spool_command.main(["adopt", "nothing"]) == spool_command.USAGE
    assert "there is no spool nothing" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_a_line_that_a_crash_has_torn_was_never_promised(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    with hasty.observation(1) as first:
        pass
    log = spool().directory / "log.jsonl"
    with log.open("ab") as file:
        file.write(b'{"key": "torn", "operation": "startExec')
    with hasty.observation(1) as second:
        pass
    assert len(spool().pending()) == 4
    unruly.always = forward
    assert hasty.flush() == 0
    hasty.wait(first, "committed")
    hasty.wait(second, "committed")
    assert log.read_bytes() == b""
    assert len(states(lab, first.id, second.id)) == 2


def test_a_damaged_line_is_never_thrown_away(hasty: OpsClient, unruly: Unruly) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    folder = spool().directory
    with (folder / "log.jsonl").open("ab") as file:
        file.write(b"\0\0\0\n")
    unruly.always = forward
    assert hasty.flush() == 0
    (damaged,) = folder.glob("damaged-*.jsonl")
    assert b"\0\0\0\n" in damaged.read_bytes()


def test_nor_is_a_damaged_line_of_what_was_refused(hasty: OpsClient, unruly: Unruly) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    start, finish = spool().pending()
    spool().set_aside(start, refusal={"status": 422, "title": "no"})
    with (spool().directory / "refused.jsonl").open("ab") as file:
        file.write(b"\0\0\0\n")
    spool().set_aside(finish, behind=start.key)
    assert spool().discard([start.key]) == 2
    (damaged,) = spool().directory.glob("damaged-*.jsonl")
    assert b"\0\0\0\n" in damaged.read_bytes()


def test_a_child_that_was_forked_meanwhile_holds_up_nobody(tmp_path: Path) -> None:
    end, hold = os.pipe()
    spool = Spool(tmp_path)
    with spool.flushing() as ours:
        assert ours
        child = os.fork()
        if child == 0:
            os.close(hold)
            os.read(end, 1)
            os._exit(0)
    try:
        with spool.flushing() as again:
            assert again
    finally:
        os.close(hold)
        os.waitpid(child, 0)
        os.close(end)
