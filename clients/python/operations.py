"""Writes src/opsdb/_generated/operations.py: what the generator does not tell of the operations."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent
HEAD = '''"""The operations of api/openapi.yaml. Written by make generate."""

from typing import NamedTuple


class Operation(NamedTuple):
    """What a request is allowed to do."""

    method: str
    path: str
    critical: bool = False
    """Succeeds without the network, and may wait in the spool."""
    keyed: bool = False
    """Takes an Idempotency-Key, and may be repeated."""
    page: int = 0
    """The most items of a page of the list that it answers with."""


OPERATIONS = {
'''


def parameters(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an operation, by name."""
    shared = document["components"]["parameters"]
    resolved = [shared[p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in operation.get("parameters", [])]
    return {p["name"]: p for p in resolved}


def flags(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """The flags of an operation as arguments."""
    known = parameters(document, operation)
    said = {
        "critical": operation.get("x-critical", False),
        "keyed": "Idempotency-Key" in known,
        "page": known["limit"]["schema"]["maximum"] if "cursor" in known else 0,
    }
    return "".join(f", {flag}={value}" for flag, value in said.items() if value)


def main() -> None:
    """Writes the module."""
    document = YAML(typ="safe").load(HERE / "../../api/openapi.yaml")
    lines = [
        f'    "{operation["operationId"]}": Operation("{method.upper()}", "{path}"{flags(document, operation)}),\n'
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if re.fullmatch("get|put|post|patch|delete", method)
    ]
    (HERE / "src/opsdb/_generated/operations.py").write_text(HEAD + "".join(lines) + "}\n")


main()
