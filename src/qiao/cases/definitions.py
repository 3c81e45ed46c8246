"""Case types and processes as the engine takes them, read once per process of the server."""

import threading
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from django.conf import settings

from qiao.cases.models import Case, ProcessVersion
from qiao.cases.rules.pack import process_from_data
from qiao.cases.rules.process import Process
from qiao.core.packs import installed
from qiao.core.packs.model import CaseType

_processes: dict[int, Process] = {}
_lock = threading.Lock()


@cache
def case_types() -> Mapping[str, CaseType]:
    """All case types of the enabled packs by qualified key (``water.leak``)."""
    packs = installed(tuple(settings.QIAO_PACKS))
    return MappingProxyType({item.key: item for pack in packs for item in pack.case_types})


def type_of(case: Case) -> CaseType:
    """The definition of a case's type. Raises KeyError when its pack is no longer enabled."""
    return case_types()[case.case_type.key]


def process_of(version: ProcessVersion) -> Process:
    """The engine's form of a stored process version."""
    found = _processes.get(version.pk)
    if found is None:
        found = process_from_data(version.key, version.version, version.definition)
        with _lock:
            _processes[version.pk] = found
    return found
