"""What the package is made of."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, Lab
from ruamel.yaml import YAML

from opsdb import (
    AsyncFollowing,
    AsyncObservation,
    AsyncOpsClient,
    AsyncPackage,
    Following,
    Observation,
    OpsClient,
    Package,
)
from opsdb._generated.operations import OPERATIONS

SOURCE = ROOT / "clients/python/src"


def test_it_is_imported_in_a_moment() -> None:
    code = """
import json, sys, time
begin = time.process_time()  # however busy the machine is
import opsdb
print(json.dumps([time.process_time() - begin, sorted(sys.modules)]))
"""
    runs = []
    for _ in range(5):
        output = subprocess.run([sys.executable, "-c", code], cwd=SOURCE, check=True, capture_output=True).stdout
        seconds, modules = json.loads(output)
        runs.append(seconds)
    assert min(runs) < 0.2
    for name in ("httpx", "astropy", "numpy", "pandas", "opsdb._generated.models.visibility"):
        assert name not in modules


def test_httpx_is_known_to_one_module() -> None:
    users = [path.name for path in (SOURCE / "opsdb").glob("*.py") if "import httpx" in path.read_text()]
    assert users == ["_http.py"]


def test_what_may_be_spooled_is_what_the_document_calls_critical() -> None:
    document = YAML(typ="safe").load(ROOT / "api/openapi.yaml")
    critical = {
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if operation.get("x-critical")
    }
    assert critical == {name for name, operation in OPERATIONS.items() if operation.critical}
    sent = [line.split('"')[1] for line in (SOURCE / "opsdb/_writes.py").read_text().splitlines() if 'write("' in line]
    assert sent
    assert set(sent) <= critical


@pytest.mark.parametrize(
    ("plain", "twin"),
    [
        (OpsClient, AsyncOpsClient),
        (Observation, AsyncObservation),
        (Package, AsyncPackage),
        (Following, AsyncFollowing),
    ],
)
def test_the_twin_has_the_same_names(plain: type, twin: type) -> None:
    def names(of: type) -> dict[str, list[str]]:
        return {
            name: list(getattr(of, name).__annotations__)
            for name in dir(of)
            if not name.startswith("_") and callable(getattr(of, name))
        }

    assert names(plain) == names(twin)


def test_the_wheel_has_everything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT / "clients/python", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("opsdb-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"opsdb/py.typed", "opsdb/_generated/operations.py", "opsdb/spool_command.py"} <= set(names)
    assert not [name for name in names if name.startswith("tests")]
    assert wheel.stat().st_size < 1_000_000


def test_it_runs_with_what_debian_has(lab: Lab, home: Path) -> None:
    code = """
import asyncio, httpx, attrs
from importlib.metadata import version
assert (version("httpx"), version("attrs")) == ("0.23.3", "22.2.0")
from opsdb import AsyncOpsClient, OpsClient, OpsError
from opsdb._generated.api.site import get_site_info
ops = OpsClient.from_env()
with ops.observation(1) as obs: pass
ops.wait(obs)
assert ops.table("executed_obs_units", "list", order="newest", limit=1)
assert get_site_info.sync(client=ops.raw).site_name == "observatory"
with ops.follow("health") as news: assert next(news).type_ == "snapshot"
try: ops.get("/nothing")
except OpsError as failure: print(failure.status)
async def twin():
    async with AsyncOpsClient.from_env() as ops:
        async with ops.observation(1) as obs: pass
        await ops.wait(obs)
        async with ops.follow("health") as news: assert (await anext(news)).type_ == "snapshot"
asyncio.run(twin())
"""
    environment = {
        "HOME": str(home),
        "OPS_API_URL": lab.site["url"],
        "OPS_API_TOKEN": lab.site["token"],
        "PYTHONPATH": str(SOURCE),
    }
    command = [str(ROOT / "build/tools/debian/bin/python"), "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "404\n"
