"""The kinds of rows that another billing system sends, and how they stand in files."""

from collections.abc import Mapping
from typing import Final

from qiao.core.rules.columns import FieldTable, ImportField, fold

BILLS: Final = "bills"
PAYMENTS: Final = "payments"
BALANCES: Final = "balances"
KINDS: Final = (BILLS, PAYMENTS, BALANCES)

_ACCOUNT: Final = (
    "account accountnumber accountno contractaccount customernumber "
    "户号 戶號 用户号 用戶號 用户编号 账户号 合同账户 客户编号"
)
_AMOUNT: Final = "amount total totalamount sum 金额 金額 应收金额 應收金額 合计 合計 账单金额"
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    BILLS: {
        "number": "billnumber billno bill invoicenumber invoiceno documentnumber number "
        "账单号 帳單號 账单编号 单据号 發票號",
        "account": _ACCOUNT,
        "start": "from start startdate periodfrom billingfrom firstday "
        "起始日期 开始日期 開始日期 计费起 起日",
        "until": "until untildate",
        "last": "lastday to end enddate periodto periodend billingto "
        "结束日期 結束日期 截止日期 计费止 止日",
        "issued": "issued issuedate billdate documentdate 出账日期 出帳日期 开账日期 账单日期",
        "due": "due duedate paymentdue 缴费期限 繳費期限 到期日 最后缴费日 缴费截止日",
        "amount": _AMOUNT,
        "usage": "usage use consumption quantity 用量 水量 电量 气量 用水量 用电量 用气量",
        "unit": "unit uom 单位 單位 计量单位",
        "lines": "lines items details 明细 明細 费用明细",
        "void": "cancelled canceled void reversed 作废 作廢 冲红 红冲 是否作废",
    },
    PAYMENTS: {
        "number": "paymentnumber paymentno receiptnumber receiptno number documentnumber "
        "收据号 收據號 流水号 流水號 缴费单号 交易号",
        "account": _ACCOUNT,
        "at": "paidat paymentdate date receivedat valuedate "
        "缴费时间 繳費時間 缴费日期 收款日期 到账日期",
        "amount": "amount paid paymentamount 金额 金額 实收金额 實收金額 缴费金额 收款金额",
        "bills": "bills billnumbers billnumber invoices 账单号 帳單號 核销账单 对应账单",
        "way": "way channel method paymentmethod 缴费方式 繳費方式 渠道 收款方式",
        "void": "reversed cancelled void 冲正 沖正 已冲正 是否冲正 撤销",
    },
    BALANCES: {
        "account": _ACCOUNT,
        "amount": "balance amount owed 余额 餘額 欠费 欠費 欠费金额 账户余额",
        "at": "asof date at 截至时间 截至日期 余额日期 时点",
    },
}
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    BILLS: ("number", "account", "start", "due", "amount"),
    PAYMENTS: ("number", "account", "at", "amount"),
    BALANCES: ("account", "amount"),
}
TABLES: Final[Mapping[str, FieldTable]] = {
    kind: FieldTable(
        [ImportField(key, tuple(names.split())) for key, names in fields.items()],
        required=_REQUIRED[kind],
    )
    for kind, fields in _NAMES.items()
}

_YES: Final = "yes y true t 1 x 是 已作废 作废 作廢 已冲正 冲正 沖正 红冲 cancelled reversed"
_NO: Final = "no n false f 0 否 正常 valid"
YES: Final = frozenset(fold(word) for word in _YES.split())
NO: Final = frozenset(fold(word) for word in _NO.split())
WAYS: Final[Mapping[str, str]] = {
    fold(word): key
    for key, words in {
        "counter": "counter cash office 柜台 櫃檯 营业厅 營業廳 现金",
        "bank": "bank transfer 银行 銀行 转账 银行转账",
        "direct_debit": "directdebit debit 代扣 银行代扣 托收",
        "wechat": "wechat wechatpay 微信 微信支付",
        "alipay": "alipay 支付宝 支付寶",
    }.items()
    for word in words.split()
}
