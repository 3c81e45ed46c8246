"""Messages about one subject stand together in every mail program."""

from django.conf import settings


def thread_of(subject_kind: str, subject_id: int | None) -> str:
    """The Message-ID to which all messages about a subject refer; empty without one."""
    if not subject_kind or subject_id is None:
        return ""
    return f"{subject_kind}.{subject_id}@{settings.QIAO_MAIL_DOMAIN}"


def subject_of(thread: str) -> tuple[str, int] | None:
    """The subject that a reference in an incoming e-mail names, or None if it is not ours."""
    local, _at, domain = thread.strip().strip("<>").rpartition("@")
    kind, _dot, number = local.rpartition(".")
    if domain != settings.QIAO_MAIL_DOMAIN or not kind.isidentifier() or not number.isdecimal():
        return None
    return kind, int(number)
