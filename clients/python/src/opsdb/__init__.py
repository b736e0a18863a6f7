"""opsdb: the operations database of an observatory, for the scripts that observe.

    from opsdb import OpsClient

    ops = OpsClient.from_env()

    with ops.observation(obs_unit_id=1, instrument_module_id=1) as obs:
        scan(...)
        obs.add_files("/data/17841/**/*.g3")

    ops.wait(obs, "replicated")

The start is recorded when the block is entered and the end when it is left: as completed, as failed when an exception
leaves it, as aborted by Ctrl-C. Whatever happens to the network or to the API meanwhile, the script goes on and nothing
is lost. AsyncOpsClient has the same names, to be awaited.
"""

from ._writes import Receipt
from .aio import AsyncFollowing, AsyncObservation, AsyncOpsClient, AsyncPackage
from .client import Following, Observation, OpsClient, Package
from .errors import (
    AuthError,
    Conflict,
    FilesError,
    NotFound,
    OpsError,
    ServerError,
    Stopped,
    Unavailable,
    ValidationError,
    WaitTimeout,
)

__all__ = [
    "AsyncFollowing",
    "AsyncObservation",
    "AsyncOpsClient",
    "AsyncPackage",
    "AuthError",
    "Conflict",
    "FilesError",
    "Following",
    "NotFound",
    "Observation",
    "OpsClient",
    "OpsError",
    "Package",
    "Receipt",
    "ServerError",
    "Stopped",
    "Unavailable",
    "ValidationError",
    "WaitTimeout",
]
