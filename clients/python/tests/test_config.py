from pathlib import Path

import pytest

from opsdb import OpsClient, OpsError
from opsdb._config import find, known

FILE = """
default = "cologne"

[sites.cologne]
url = "https://ops.example.org/"
token = "first"

[sites.observatory]
url = "http://ops:8000"
token = "second"
"""


@pytest.fixture
def file(home: Path) -> Path:
    path = home / ".config/opsdb/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(FILE)
    return path


def test_profiles(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (find().url, find().token) == ("https://ops.example.org", "first")
    monkeypatch.setenv("OPS_SITE", "observatory")
    assert find().token == "second"
    assert find("cologne").token == "first"
    assert [site.token for site in known()] == ["first", "second"]
    with pytest.raises(OpsError, match="no site 'chile' in"):
        find("chile")


def test_the_environment_comes_first(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_API_URL", "http://localhost:8000")
    with pytest.raises(OpsError, match="has no token: set OPS_API_TOKEN"):
        find()
    monkeypatch.setenv("OPS_API_TOKEN", "third")
    assert (find().url, find().token) == ("http://localhost:8000", "third")
    assert find("cologne").token == "first"
    monkeypatch.delenv("OPS_API_URL")
    assert (find().url, find().token) == ("https://ops.example.org", "third")


def test_the_token_of_a_profile_goes_to_its_own_site_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_SITE", "observatory")
    monkeypatch.setenv("OPS_API_URL", "http://ops:8000/")
    assert (find().url, find().token) == ("http://ops:8000", "second")
    monkeypatch.setenv("OPS_API_URL", "http://elsewhere:8000")
    with pytest.raises(OpsError, match="has no token"):
        find()


def test_what_is_missing_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OpsError, match="no site: set OPS_API_URL"):
        OpsClient.from_env()
    path = home / ".config/opsdb/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[sites.a]\nurl = 'http://a'")
    with pytest.raises(OpsError, match="the site a has no token"):
        find()
    path.write_text("[sites")
    with pytest.raises(OpsError, match=r"config\.toml: "):
        find("a")
    with pytest.raises(OpsError, match="is no address of an API"):
        OpsClient("localhost:8000", "x")


def test_a_token_shows_nowhere(file: Path) -> None:
    with OpsClient.from_env() as ops:
        seen = f"{ops!r} {vars(ops)} {ops.raw!r} {find()!r} {find().fingerprint}"
    assert "first" not in seen
