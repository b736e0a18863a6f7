from typing import Literal

SessionTokenType = Literal["Bearer"]

SESSION_TOKEN_TYPE_VALUES: set[SessionTokenType] = {
    "Bearer",
}


def check_session_token_type(value: str) -> SessionTokenType:
    if value in SESSION_TOKEN_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SESSION_TOKEN_TYPE_VALUES!r}")
