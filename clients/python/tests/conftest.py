"""Two real sites for all tests, and a server between a client and a site that misbehaves as it is told."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from unruly import Unruly

from opsdb import OpsClient
from opsdb.spool import Spool, every

T = TypeVar("T")

ROOT = Path(__file__).parents[3]


class Lab:
    """Two whole sites and the link between them."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.main, self.site = description["sites"]
        self._link = description["link"]

    def link(self, what: str) -> None:
        """Cuts or heals the link."""
        urllib.request.urlopen(urllib.request.Request(f"{self._link}/{what}", method="POST")).close()

    def pid(self, name: str) -> int:
        """The process of a server, such as observatory/api-1, as soon as there is one."""
        return until(lambda: self._pids().get(name, 0))

    def _pids(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self._link}/") as answer:
            pids: dict[str, int] = json.load(answer)["pids"]
            return pids

    def kill(self, name: str) -> None:
        """Kills a server, which is started again."""
        with contextlib.suppress(ProcessLookupError):  # it is dead already, and nobody has noticed
            os.kill(self.pid(name), signal.SIGKILL)

    def rows(self, query: str) -> list[list[str]]:
        """What the main database says."""
        command = ["psql", "--no-psqlrc", "-At", "-F", "|", "-c", query, self.main["database"]]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [line.split("|") for line in output.splitlines()]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    command = [str(ROOT / "build/opsdb"), "lab", "--json", "--fsync=false", "--restart-after", "300ms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            yield Lab(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test, and nothing of the environment's."""
    for name in [name for name in os.environ if name.startswith(("OPS_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def ops(lab: Lab) -> Iterator[OpsClient]:
    """A client of the site that has no main database."""
    with OpsClient(lab.site["url"], lab.site["token"]) as client:
        yield client


@pytest.fixture
def unruly(lab: Lab) -> Iterator[Unruly]:
    """The same site behind a server that misbehaves as it is told."""
    with Unruly(lab.site["url"]) as server:
        yield server


@pytest.fixture
def hasty(lab: Lab, unruly: Unruly) -> Iterator[OpsClient]:
    """A client behind it that does not try for long."""
    with OpsClient(unruly.url, lab.site["token"], patience=0.3) as client:
        yield client


@pytest.fixture
def script(lab: Lab, home: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a script in a process of its own, with the site in its environment, that Ctrl-C interrupts as it does at a
    terminal: who runs the tests in the background may ignore it.
    """

    def heed() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def start(text: str, url: str | None = None) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "clients/python/src"),
            "OPS_API_URL": url or lab.site["url"],
            "OPS_API_TOKEN": lab.site["token"],
        }
        command = [sys.executable, "-u", "-c", text]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, preexec_fn=heed
        )

    return start


def until(look: Callable[[], T], within: float = 20.0) -> T:
    """Looks until something is so, and returns it."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not become so"
    return found


def states(lab: Lab, *ids: str) -> list[list[str]]:
    """What the main database says of executions."""
    named = ",".join(f"'{id}'" for id in ids)
    return lab.rows(f"SELECT id, status FROM executed_obs_unit WHERE id IN ({named}) ORDER BY start_time")


def spool() -> Spool:
    """The only spool of this user."""
    (only,) = every()
    return only
