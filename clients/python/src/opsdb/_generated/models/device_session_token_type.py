from typing import Literal

DeviceSessionTokenType = Literal["Bearer"]

DEVICE_SESSION_TOKEN_TYPE_VALUES: set[DeviceSessionTokenType] = {
    "Bearer",
}


def check_device_session_token_type(value: str) -> DeviceSessionTokenType:
    if value in DEVICE_SESSION_TOKEN_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DEVICE_SESSION_TOKEN_TYPE_VALUES!r}")
