from typing import Literal

LiveTopic = Literal["buffer", "health", "observations", "transfer"]

LIVE_TOPIC_VALUES: set[LiveTopic] = {
    "buffer",
    "health",
    "observations",
    "transfer",
}


def check_live_topic(value: str) -> LiveTopic:
    if value in LIVE_TOPIC_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_TOPIC_VALUES!r}")
