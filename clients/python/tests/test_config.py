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


def test_a_file_that_cannot_be_used_is_named(file: Path) -> None:
    for content in (b"# \xe4\n", b"sites = 3", b"[sites]\na = 'http://a'", b"[sites.a]\nurl = 3\ntoken = 'x'"):
        file.write_bytes(content)
        with pytest.raises(OpsError, match=r"config\.toml: "):
            find("a")
    file.unlink()
    file.mkdir()
    with pytest.raises(OpsError, match=r"config\.toml: |config\.toml'"):
        find("a")


def test_a_file_may_begin_as_some_editors_write_it(file: Path) -> None:
    file.write_text(FILE, encoding="utf-8-sig")
    assert find().token == "first"


def test_an_empty_name_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_SITE", "")
    assert find().token == "first"


def test_a_profile_without_a_token_is_passed_over_where_tokens_are_wanted(file: Path) -> None:
    file.write_text(FILE + "[sites.guest]\nurl = 'http://guest'\n")
    assert [site.token for site in known()] == ["first", "second"]


@pytest.mark.parametrize("token", ["ops_api_token_…", "ops_api_token_x\n", "a b"])
def test_a_token_that_can_be_none_is_told_without_showing_it(token: str) -> None:
    with pytest.raises(OpsError, match="characters that no token has") as failure:
        OpsClient("http://a", token)
    assert token not in str(failure.value)
