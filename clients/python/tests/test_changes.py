"""What people change, and what the README says of it."""

import asyncio
import re
from typing import Any

import pytest
from conftest import ROOT, Lab

from opsdb import AsyncOpsClient, Conflict, OpsClient, OpsError


@pytest.fixture
def main(lab: Lab) -> OpsClient:
    """A client of the site that has the main database: its reads show what was changed there a moment ago."""
    return OpsClient(lab.main["url"], lab.main["token"], spool=False)


def test_a_change_is_made_to_the_version_that_was_read(main: OpsClient) -> None:
    before = main.get("/obs_unit/7")["priority"]
    main.change("/obs_unit/7", lambda unit: {"priority": unit["priority"] + 1})
    assert main.get("/obs_unit/7")["priority"] == before + 1


def test_who_was_slower_is_told(main: OpsClient) -> None:
    def overtaken(unit: dict[str, Any]) -> dict[str, Any]:
        main.request("PATCH", "/obs_unit/7", {"priority": unit["priority"] + 10})
        return {"priority": unit["priority"] + 1}

    before = main.get("/obs_unit/7")["priority"]
    with pytest.raises(Conflict) as failure:
        main.change("/obs_unit/7", overtaken)
    assert failure.value.type == "precondition-failed"
    assert main.get("/obs_unit/7")["priority"] == before + 10


def test_what_has_no_version_is_not_changed_blindly(main: OpsClient) -> None:
    with pytest.raises(OpsError, match="/health has no ETag"):
        main.change("/health", lambda _: {})


def test_the_twin_changes_too(lab: Lab, main: OpsClient) -> None:
    async def script() -> None:
        async with AsyncOpsClient(lab.main["url"], lab.main["token"]) as twin:
            await twin.change("/obs_unit/7", lambda unit: {"priority": unit["priority"] + 1})

    before = main.get("/obs_unit/7")["priority"]
    asyncio.run(script())
    assert main.get("/obs_unit/7")["priority"] == before + 1


def test_the_readme_can_be_run(main: OpsClient) -> None:
    text = (ROOT / "clients/python/README.md").read_text()
    example = re.search("## Asking\n\n```python\n(.*?)```", text, re.DOTALL)
    assert example
    exec(example[1], {"ops": main})
    assert main.get("/obs_unit/7")["priority"] == 3
