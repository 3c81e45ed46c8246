"""Checks across the sections of a pack: every reference must lead somewhere."""

from collections import Counter
from collections.abc import Collection, Iterator

from qiao.core.packs.causes import check_causes
from qiao.core.packs.house import UNCLOCKED, holds_always
from qiao.core.packs.model import CaseType, Field, Pack
from qiao.core.packs.priority_rules import check_rules
from qiao.core.packs.queues import check_queues
from qiao.core.packs.reading import PackProblem
from qiao.core.packs.tier_rules import strange_letters
from qiao.core.rules.conditions import tests_in


def check_pack(pack: Pack) -> Iterator[PackProblem]:
    """Every broken reference of a pack, with file and key."""
    for case_type in pack.case_types:
        yield from _check_case_type(pack, case_type)
    yield from check_queues(pack)
    yield from _check_outcomes(pack)
    yield from _check_demo(pack)
    yield from _check_tiers(pack)
    yield from check_causes(pack.causes)
    yield from _check_ladders(pack)


def _check_outcomes(pack: Pack) -> Iterator[PackProblem]:
    """One result at most is proposed for the same thing."""
    for after, count in Counter(item.after for item in pack.outcomes).items():
        if after and count > 1:
            text = f"expected {after!r} once, found {count} times"
            yield PackProblem("pack.toml", "outcome.after", text)


def check_fields(fields: tuple[Field, ...], file: str, place: str) -> Iterator[PackProblem]:
    """Fields have keys of their own, and a condition looks only at fields that exist."""
    counts = Counter(field.key for field in fields)
    for key, count in counts.items():
        if count > 1:
            at = f"{place}.fields[{key}]"
            yield PackProblem(file, at, f"expected one of this key, found {count}")
    for field in fields:
        at = f"{place}.fields[{field.key}]"
        for name, key in _looks_at(field):
            if key not in counts or key == field.key:
                text = f"expected another field of this form, found {key!r}"
                yield PackProblem(file, f"{at}.{name}", text)
        for key, count in Counter(choice.key for choice in field.choices).items():
            if count > 1:
                text = f"expected one of this key, found {count}"
                yield PackProblem(file, f"{at}.choices[{key}]", text)


def _looks_at(field: Field) -> Iterator[tuple[str, str]]:
    """The fields that conditions and checks of a field look at, with the name of the check."""
    for name in ("show_when", "required_when"):
        for test in tests_in(getattr(field, name)):
            yield name, test.field
    if field.not_before.isidentifier():
        yield "not_before", field.not_before


def _check_case_type(pack: Pack, case_type: CaseType) -> Iterator[PackProblem]:
    file, place = "case_types.toml", f"case_type[{case_type.key}]"
    processes = {process.key for process in pack.processes}
    yield from _known(file, f"{place}.process", [case_type.process], processes)
    yield from _known(file, f"{place}.duty", [case_type.duty], _keys(pack.duties))
    yield from _known(file, f"{place}.skill", [case_type.skill], _keys(pack.skills))
    yield from _known(file, f"{place}.scripts", case_type.scripts, _keys(pack.scripts))
    yield from check_fields(case_type.fields, file, place)
    yield from check_rules(case_type, file, place)
    yield from _check_clock(pack, case_type, f"{place}.promises")
    for key, count in Counter(promise.key for promise in case_type.promises).items():
        if count > 1:
            text = f"expected one of this key, found {count}"
            yield PackProblem(file, f"{place}.promises[{key}]", text)


def _check_clock(pack: Pack, case_type: CaseType, place: str) -> Iterator[PackProblem]:
    """No case is open without a clock: what holds where nothing else runs holds for all of them,
    until they are closed."""
    file = "case_types.toml"
    if not pack.calendars:
        text = "expected a calendar in calendars.toml: every case has a clock that counts in one"
        yield PackProblem(file, place, text)
    for promise in case_type.promises:
        if UNCLOCKED not in promise.starts_on:
            continue
        if promise.stops_on != ("closed",):
            text = f"expected stops_on of [closed], found {list(promise.stops_on)}"
            yield PackProblem(file, f"{place}[{promise.key}]", text)
        if not holds_always(promise.targets):
            text = "expected a duration for every priority, or for *"
            yield PackProblem(file, f"{place}[{promise.key}].targets", text)


def _keys(items: Collection[object]) -> set[str]:
    return {str(getattr(item, "key", "")) for item in items}


def _known(
    file: str, place: str, found: Collection[str], known: Collection[str]
) -> Iterator[PackProblem]:
    for key in found:
        if key and key not in known:
            expected = ", ".join(sorted(known)) or "none"
            yield PackProblem(file, place, f"expected one of {expected}, found {key!r}")


def _check_demo(pack: Pack) -> Iterator[PackProblem]:
    types = _keys(pack.case_types)
    yield from _known("demo.toml", "types", pack.demo.types, types)
    yield from _known("demo.toml", "seasons", pack.demo.seasons, types)
    yield from _known("demo.toml", "phrases", pack.demo.phrases, types)
    yield from _known("demo.toml", "channels", pack.demo.channels, _keys(pack.channels))
    lines = [line.queue for line in pack.demo.lines]
    yield from _known("demo.toml", "line.queue", lines, _keys(pack.queues))
    menus = [line.menu for line in pack.demo.lines if line.menu]
    yield from _known("demo.toml", "line.menu", menus, _keys(pack.menus))
    scenes = pack.demo.scenes
    yield from _known("demo.toml", "scene.queue", [s.queue for s in scenes], _keys(pack.queues))
    spoken = [scene.language for scene in scenes]
    yield from _known("demo.toml", "scene.language", spoken, _keys(pack.languages))


def _check_tiers(pack: Pack) -> Iterator[PackProblem]:
    for rank, count in Counter(tier.rank for tier in pack.tiers).items():
        if count > 1:
            text = f"expected one tier of rank {rank}, found {count}"
            yield PackProblem("tiers.toml", "tier", text)
    known = sorted(tier.letter for tier in pack.tiers)
    for letter in strange_letters(pack.tier_rules, known):
        text = f"expected one of {', '.join(known) or 'none'}, found {letter!r}"
        yield PackProblem("tier_rules.toml", "rule.grade.letter", text)
    for day, count in Counter(rule.valid_from for rule in pack.tier_rules).items():
        if count > 1:
            text = f"expected one version valid from {day}, found {count}"
            yield PackProblem("tier_rules.toml", "rule.valid_from", text)


def _check_ladders(pack: Pack) -> Iterator[PackProblem]:
    known = sorted(calendar.key for calendar in pack.calendars)
    for ladder in pack.ladders:
        if ladder.hours not in known:
            text = f"expected one of {', '.join(known) or 'none'}, found {ladder.hours!r}"
            yield PackProblem("ladders.toml", f"ladder[{ladder.key}].hours", text)
