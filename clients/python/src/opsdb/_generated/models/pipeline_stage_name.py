from typing import Literal

PipelineStageName = Literal[
    "archiving", "bundling", "deletion", "filing", "packaging", "staging", "transferring", "unpacking"
]

PIPELINE_STAGE_NAME_VALUES: set[PipelineStageName] = {
    "archiving",
    "bundling",
    "deletion",
    "filing",
    "packaging",
    "staging",
    "transferring",
    "unpacking",
}


def check_pipeline_stage_name(value: str) -> PipelineStageName:
    if value in PIPELINE_STAGE_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PIPELINE_STAGE_NAME_VALUES!r}")
