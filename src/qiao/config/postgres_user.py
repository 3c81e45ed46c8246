"""Who runs the embedded server: PostgreSQL refuses root."""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_NAMESPACE_UID = 65534


class UserError(Exception):
    """No user was found who may run the server; the text says what to do."""


def _enter_namespace() -> None:
    """Become user 65534 of a user namespace of one's own: PostgreSQL refuses root.

    The files stay root's. Runs between fork and exec.
    """
    uid, gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NAMESPACE_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{_NAMESPACE_UID} {gid} 1")


def _namespace_works() -> bool:
    try:
        return (
            subprocess.run(["/bin/true"], preexec_fn=_enter_namespace, check=False).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def named_user() -> pwd.struct_passwd | None:
    """Return the user who must run the server, None when we may run it ourselves.

    Raises:
        UserError: we are root, namespaces are forbidden here, and there is nobody else.
    """
    chosen = os.environ.get("QIAO_PG_USER")
    if os.geteuid() != 0 or (not chosen and _namespace_works()):
        return None
    for name in [chosen] if chosen else ["postgres", "nobody"]:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = (
        "PostgreSQL refuses to run as root, and no other user was found:"
        " set QIAO_PG_USER, or start Qiao as a plain user"
    )
    raise UserError(message)


def becoming(user: pwd.struct_passwd | None) -> Callable[[], None] | None:
    """Return what a child runs between fork and exec so as not to be root (None: nothing)."""
    if os.geteuid() != 0:
        return None
    if user is None:
        return _enter_namespace

    def become() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return become
