from typing import Literal

CredentialKind = Literal["break_glass", "session", "token"]

CREDENTIAL_KIND_VALUES: set[CredentialKind] = {
    "break_glass",
    "session",
    "token",
}


def check_credential_kind(value: str) -> CredentialKind:
    if value in CREDENTIAL_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CREDENTIAL_KIND_VALUES!r}")
