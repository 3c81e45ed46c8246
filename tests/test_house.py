"""The house keeps its own rules: names, floors, sizes."""

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from qiao.core.manifest import CUSTOMER_TOPICS
from qiao.core.registry import registry

SOURCE = Path(__file__).parents[1] / "src" / "qiao"
FLOORS = (
    "core",
    "staff",
    "customers",
    "messaging",
    "knowledge",
    "cases",
    "metering",
    "dispatch",
    "billing",
    "feedback",
    "rollout",
    "contact",
    "telephony",
    "workforce",
    "desk",
    "portal",
    "api",
)
BANNED = {"utils", "helpers", "manager", "base", "util", "helper", "common", "misc"}
INLINE = (' style="', " style='", "<style", " onclick=", " onchange=", " onload=")
STANDS_ALONE = "500.html"  # shown when nothing else works
MOST_LINES = 400
MOST_TEMPLATE_LINES = 150
MOST_STATEMENTS = 30


def python_files() -> Iterator[Path]:
    """All our Python but migrations."""
    return (path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = {path for path in SOURCE.rglob("*.*") if path.stem.lower() in BANNED}
    ours = {path for path in named if path.suffix != ".pyc" and "allauth" not in path.parts}
    assert ours == set()


def test_every_module_has_its_floor_and_says_what_it_brings() -> None:
    modules = {path.parent.name for path in SOURCE.glob("*/module.py")}
    assert modules == set(FLOORS)


def test_foreign_keys_point_to_the_same_floor_or_below() -> None:
    upwards = []
    for model in apps.get_models():
        label = model._meta.app_label  # noqa: SLF001 - Django's own word for it
        if label not in FLOORS:
            continue
        for field in model._meta.get_fields():  # noqa: SLF001 - as above
            if not isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                continue
            target = field.related_model._meta.app_label  # noqa: SLF001 - as above
            if target in FLOORS and FLOORS.index(target) > FLOORS.index(label):
                upwards.append(f"{model.__name__}.{field.name}")
    assert upwards == []


def test_no_module_reaches_out_of_the_house_for_models_of_a_higher_floor() -> None:
    upwards = []
    for path in python_files():
        parts = path.relative_to(SOURCE).parts
        if "tests" in parts or parts[0] not in FLOORS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qiao."):
                target = str(node.module).split(".")[1]
                if target in FLOORS and FLOORS.index(target) > FLOORS.index(parts[0]):
                    upwards.append(f"{'/'.join(parts)}:{node.lineno} {node.module}")
    assert upwards == []


def test_manifests_are_imported_by_their_one_door() -> None:
    inside = SOURCE / "core" / "manifest"
    past = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in python_files()
        if inside not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("qiao.core.manifest.")
    ]
    assert past == []


def test_no_statement_takes_the_day_of_the_database_for_that_of_the_house() -> None:
    """The database runs in UTC; `core.days` says which day it is."""
    itself = SOURCE / "core" / "days.py"
    found = [
        f"{path.relative_to(SOURCE)}: {word}"
        for path in python_files()
        if path != itself and "tests" not in path.parts
        for word in re.findall(r"\bCURRENT_DATE\b|\w+_at::date\b", path.read_text())
    ]
    assert found == []


def test_panels_stand_where_a_page_shows_them() -> None:
    shown = {key for key, _label in CUSTOMER_TOPICS}
    shown |= {"aside", "band", "strip", "case", "case_side"}
    for module in registry:
        for panel in module.panels:
            assert panel.places, panel.key
            assert panel.places <= shown, panel.key


def test_no_two_places_of_the_navigation_share_a_key() -> None:
    keys = [item.shortcut for module in registry for item in module.navigation if item.shortcut]
    assert sorted(keys) == sorted(set(keys))


def test_no_page_carries_script_or_style_in_its_lines() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {word}"
        for path in SOURCE.rglob("templates/**/*.html")
        for word in INLINE
        if word in path.read_text() and path.name != STANDS_ALONE
    ]
    assert found == []


def _sizes() -> Iterator[str]:
    for path in python_files():
        lines = path.read_text().count("\n")
        if lines > MOST_LINES:
            yield f"{path.relative_to(SOURCE)}: {lines} lines"
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = sum(isinstance(each, ast.stmt) for each in ast.walk(node)) - 1
                if count > MOST_STATEMENTS:
                    yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: {count}"
    for path in SOURCE.rglob("*.html"):
        lines = path.read_text().count("\n")
        if lines > MOST_TEMPLATE_LINES:
            yield f"{path.relative_to(SOURCE)}: {lines} lines"


@pytest.mark.filterwarnings("default")
def test_sizes_are_a_warning_light() -> None:
    for size in sorted(_sizes()):
        warnings.warn(f"large: {size}", stacklevel=1)
