"""The YAML of the Open Water Rate Specification: every scalar as text, no key twice."""

from typing import Any, Final

import yaml

from qiao.billing.rules.tariffs.model import StartIs
from qiao.billing.rules.tariffs.owrs import OwrsFile, Surcharge, read_owrs
from qiao.billing.rules.tariffs.owrs_parts import NotExpressed

LARGEST: Final = 2_000_000  # characters; the largest real file has 60,000


class _Loader(yaml.BaseLoader):
    """Text only, so that 0.62 stays what it is; a name that stands twice would hide a price."""


def read_owrs_text(
    text: str, *, start_is: StartIs = "first_unit", surcharge: Surcharge = "adds"
) -> OwrsFile:
    """Read a file; see `read_owrs`. Raises `NotExpressed` with the line where YAML is at fault."""
    if len(text) > LARGEST:
        raise NotExpressed(f"the file has more than {LARGEST:,} characters")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - BaseLoader makes nothing but text
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 0
        raise NotExpressed(f"line {line}: {fault.problem or fault.context}") from None
    except (yaml.YAMLError, RecursionError) as fault:
        raise NotExpressed(f"no YAML: {fault}") from None
    return read_owrs(data, start_is=start_is, surcharge=surcharge)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        value = loader.construct_object(value_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise NotExpressed(f"line {line}: a name is needed")
        if key in found and found[key] != value:
            raise NotExpressed(f"line {line}: {key} stands twice and differs")
        found[key] = value
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
