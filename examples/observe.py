#!/usr/bin/env python3
"""An observing script: some scans of a planned unit, each with the files that a module has written during it.

    OPS_API_URL=http://localhost:8000 OPS_API_TOKEN=... ./observe.py --unit 1 --module 1 --data /data

The network may fail meanwhile, and so may the site's API: the script goes on, and ends as always.
"""

import argparse
import os
from pathlib import Path

from opsdb import OpsClient, WaitTimeout


def scan(folder: Path, streams: int = 3) -> None:
    """Stands for the telescope and its camera: writes what the streams of one scan would."""
    folder.mkdir(parents=True)
    for stream in range(1, streams + 1):
        (folder / f"r01d{stream}.g3").write_bytes(os.urandom(100_000))


def main() -> None:
    """Observes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", type=int, required=True, help="the planned unit")
    parser.add_argument("--module", type=int, required=True, help="the instrument module")
    parser.add_argument("--data", type=Path, required=True, help="where data are written")
    parser.add_argument("--scans", type=int, default=3)
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait at the end until all is replicated")
    args = parser.parse_args()

    ops = OpsClient.from_env(data_root=args.data)
    for number in range(1, args.scans + 1):
        with ops.observation(
            args.unit,
            observer="observe.py",
            comment=f"scan {number} of {args.scans}",
            conditions={"pwv_mm": 0.41},
            instrument_module_id=args.module,
        ) as obs:
            scan(args.data / obs.id)
            obs.add_files(args.data / obs.id)
        print(f"scan {number}: {obs.id}", flush=True)

    try:
        ops.wait(obs, "replicated", timeout=args.wait)
        print("all of it has come to the main database and back")
    except WaitTimeout as late:
        print(f"all of it is kept, and still on its way: {late}")
    done = ops.table("executed_obs_units", "list", obs_unit_id=args.unit, status="completed")
    print(f"unit {args.unit} was completed {len(done)} times")


if __name__ == "__main__":
    main()
