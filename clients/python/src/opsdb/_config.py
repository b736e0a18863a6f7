"""Which site, and with which token: from the environment, else from the profiles that opsctl uses too."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import OpsError


@dataclass(frozen=True)
class Site:
    """An API and the token that opens it. The token shows nowhere."""

    url: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise OpsError(f"{self.url!r} is no address of an API, such as http://ops.example.org:8000")
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise OpsError("the token has characters that no token has")
        object.__setattr__(self, "url", self.url.rstrip("/"))

    @property
    def fingerprint(self) -> str:
        """Tells sites and tokens apart without giving a token away."""
        return hashlib.sha256(f"{self.url}\n{self.token}".encode()).hexdigest()[:12]


def find(name: str | None = None) -> Site:
    """The site of a profile by its name. Without one OPS_SITE names it, or `default` does, or there is only one;
    OPS_API_URL and OPS_API_TOKEN take the place of what it says. The token of a profile goes to the address that it
    stands beside, and nowhere else. OpsError says what is missing.
    """
    file = _read()
    if name is not None:
        return _site(_profile(file, name), name)
    url, token = os.environ.get("OPS_API_URL"), os.environ.get("OPS_API_TOKEN")
    sites = file.get("sites", {})
    name = os.environ.get("OPS_SITE") or None
    if name is None and not url:
        name = file.get("default") or (next(iter(sites)) if len(sites) == 1 else None)
        if name is None:
            raise OpsError(f"no site: set OPS_API_URL and OPS_API_TOKEN, or OPS_SITE, or `default` in {path()}")
    chosen = {} if url and name not in sites else _profile(file, str(name))
    if url and url.rstrip("/") != str(chosen.get("url", "")).rstrip("/"):
        chosen = {"url": url}
    return _site({**chosen, "token": token} if token else chosen, name or url or "")


def known() -> Iterator[Site]:
    """Every site that there is a token for."""
    if os.environ.get("OPS_API_TOKEN"):
        yield find()
    file = _read()
    for name, said in file.get("sites", {}).items():
        if said.get("token"):  # a profile without one is for programs that get theirs from elsewhere
            yield _site(said, name)


def path() -> Path:
    """The file with the profiles."""
    return Path.home() / ".config" / "opsdb" / "config.toml"


def _read() -> Mapping[str, Any]:
    try:
        file = tomllib.loads(path().read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise OpsError(f"{path()}: {cause}") from cause
    sites = file.get("sites", {})
    profiles = sites.values() if isinstance(sites, dict) else [sites]
    for said in profiles:
        if not isinstance(said, dict) or not all(isinstance(said.get(key, ""), str) for key in ("url", "token")):
            raise OpsError(f"{path()}: a site is a table [sites.NAME] with url and token, which are texts")
    return file


def _profile(file: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    profile: Mapping[str, Any] | None = file.get("sites", {}).get(name)
    if profile is None:
        raise OpsError(f"no site {name!r} in {path()}")
    return profile


def _site(said: Mapping[str, Any], name: str) -> Site:
    for needed in ("url", "token"):
        if not said.get(needed):
            raise OpsError(f"the site {name} has no {needed}: set OPS_API_{needed.upper()}, or write it into {path()}")
    return Site(said["url"], said["token"])
