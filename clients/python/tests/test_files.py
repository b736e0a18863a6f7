import asyncio
import hashlib
import os
import pty
from pathlib import Path
from typing import Any

import pytest
import xxhash
from conftest import Lab

from opsdb import AsyncOpsClient, Conflict, FilesError, OpsClient, _files, _writes
from opsdb._generated.models import RawDataFileCreate
from opsdb._values import new_id
from opsdb._writes import BYTES, ROWS, chunks


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A folder with a name of its own, as no two files of a site have one path."""
    folder = tmp_path / "data" / str(new_id())
    (folder / "drone1").mkdir(parents=True)
    return folder


def files(ops: OpsClient, id: str) -> dict[str, dict[str, Any]]:
    found = ops.get(f"/executed_obs_units/executions/{id}")["raw_data_files"]
    return {file["name"]: file for file in found}


def test_files_are_registered_with_what_they_are(ops: OpsClient, night: Path) -> None:
    content = os.urandom(3_000_000)
    (night / "drone1" / "a.g3").write_bytes(content)
    (night / "b.fits").write_bytes(b"")
    (night / "notes.txt").write_bytes(b"windy")
    with ops.observation(1, instrument_module_id=1, data_root=night.parent) as obs:
        assert len(obs.add_files(f"{night}/**/*.g3", checksum="md5")) == 1
        obs.add_files([night / "b.fits"], checksum="xxh3", file_type="")
        receipt = obs.add_file(night / "notes.txt", instrument_module_id=2, data_root=night)
    found = files(ops, obs.id)
    first = found["a.g3"]
    assert (first["relative_path"], first["file_type"]) == (f"{night.name}/drone1/a.g3", "g3")
    assert (first["size_bytes"], first["checksum"]) == (3_000_000, hashlib.md5(content).hexdigest())
    assert (found["b.fits"]["checksum"], found["b.fits"]["file_type"]) == (xxhash.xxh3_128(b"").hexdigest(), "")
    assert (found["notes.txt"]["relative_path"], found["notes.txt"]["instrument_module_id"]) == ("notes.txt", 2)
    assert found["notes.txt"]["id"] == receipt.id
    assert found["notes.txt"]["checksum"] == hashlib.sha256(b"windy").hexdigest()


def test_many_files_are_registered_in_portions(lab: Lab, ops: OpsClient, night: Path) -> None:
    for number in range(ROWS + 1):
        (night / f"{number}.g3").write_bytes(b"%d" % number)
    with ops.observation(1, instrument_module_id=1) as obs:
        receipts = obs.add_files(night)
    assert [len(receipt.ids) for receipt in receipts] == [ROWS, 1]
    ops.wait(obs, "committed")
    assert lab.rows(f"SELECT count(*) FROM raw_data_file WHERE executed_obs_unit_id = '{obs.id}'") == [[str(ROWS + 1)]]


def test_portions_stay_below_the_limit_of_bytes() -> None:
    row = RawDataFileCreate(new_id(), 1, "n" * 255, "p/" * 500 + "p", 1, "0" * 64, "sha256", new_id())
    portions = list(chunks([row] * 2000))
    assert sum(map(len, portions)) == 2000
    assert all(len(str([row.to_dict() for row in portion]).encode()) <= BYTES for portion in portions)


def test_files_that_cannot_be_read_keep_no_others_back(ops: OpsClient, night: Path) -> None:
    (night / "good.g3").write_bytes(b"x")
    with ops.observation(1, instrument_module_id=1) as obs:
        with pytest.raises(FilesError, match="1 of the files could not") as failure:
            obs.add_files([night / "missing.g3", night / "good.g3"])
        with pytest.raises(FileNotFoundError, match="no file is named by"):
            obs.add_files(f"{night}/*.fits")
        with pytest.raises(ValueError, match="not in the subpath"):
            obs.add_file(night / "good.g3", data_root=night / "drone1")
    assert isinstance(failure.value.failures[str(night / "missing.g3")], FileNotFoundError)
    assert list(files(ops, obs.id)) == ["good.g3"]


def test_files_that_are_registered_with_other_content_keep_no_others_back(
    lab: Lab, ops: OpsClient, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_writes, "ROWS", 3)
    for number in range(7):
        (night / f"{number}.g3").write_bytes(b"%d" % number)
    changed = [night / f"{number}.g3" for number in (0, 1, 6)]  # two of the first portion, and the last one whole
    with ops.observation(1, instrument_module_id=1) as first:
        first.add_files(changed)
    ops.wait(first)
    for path in changed:
        path.write_bytes(b"another")
    with ops.observation(1, instrument_module_id=1) as obs:
        with pytest.raises(FilesError, match="3 of the files could not") as failure:
            obs.add_files(night)
        with pytest.raises(FilesError, match="record-differs"):
            obs.add_file(changed[0])
    assert set(failure.value.failures) == set(map(str, changed))
    for path in changed:
        conflict = failure.value.failures[str(path)]
        assert isinstance(conflict, Conflict)
        assert conflict.problem["recorded"]["name"] == path.name
    assert set(files(ops, obs.id)) == {f"{number}.g3" for number in (2, 3, 4, 5)}
    ops.wait(obs)
    assert lab.rows(f"SELECT count(*) FROM raw_data_file WHERE executed_obs_unit_id = '{obs.id}'") == [["4"]]


def test_the_twin_keeps_no_others_back(lab: Lab, ops: OpsClient, night: Path) -> None:
    (night / "a.g3").write_bytes(b"x")
    with ops.observation(1, instrument_module_id=1) as first:
        first.add_file(night / "a.g3")
    ops.wait(first)
    (night / "a.g3").write_bytes(b"another")
    (night / "b.g3").write_bytes(b"y")

    async def script() -> str:
        async with (
            AsyncOpsClient(lab.site["url"], lab.site["token"]) as twin,
            twin.observation(1, instrument_module_id=1) as obs,
        ):
            with pytest.raises(FilesError, match="1 of the files could not"):
                await obs.add_files(night)
        return obs.id

    assert set(files(ops, asyncio.run(script()))) == {"b.g3"}


def test_names_that_no_registration_can_have_keep_no_others_back(ops: OpsClient, night: Path) -> None:
    bad = [os.fsdecode(b"\xe4.g3"), "new\nline.g3", "tab\t.g3", "/".join(["x" * 250] * 9)]
    (night / bad[3]).parent.mkdir(parents=True)
    good = ["größe ☃.g3", "e." + "x" * 60]
    for name in good + bad:
        (night / name).write_bytes(name.encode(errors="surrogateescape"))
    with ops.observation(1, instrument_module_id=1) as obs, pytest.raises(FilesError, match="4 of the") as failure:
        obs.add_files(night, data_root=night)
    assert set(failure.value.failures) == {str(night / name) for name in bad}
    assert str(failure.value).encode(), "it can be printed"
    assert set(files(ops, obs.id)) == set(good)


def test_pipes_are_no_files_and_block_nobody(night: Path) -> None:
    (night / "good.g3").write_bytes(b"x")
    os.mkfifo(night / "pipe.g3")
    (night / "dangling.g3").symlink_to("nowhere")
    assert _files.find(night) == [night / "dangling.g3", night / "good.g3"]
    assert _files.find(f"{night}/*.g3") == [night / "dangling.g3", night / "good.g3"]
    (named,) = _files.find([night / "pipe.g3"])
    assert "no regular file" in str(_files.read(named, "sha256").failure)


def test_a_folder_that_cannot_be_looked_into_is_told(night: Path) -> None:
    (night / "good.g3").write_bytes(b"x")
    deep = os.open(night, os.O_RDONLY)
    for _ in range(20):  # no path can be so long
        os.mkdir("x" * 250, dir_fd=deep)
        above, deep = deep, os.open("x" * 250, os.O_RDONLY, dir_fd=deep)
        os.close(above)
    os.close(deep)
    closed, good = sorted(_files.find(night), key=lambda path: len(str(path)), reverse=True)
    assert good.name == "good.g3"
    assert isinstance(_files.read(closed, "sha256").failure, OSError)


def test_a_file_that_changes_while_it_is_read_is_not_registered(night: Path) -> None:
    path = night / "growing.g3"
    path.write_bytes(b"x" * 3_000_000)

    def grows(_: int) -> None:
        with path.open("ab") as file:
            file.write(b"y")

    assert "changed while it was read" in str(_files.read(path, "sha256", grows).failure)


def test_of_which_module_has_to_be_said(ops: OpsClient, night: Path) -> None:
    (night / "a.g3").write_bytes(b"x")
    with ops.observation(1) as obs, pytest.raises(ValueError, match="of which instrument module"):
        obs.add_files(night)


def test_a_package_is_finalized_when_its_block_ends(ops: OpsClient, night: Path) -> None:
    (night / "a.g3").write_bytes(b"x")
    (night / "p.tar").write_bytes(b"packed")
    with ops.observation(1, instrument_module_id=1) as obs:
        with obs.package(f"{night.name}.tar") as package:
            package.add_files(night / "a.g3")
        with obs.package(f"{night.name}-2.tar", relative_path=f"{night.name}/2.tar") as packed:
            packed.finalize(night / "p.tar")
        with pytest.raises(ZeroDivisionError), obs.package(f"{night.name}-3.tar") as broken:
            raise ZeroDivisionError
    one, two, three = (ops.get(f"/raw_data_package/{made.id}") for made in (package, packed, broken))
    assert (one["status"], [file["name"] for file in one["raw_data_files"]]) == ("complete", ["a.g3"])
    assert (two["size_bytes"], two["checksum"]) == (6, hashlib.sha256(b"packed").hexdigest())
    assert two["relative_path"] == f"{night.name}/2.tar"
    assert three["status"] == "building"


def test_the_twin_registers_files_and_packages(lab: Lab, ops: OpsClient, night: Path) -> None:
    (night / "a.g3").write_bytes(b"x")
    (night / "b.g3").write_bytes(b"y")

    async def script() -> str:
        async with AsyncOpsClient(lab.site["url"], lab.site["token"]) as twin:
            async with twin.observation(1, instrument_module_id=1) as obs:
                await obs.add_file(night / "a.g3")
                async with obs.package(f"{night.name}.tar") as package:
                    await package.add_files(night / "b.g3")
            await twin.wait(obs, "committed")
            return obs.id

    assert set(files(ops, asyncio.run(script()))) == {"a.g3", "b.g3"}


def test_progress_is_shown_on_a_terminal(night: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (night / "a.g3").write_bytes(b"x" * 2_000_000)
    screen, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stderr:
        monkeypatch.setattr("sys.stderr", stderr)
        with _files.read_all(_files.find(night), "sha256", progress=None) as found:
            assert len(list(found)) == 1
    assert b"100%  1/1 files  2 MB" in os.read(screen, 1000)
    os.close(screen)


def test_progress_is_shown_when_it_is_wanted(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = night / "a.g3"
    path.write_bytes(b"x" * 2_000_000)
    with _files.read_all([path], "sha256", progress=True) as found:
        assert [file.size for file in found] == [2_000_000]
    assert "[##############################] 100%  1/1 files  2 MB" in capsys.readouterr().err
    with _files.read_all([path], "sha256", progress=None) as found:
        assert len(list(found)) == 1
    assert capsys.readouterr().err == "", "this is no terminal"


def test_who_is_interrupted_does_not_wait_for_the_end_of_a_file(night: Path) -> None:
    endless = night / "endless"
    with endless.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which takes no room
    with pytest.raises(KeyboardInterrupt), _files.read_all([endless], "sha256", progress=False):
        raise KeyboardInterrupt
