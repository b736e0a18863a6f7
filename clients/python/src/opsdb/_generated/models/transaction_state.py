from typing import Literal

TransactionState = Literal["blocked", "buffered", "committed", "discarded", "executing", "parked", "replicated"]

TRANSACTION_STATE_VALUES: set[TransactionState] = {
    "blocked",
    "buffered",
    "committed",
    "discarded",
    "executing",
    "parked",
    "replicated",
}


def check_transaction_state(value: str) -> TransactionState:
    if value in TRANSACTION_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRANSACTION_STATE_VALUES!r}")
