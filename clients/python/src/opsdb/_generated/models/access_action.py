from typing import Literal

AccessAction = Literal[
    "break_glass.created",
    "break_glass.refused",
    "break_glass.removed",
    "break_glass.signed_in",
    "session.ended",
    "session.reused",
    "session.started",
    "token.created",
    "token.revoked",
    "token.rotated",
    "user.created",
    "user.signed_out",
    "user.updated",
]

ACCESS_ACTION_VALUES: set[AccessAction] = {
    "break_glass.created",
    "break_glass.refused",
    "break_glass.removed",
    "break_glass.signed_in",
    "session.ended",
    "session.reused",
    "session.started",
    "token.created",
    "token.revoked",
    "token.rotated",
    "user.created",
    "user.signed_out",
    "user.updated",
}


def check_access_action(value: str) -> AccessAction:
    if value in ACCESS_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCESS_ACTION_VALUES!r}")
