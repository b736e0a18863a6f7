"""opsdb-spool: what waits on this machine for the API of a site, and what was refused."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from . import _config
from ._config import Site
from .errors import OpsError
from .spool import Spool, Write, every, root

OK, USAGE, REFUSED, WAITING = 0, 2, 4, 5

_PAUSE = 2.0  # seconds between two tries of flush --wait


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Exit codes: 0 nothing is left, 2 usage, 4 something was refused, 5 something still waits."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (OpsError, OSError) as failure:
        print(f"opsdb-spool: {failure}", file=sys.stderr)
        return USAGE


def _list(chosen: argparse.Namespace) -> int:
    for spool in every():
        for state, writes in (("waits", spool.pending()), ("refused", spool.refused())):
            for write in writes:
                print(_line(spool, state, write, chosen.json))
    return _verdict()


def _line(spool: Spool, state: str, write: Write, as_json: bool) -> str:
    if as_json:
        return json.dumps({"spool": str(spool.directory), "state": state, **asdict(write)})
    why = ""
    if write.behind:
        why = f"  behind {write.behind}"
    elif write.refusal:
        wrong = "; ".join(f"{e['pointer']} {e['detail']}" for e in write.refusal.get("errors", []))
        why = f"  {write.refusal.get('detail')} {wrong}".rstrip()
    what = f"{write.operation}{_place(write)}"
    return f"{spool.directory.name}  {state:7}  {write.made_at[:19]}  {write.key}  {what}{why}"


def _place(write: Write) -> str:
    """The file or package that it is about, or how many."""
    records = write.body if isinstance(write.body, list) else [write.body or {}]
    if len(records) > 1:
        return f" of {len(records)}"
    return f" of {records[0]['relative_path']}" if "relative_path" in records[0] else ""


def _flush(chosen: argparse.Namespace) -> int:
    from .client import OpsClient

    until = time.monotonic() + chosen.wait
    sites = {Spool.of(site).directory: site for site in _config.known()}
    while True:
        for spool in [spool for spool in every() if spool.waiting()]:
            site = sites.get(spool.directory)
            if site is None:
                print(f"no token for {spool.directory}; opsdb-spool adopt sends it with another", file=sys.stderr)
                continue
            with OpsClient(site.url, site.token) as ops:
                ops.flush()
        if time.monotonic() + _PAUSE > until or not any(spool.pending() for spool in every()):
            return _verdict()
        time.sleep(_PAUSE)


def _retry(chosen: argparse.Namespace) -> int:
    count = sum(spool.retry(_keys(spool, chosen)) for spool in every())
    print(f"{count} put back, to be sent by opsdb-spool flush or by the next call")
    return OK if count else USAGE


def _discard(chosen: argparse.Namespace) -> int:
    count = sum(spool.discard(_keys(spool, chosen)) for spool in every())
    print(f"{count} given up")
    return OK if count else USAGE


def _keys(spool: Spool, chosen: argparse.Namespace) -> Iterator[str]:
    for write in spool.refused():
        if write.key in chosen.keys or "all" in chosen.keys:
            yield write.key


def _adopt(chosen: argparse.Namespace) -> int:
    site: Site = _config.find(chosen.site)
    folder = Path(chosen.folder)
    if not folder.is_dir():
        folder = root() / folder  # the list shows names
    if not folder.is_dir():
        raise OpsError(f"there is no spool {chosen.folder}")
    count = Spool.of(site).adopt(Spool(folder))
    print(f"{count} writes will be sent to {site.url} as those of its token")
    return OK if count else USAGE


def _verdict() -> int:
    if any(spool.pending() for spool in every()):
        return WAITING
    return REFUSED if any(spool.refused() for spool in every()) else OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opsdb-spool", description=__doc__, epilog=main.__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    shows = commands.add_parser("list", help="show what waits and what was refused, in order")
    shows.add_argument("--json", action="store_true", help="one JSON object a line, with all that will be sent")
    shows.set_defaults(run=_list)

    flush = commands.add_parser("flush", help="send what waits, with the tokens of the environment and the profiles")
    flush.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="go on trying for so long")
    flush.set_defaults(run=_flush)

    retry = commands.add_parser("retry", help="put refused writes back, with what depends on them")
    retry.set_defaults(run=_retry)
    discard = commands.add_parser("discard", help="give refused writes up, with what depends on them")
    discard.set_defaults(run=_discard)
    for command in (retry, discard):
        command.add_argument("keys", nargs="+", metavar="KEY", help="from opsdb-spool list; or all")

    adopt = commands.add_parser(
        "adopt", help="take over what waits under a token that is no more, such as a rotated one"
    )
    adopt.add_argument("folder", metavar="FOLDER", help="the spool, from opsdb-spool list")
    adopt.add_argument("--site", help="the profile whose token takes it over")
    adopt.set_defaults(run=_adopt)
    return parser


if __name__ == "__main__":
    sys.exit(main())
