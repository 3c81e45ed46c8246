"""One row of an imported file as what will be written, or what is wrong with it.

Pure: the same row and mapping always give the same answer, so that a dry run tells what the real
run does. A fault names the field, a code and what was expected; a row with a fault is refused
whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from re import compile as pattern
from typing import Final

from qiao.core.rules import dates, identity, phones
from qiao.core.rules.columns import RowFault
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import BadText, clean

NAME_LENGTH: Final = 120
ADDRESS_LENGTH: Final = 300
SHORT: Final = 60
_SEVERAL = pattern(r"[,，;；、/\n]+")
_ACCOUNT = pattern(r"[0-9A-Z]{4,20}")
# Endings of names that only organisations have, as they stand in the registers of utilities.
_FIRM = pattern(
    r"(?:公司|集团|集團|工厂|工廠|厂|廠|商行|商店|超市|酒店|饭店|飯店|宾馆|賓館|医院|醫院|学校|學校"
    r"|幼儿园|幼兒園|大学|大學|中学|中學|小学|小學|委员会|委員會|管理处|管理處|政府|中心|银行|銀行"
    r"|事务所|事務所|合作社|业委会|物业|物業|分局|支行|研究所|理发店|药店|藥店)$"
    r"|(?i:\b(?:ltd|limited|inc|llc|gmbh|corp|co)\.?$)"
)

KINDS: Final = {
    "person": "个人 個人 居民 自然人 住户 person individual resident private",
    "organisation": "单位 單位 企业 企業 公司 机构 機構 organisation organization company firm",
}
GENDERS: Final = {"f": "女 f female w 2", "m": "男 m male 1"}
SERVICES: Final = {
    "water": "水 供水 自来水 自來水 water",
    "power": "电 電 供电 供電 电力 電力 power electricity",
    "gas": "气 氣 燃气 燃氣 煤气 天然气 gas",
    "heat": "热 熱 供热 供熱 供暖 暖气 heat heating",
}
USES: Final = {
    "household": "居民 居民生活 居民用水 生活 住宅 家庭 household residential domestic",
    "commercial": "商业 商業 经营 经营服务 非居民 服务业 commercial",
    "industrial": "工业 工業 生产 工业用水 industrial",
    "public": "公共 行政 事业 机关 学校 医院 行政事业 public institution",
}
STATUSES: Final = {
    "active": "正常 在用 在网 启用 使用 在户 active normal open",
    "suspended": "暂停 暫停 报停 停用 停水 欠费停水 suspended",
    "closed": "销户 銷戶 注销 已销户 拆表 closed cancelled",
}


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {word.casefold(): key for key, words in table.items() for word in words.split()}


_CHOICES: Final = {
    "kind": _words(KINDS),
    "gender": _words(GENDERS),
    "service": _words(SERVICES),
    "use": _words(USES),
    "status": _words(STATUSES),
}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a file says nothing: service, region, and the area code of bare numbers."""

    service: str = "water"
    region: str = ""
    area_code: str = ""


@dataclass(slots=True)
class ImportedRow:
    """A row in stored forms. Phones are E.164, the first is the primary one.

    `given` are the fields of which the row itself says something; the rest is assumed.
    """

    name: str
    kind: str = "person"
    gender: str = ""
    phones: tuple[str, ...] = ()
    id_kind: str = ""
    id_number: str = ""
    account_number: str = ""
    service: str = "water"
    use: str = "household"
    status: str = "active"
    address: str = ""
    region: str = ""
    community: str = ""
    meter_number: str = ""
    meter_size: str = ""
    opened_date: date | None = None
    flags: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    faults: list[RowFault] = field(default_factory=list)


def read_row(
    cells: Sequence[str],
    mapping: Mapping[int, str],
    *,
    defaults: Defaults,
    flag_words: Mapping[str, str],
    today: date,
) -> ImportedRow:
    """Read the cells of a row by a mapping of columns to fields.

    `flag_words` gives the key of a protected flag for every word that may stand for it. The row
    holds all faults that were found, not only the first.
    """
    given: dict[str, list[str]] = {}
    for column, key in mapping.items():
        if key and column < len(cells) and cells[column].strip():
            given.setdefault(key, []).append(cells[column].strip())
    first = {key: values[0] for key, values in given.items()}
    row = ImportedRow(
        name="", service=defaults.service, region=defaults.region, given=frozenset(first)
    )
    row.name = _text(row, "name", first, NAME_LENGTH, required=True)
    _choices(row, first)
    if "kind" not in first:
        row.kind = "organisation" if _FIRM.search(row.name) else "person"
    row.phones = _phones(row, given.get("phone", []), defaults.area_code)
    _identity(row, first.get("id_number", ""), today)
    _account(row, first)
    row.opened_date = _date(row, first.get("opened_date", ""), today)
    row.flags = _flags(row, first.get("flags", ""), flag_words)
    if not (row.phones or row.id_number or row.account_number or row.faults):
        row.faults.append(
            RowFault("name", "unknowable", row.name, "an account, telephone or identity number")
        )
    return row


def _text(
    row: ImportedRow, key: str, given: Mapping[str, str], length: int, *, required: bool = False
) -> str:
    try:
        return clean(given.get(key, ""), field=key, max_length=length, one_line=True,
                     required=required)  # fmt: skip
    except BadText as fault:
        row.faults.append(
            RowFault(key, fault.reason.value, given.get(key, "")[:SHORT], str(fault))
        )
        return ""


def _choices(row: ImportedRow, given: Mapping[str, str]) -> None:
    for key, words in _CHOICES.items():
        text = given.get(key, "")
        if not text:
            continue
        found = words.get(text.casefold())
        if found is None:
            said = ", ".join(dict.fromkeys(words.values()))
            row.faults.append(RowFault(key, "unknown", text[:SHORT], said))
        else:
            setattr(row, key, found)


def _phones(row: ImportedRow, cells: Sequence[str], area_code: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for cell in cells:
        for part in _SEVERAL.split(cell):
            if not part.strip():
                continue
            try:
                found[phones.normalise(part.strip(), area_code=area_code)] = None
            except phones.BadPhone as fault:
                row.faults.append(
                    RowFault("phone", fault.reason, part[:SHORT], "a telephone number")
                )
    return tuple(found)


def _identity(row: ImportedRow, text: str, today: date) -> None:
    if not text:
        return
    firm = row.kind == "organisation"
    try:
        if firm:
            row.id_number = identity.read_credit_code(text)
        else:
            row.id_number = identity.read_resident_id(text, today=today).number
    except identity.BadIdentity as fault:
        expected = "a unified social credit code" if firm else "a resident identity number of 18"
        row.faults.append(RowFault("id_number", fault.reason.value, "", expected))
        return
    row.id_kind = "credit_code" if firm else "id_card"


def _account(row: ImportedRow, given: Mapping[str, str]) -> None:
    row.address = _text(row, "address", given, ADDRESS_LENGTH)
    row.region = _text(row, "region", given, SHORT) or row.region
    row.community = _text(row, "community", given, SHORT)
    row.meter_number = _text(row, "meter_number", given, SHORT)
    row.meter_size = _text(row, "meter_size", given, SHORT)
    number = normal_form(given.get("account_number", ""))
    if number and not _ACCOUNT.fullmatch(number):
        found = given["account_number"][:SHORT]
        row.faults.append(
            RowFault("account_number", "shape", found, "4 to 20 digits and letters A to Z")
        )
        number = ""
    row.account_number = number
    if (row.address or row.meter_number) and not number and "account_number" not in given:
        row.faults.append(
            RowFault("account_number", "missing", "", "the account that is served at the address")
        )
    if row.meter_number and not row.address:
        row.faults.append(RowFault("address", "missing", "", "where the meter stands"))


def _date(row: ImportedRow, text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        found: date | None = dates.read_date(text.partition("T")[0])
    except dates.BadDate:
        found = None
    if found is None or found > today:
        row.faults.append(
            RowFault("opened_date", "date", text[:SHORT], "a day such as 2026-01-31, not to come")
        )
        return None
    return found


def _flags(row: ImportedRow, text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for part in _SEVERAL.split(text):
        word = part.strip().casefold()
        if not word:
            continue
        key = words.get(word)
        if key is None:
            row.faults.append(RowFault("flags", "unknown", part[:SHORT], "a protected flag"))
        else:
            found[key] = None
    return tuple(found)
