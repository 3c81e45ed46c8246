"""Read by Schemathesis, in its own environment: every write is a new one."""

import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs) -> None:  # type: ignore[no-untyped-def]
    """Give a well-formed Idempotency-Key that was drawn a value that no other write has."""
    del context, kwargs
    key = (case.headers or {}).get("Idempotency-Key")
    if (
        isinstance(key, str)
        and 8 <= len(key) <= 64
        and key.replace("-", "").replace("_", "").isalnum()
    ):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
