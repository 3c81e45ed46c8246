"""Load an industry pack from a folder of TOML and Markdown.

Files: ``pack.toml`` (who it is, services, roles, duties, channels, outcomes, skills),
``case_types.toml``, ``processes.toml``, ``calendars.toml``, ``tiers.toml``,
``tier_rules.toml``, ``segments.toml``, ``risk_rules.toml``, ``green_rules.toml``,
``causes.toml``, ``terms.toml``, ``queues.toml``, ``demo.toml`` and
``scripts/<key>.<language>.md``. Only the first is required. A pack may carry an ``intake.toml``
a ``work_sheets.toml``, a ``tariffs.toml``, a ``readings.toml``, a ``knowledge.toml`` and
``articles/``, which have readers of their own.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from qiao.core.packs.causes import read_cause
from qiao.core.packs.checks import check_pack
from qiao.core.packs.green_rules import read_green_rule
from qiao.core.packs.ladders import read_ladder
from qiao.core.packs.model import (
    CalendarSpec,
    CaseType,
    Demo,
    MenuSource,
    Pack,
    ProcessSource,
    Script,
)
from qiao.core.packs.queues import read_queue
from qiao.core.packs.reading import PackInvalid, PackProblem, Table
from qiao.core.packs.risk_rules import read_risk_rule
from qiao.core.packs.sections import (
    PromiseTerms,
    read_calendar,
    read_case_type,
    read_channel,
    read_demo,
    read_field,
    read_named,
    read_outcome,
    read_promise_kind,
    read_source,
    read_tier,
)
from qiao.core.packs.segments import read_segment
from qiao.core.packs.tier_rules import read_tier_rule
from qiao.core.rules.texts import DATA_KEYS, Text

FILES: Final = (
    "pack.toml",
    "case_types.toml",
    "processes.toml",
    "calendars.toml",
    "tiers.toml",
    "tier_rules.toml",
    "segments.toml",
    "risk_rules.toml",
    "green_rules.toml",
    "causes.toml",
    "terms.toml",
    "queues.toml",
    "menus.toml",
    "ladders.toml",
    "demo.toml",
    "intake.toml",
    "work_sheets.toml",
    "tariffs.toml",
    "readings.toml",
    "knowledge.toml",
    "checklists.toml",
    "score_cards.toml",
)
Inspector = Callable[[Pack], Iterable[PackProblem]]
"""A check that another module adds, such as the checks of processes."""
SHIPPED: Final = Path(__file__).parents[2] / "packs"
Row = TypeVar("Row")


def load_pack(path: Path, *, inspect: Sequence[Inspector] = ()) -> Pack:
    """Read and check the pack in the folder `path`; `inspect` adds the checks of other modules.

    Raises:
        PackInvalid: with every problem found, each naming file and key.
    """
    loader = _Loader(Path(path))
    pack = loader.load()
    problems = [*loader.problems, *check_pack(pack)]
    for inspector in inspect:
        problems.extend(inspector(pack))
    if problems:
        raise PackInvalid(dict.fromkeys(problems))
    return pack


def available_packs(folder: Path) -> dict[str, Path]:
    """The packs below a folder by key, as folders that hold a ``pack.toml``."""
    return {path.parent.name: path.parent for path in sorted(folder.glob("*/pack.toml"))}


class _Loader:
    """One reading of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[PackProblem] = []

    def load(self) -> Pack:
        self._strange_files()
        main = self._file("pack.toml", required=True)
        head = main.table("pack")
        calendars = self._rows(self._file("calendars.toml"), "calendar", read_calendar)
        pack = Pack(
            key=head.key(),
            version=head.integer("version", least=1),
            name=head.text("name"),
            services=self._rows(main, "service", read_named, finish=False),
            terms=self._terms(),
            case_types=self._case_types({item.key: item for item in calendars}),
            processes=self._processes(),
            calendars=calendars,
            tiers=self._rows(self._file("tiers.toml"), "tier", read_tier, key="letter"),
            tier_rules=self._rows(
                self._file("tier_rules.toml"), "rule", read_tier_rule, key="version"
            ),
            segments=tuple(
                spec
                for spec in self._rows(self._file("segments.toml"), "segment", read_segment)
                if spec is not None
            ),
            risk_rules=self._rows(self._file("risk_rules.toml"), "rule", read_risk_rule),
            green_rules=self._rows(self._file("green_rules.toml"), "rule", read_green_rule),
            causes=self._rows(self._file("causes.toml"), "cause", read_cause),
            roles=self._rows(main, "role", read_named, finish=False),
            duties=self._rows(main, "duty", read_named, finish=False),
            outcomes=self._rows(main, "outcome", read_outcome, finish=False),
            channels=self._rows(main, "channel", read_channel, finish=False),
            skills=self._rows(main, "skill", read_named, finish=False),
            languages=self._rows(main, "language", read_named, finish=False),
            queues=self._rows(self._file("queues.toml"), "queue", read_queue),
            ladders=self._rows(self._file("ladders.toml"), "ladder", read_ladder),
            scripts=tuple(self._scripts()),
            demo=self._demo(),
            menus=self._menus(),
        )
        head.finish()
        main.finish()
        if pack.key and pack.key != self.folder.name:
            head.report("key", f"expected the folder's name {self.folder.name}, found {pack.key}")
        return pack

    def _strange_files(self) -> None:
        for path in sorted(self.folder.glob("*.toml")):
            if path.name not in FILES:
                text = f"unknown file; known: {', '.join(FILES)}"
                self.problems.append(PackProblem(path.name, "", text))

    def _file(self, name: str, *, required: bool = False) -> Table:
        data: Mapping[str, Any] = {}
        path = self.folder / name
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if required:
                text = f"missing; expected it in {self.folder}"
                self.problems.append(PackProblem(name, "", text))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(PackProblem(name, "", f"cannot be read: {error}"))
        return Table(data, file=name, place="", problems=self.problems)

    def _rows(
        self,
        table: Table,
        section: str,
        read: Callable[[Table], Row],
        *,
        key: str = "key",
        finish: bool = True,
    ) -> tuple[Row, ...]:
        tables = table.tables(section)
        rows = tuple(read(item) for item in tables)
        self._unique(table, section, (item.data.get(key) for item in tables))
        if finish:
            table.finish()
        return rows

    def _unique(self, table: Table, section: str, keys: Iterable[object]) -> None:
        for key, count in Counter(keys).items():
            if count > 1:
                table.report(f"{section}[{key}]", f"expected one of this key, found {count}")

    def _terms(self) -> dict[str, Text]:
        table = self._file("terms.toml")
        return {key: table.text(key) for key in table.data}

    def _case_types(self, calendars: Mapping[str, CalendarSpec]) -> tuple[CaseType, ...]:
        table = self._file("case_types.toml")
        terms = PromiseTerms(
            kinds=dict(read_promise_kind(item) for item in table.tables("promise")),
            sources=dict(read_source(item) for item in table.tables("source")),
            calendars=calendars,
        )
        common = tuple(read_field(item) for item in table.tables("common_field"))
        return self._rows(table, "case_type", lambda item: read_case_type(item, terms, common))

    def _processes(self) -> tuple[ProcessSource, ...]:
        table = self._file("processes.toml")
        return self._rows(
            table,
            "process",
            lambda item: ProcessSource(item.key(), item.file, item.place, item.data),
        )

    def _menus(self) -> tuple[MenuSource, ...]:
        return self._rows(
            self._file("menus.toml"),
            "menu",
            lambda item: MenuSource(item.key(), item.file, item.place, item.data),
        )

    def _demo(self) -> Demo:
        return read_demo(self._file("demo.toml"))

    def _scripts(self) -> Iterator[Script]:
        folder = self.folder / "scripts"
        keys = sorted({path.name.split(".")[0] for path in folder.glob("*.md")})
        for key in keys:
            parts = [self._script(folder / f"{key}.{language}.md") for language in DATA_KEYS]
            titles, bodies = zip(*parts, strict=True)
            yield Script(key, Text(*titles), Text(*bodies))

    def _script(self, path: Path) -> tuple[str, str]:
        name = f"scripts/{path.name}"
        if not path.is_file():
            self.problems.append(PackProblem(name, "", "missing; expected in each language"))
            return "", ""
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        if not title.startswith("# ") or not body.strip():
            text = "expected a first line '# Title' and text below it"
            self.problems.append(PackProblem(name, "", text))
        return title.removeprefix("# ").strip(), body.strip()
