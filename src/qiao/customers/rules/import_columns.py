"""The fields that a file of customers may fill, and what companies call them; how columns are
compared with them is `core.rules.columns`."""

from collections.abc import Mapping, Sequence
from typing import Final

from qiao.core.rules.columns import FieldTable, ImportField, Proposal

MANY: Final = frozenset({"phone"})
FIELDS: Final[tuple[ImportField, ...]] = tuple(
    ImportField(key, tuple(names.split()), many=key in MANY)
    for key, names in {
        "account_number": (
            "户号 戶號 用户号 用户编号 用戶編號 客户编号 客户编码 用水户号 缴费户号 户编号 "
            "水费户号 缴费号 合同账户 合同号 account accountno accountnumber customerno "
            "customernumber"
        ),
        "name": (
            "户名 戶名 姓名 客户名称 客戶名稱 客户姓名 用户名称 用户姓名 用戶姓名 名称 名稱 "
            "单位名称 業主 业主 业主姓名 联系人 聯絡人 name fullname customername contactname"
        ),
        "kind": "客户类型 客戶類型 用户性质 用户类别 用戶類別 个人单位 customertype kind",
        "gender": "性别 性別 gender sex",
        "phone": (
            "电话 電話 手机 手機 手机号 手机号码 手機號碼 移动电话 联系电话 聯絡電話 联系方式 "
            "固定电话 固话 座机 备用电话 phone mobile telephone tel cell phonenumber "
            "mobilenumber"
        ),
        "id_number": (
            "身份证 身份证号 身份证号码 身分證 身分證字號 证件号 证件号码 證件號碼 "
            "统一社会信用代码 信用代码 idnumber idcard idno nationalid creditcode"
        ),
        "service": "业务类别 服务 服務 能源类型 用能类型 service servicetype commodity",
        "use": (
            "用水性质 用電性質 用电性质 用气性质 用途 用水类别 水价类别 use usetype tariffclass"
        ),
        "address": (
            "地址 住址 用水地址 用电地址 用气地址 安装地址 装表地址 通讯地址 户址 详细地址 "
            "裝表地址 address serviceaddress fulladdress premises"
        ),
        "region": "区域 區域 片区 行政区 行政區 所属区域 抄表区 区划 region district area zone",
        "community": "小区 小區 小区名称 屋苑 社区 community estate",
        "meter_number": (
            "表号 表號 水表号 水表编号 电表号 气表号 表计编号 表身号 表钢号 meter meterno "
            "meternumber"
        ),
        "meter_size": "口径 表径 水表口径 口徑 metersize size diameter",
        "opened_date": (
            "开户日期 开户时间 立户日期 入户日期 建档日期 開戶日期 安装日期 openeddate opendate "
            "startdate since"
        ),
        "status": "状态 狀態 户状态 用户状态 账户状态 status state",
        "flags": "特殊标识 特殊群体 保护标识 用户标签 標識 flags protected vulnerable",
    }.items()
)
REQUIRED: Final = ("name",)
TABLE: Final = FieldTable(FIELDS, required=REQUIRED)
KEYS: Final = TABLE.keys


def propose(headers: Sequence[str]) -> list[Proposal]:
    """A field for every column that has a telling header, each field once."""
    return TABLE.propose(headers)


def mapping_faults(mapping: Mapping[int, str]) -> list[tuple[str, str]]:
    """What is wrong with a mapping of columns to fields; see `FieldTable.faults`."""
    return TABLE.faults(mapping)
