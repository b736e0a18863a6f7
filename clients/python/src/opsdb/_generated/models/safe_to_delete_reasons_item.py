from typing import Literal

SafeToDeleteReasonsItem = Literal[
    "in-no-package", "none-in-long-term-archive", "package-not-archived", "replica-of-unknown-age", "too-few-copies"
]

SAFE_TO_DELETE_REASONS_ITEM_VALUES: set[SafeToDeleteReasonsItem] = {
    "in-no-package",
    "none-in-long-term-archive",
    "package-not-archived",
    "replica-of-unknown-age",
    "too-few-copies",
}


def check_safe_to_delete_reasons_item(value: str) -> SafeToDeleteReasonsItem:
    if value in SAFE_TO_DELETE_REASONS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAFE_TO_DELETE_REASONS_ITEM_VALUES!r}")
