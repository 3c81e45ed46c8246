"""The fields that a log of cases may fill, and what cities and companies call them."""

from typing import Final

from qiao.core.rules.columns import FieldTable, ImportField

TIMES: Final = ("opened_at", "answered_at", "closed_at", "due_at")
WORDS: Final = ("status", "priority", "channel")
_NAMES: Final = {
    "number": (
        "uniquekey unique_key casenumber caseno caseid ticketnumber ticketid ticketno "
        "servicerequestid servicerequestnumber requestid requestnumber incidentid sr_number id "
        "工单号 工单编号 工單號 工單編號 案件号 案件编号 案件編號 受理编号 登记编号 编号 編號"
    ),
    "opened_at": (
        "createddate created createdat createdtime opened openedat openeddate opendate opentime "
        "requesteddatetime requestdate datereceived received reporteddate submitted creationdate "
        "受理时间 受理時間 登记时间 创建时间 建立時間 来电时间 來電時間 反映时间 提交时间 受理日期"
    ),
    "answered_at": (
        "answered answeredat responded respondeddate firstresponse firstresponsedate answerdate "
        "答复时间 答覆時間 回复时间 回覆時間 首次响应时间"
    ),
    "closed_at": (
        "closeddate closed closedat closetime closedtime completeddate completed resolveddate "
        "resolvedat enddate finished 办结时间 辦結時間 结案时间 結案時間 归档时间 完成时间 "
        "关闭时间"
    ),
    "due_at": (
        "duedate due dueat deadline expecteddatetime sladue targetdate "
        "截止时间 截止時間 办理期限 辦理期限 应办结时间 承诺时限 到期时间"
    ),
    "type": (
        "complainttype casetype requesttype servicename servicecode category type problem issue "
        "诉求类型 訴求類型 工单类型 工單類型 案件类型 问题类型 业务类型 一级分类 大类 类型 類型"
    ),
    "sub_type": (
        "descriptor subtype subcategory detail typedetail servicesubtype subcategoryname "
        "二级分类 小类 細類 细类 子类型 子類型 问题细分"
    ),
    "status": "status state casestatus currentstatus 状态 狀態 工单状态 办理状态",
    "priority": "priority urgency severity 优先级 優先級 紧急程度 緊急程度 等级",
    "channel": (
        "channel opendatachanneltype source origin intakemethod contactmethod "
        "渠道 来源 來源 受理渠道 来电渠道"
    ),
    "area": (
        "borough district area region ward zone neighborhood councildistrict "
        "区域 區域 片区 行政区 行政區 所属区域 辖区"
    ),
    "address": (
        "incidentaddress address location street fulladdress 地址 事发地址 详细地址 地點 地点 位置"
    ),
    "latitude": "latitude lat y_latitude 纬度 緯度",
    "longitude": "longitude long lon lng 经度 經度",
    "account_number": (
        "account accountnumber accountno customerno 户号 戶號 用户编号 用戶編號 客户编号"
    ),
    "name": (
        "customername callername contactname requester name 户名 戶名 姓名 客户姓名 联系人 来电人"
    ),
    "phone": (
        "phone telephone mobile callerphone contactphone 电话 電話 手机 手機 联系电话 来电号码"
    ),
    "title": "title subject summary headline 标题 標題 主题 主題",
    "description": (
        "description details comments text body requestdetails "
        "内容 內容 描述 诉求内容 问题描述 反映内容 诉求描述"
    ),
    "resolution": (
        "resolutiondescription resolution resolutionnotes result answer statusnotes "
        "处理结果 處理結果 办理结果 答复内容 回复内容 处理意见"
    ),
    "agency": (
        "agency department team agencyresponsible assignedto owner responsibleagency "
        "承办单位 承辦單位 处理部门 处置部门 责任单位 办理单位"
    ),
    "outcome": "outcome disposition resolutioncode closecode 办结方式 结案方式 办理结论",
}
FIELDS: Final = tuple(ImportField(key, tuple(names.split())) for key, names in _NAMES.items())
REQUIRED: Final = ("number", "opened_at")
TABLE: Final = FieldTable(FIELDS, required=REQUIRED)
