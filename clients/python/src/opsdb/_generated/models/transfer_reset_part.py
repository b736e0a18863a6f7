from typing import Literal

TransferResetPart = Literal["transfer", "unpack"]

TRANSFER_RESET_PART_VALUES: set[TransferResetPart] = {
    "transfer",
    "unpack",
}


def check_transfer_reset_part(value: str) -> TransferResetPart:
    if value in TRANSFER_RESET_PART_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRANSFER_RESET_PART_VALUES!r}")
