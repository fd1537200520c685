"""Every act that is recorded, and whatever else stands in an entry, in the auditor's words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from webapp.audit.verification import SLIPPED_IN, UNSEALED
from webapp.chain import ASTRAY, CHANGED, Fault

# A test holds that each name that the program records stands here.
GROUPS: dict[str, dict[str, str]] = {
    "登录与密码": {
        "sign-in": "登录",
        "sign-in-failed": "登录失败",
        "sign-in-locked": "账号锁定期间尝试登录",
        "sign-out": "退出登录",
        "sign-ins-ended": "退出其他设备",
        "first-sign-in": "首次登录",
        "first-sign-in-failed": "首次登录失败",
        "password-set-by-code": "用一次性口令重设密码",
        "password-changed": "修改密码",
        "password-refused": "当前密码验证失败",
    },
    "个人信息": {
        "numbers-shown": "查看完整号码",
        "profile-changed": "修改个人信息",
    },
    "机构": {
        "registration-submitted": "提交注册",
        "registration-resubmitted": "重新提交注册",
        "registration-approved": "通过注册",
        "registration-returned": "退回注册",
        "institution-changed": "修改机构信息",
        "change-submitted": "提交变更申请",
        "change-withdrawn": "撤回变更申请",
        "change-approved": "通过变更",
        "change-returned": "退回变更",
        "department-added": "添加科室",
        "department-changed": "修改科室",
        "department-deleted": "删除科室",
    },
    "机构人员": {
        "staff-added": "添加机构人员",
        "staff-changed": "修改机构人员",
        "staff-deleted": "删除机构人员",
        "staff-deactivated": "停用机构人员",
        "staff-activated": "启用机构人员",
        "staff-imported": "导入机构人员",
        "code-issued": "签发一次性口令",
        "codes-issued": "批量签发一次性口令",
        "administration-handed-over": "移交机构管理权",
    },
    "自查": {
        "inspection-submitted": "上报自查",
        "inspection-deleted": "删除自查草稿",
    },
    "不良记分": {
        "person-added": "添加医疗人员",
        "person-changed": "修改医疗人员",
        "persons-imported": "导入医疗人员",
        "demerit-submitted": "上报记分",
        "demerit-deleted": "删除记分草稿",
        "reversal-filed": "提交撤销申请",
        "reversal-upheld": "同意撤销",
        "reversal-rejected": "不同意撤销",
        "objection-filed": "提交陈述申辩",
        "objection-upheld": "申辩成立",
        "objection-partly": "申辩部分成立",
        "objection-rejected": "申辩不成立",
    },
    "导出": {
        "export-started": "申请导出",
        "export-finished": "导出完成",
        "numbers-exported": "导出完整号码",
        "export-cancelled": "取消导出",
        "export-failed": "导出失败",
    },
    "系统管理": {
        "user-created": "用命令新建账号",
        "official-added": "添加账号",
        "official-changed": "修改账号",
        "official-deactivated": "停用账号",
        "official-activated": "启用账号",
        "official-unlocked": "解锁账号",
        "settings-changed": "修改系统设置",
        "checklist-loaded": "启用清单或规则版本",
        "database-restored": "用备份恢复数据",
    },
}
ACTIONS = {action: title for group in GROUPS.values() for action, title in group.items()}

# What an entry can be about, by the name of its table.
SUBJECTS = {
    "attachments": "照片",
    "demerits": "不良记分",
    "departments": "科室",
    "discarded_inspections": "已删除的自查",
    "inspections": "自查记录",
    "jobs": "导出",
    "institutions": "机构",
    "medical_persons": "医疗人员",
    "messages": "消息",
    "person_imports": "医疗人员导入",
    "petitions": "撤销与申辩",
    "photo_uploads": "照片上传",
    "registrations": "注册与变更",
    "sign_ins": "登录设备",
    "staff_imports": "人员导入",
    "users": "账号",
}

DETAILS = {
    "after": "改动以后",
    "answered": "已答项数",
    "before": "改动以前",
    "by_number": "按身份证号查询",
    "code": "编码",
    "count": "数量",
    "demerit": "记分编号",
    "digest": "记录校验码",
    "district": "负责地区",
    "fields": "改动的内容",
    "filter": "查询条件",
    "is_enabled": "启用",
    "kind": "类别",
    "list": "列表",
    "made_at": "备份时间",
    "name": "名称",
    "number": "号码",
    "numbers": "号码写法",
    "pages": "页数",
    "points": "分值",
    "points_off": "减去分值",
    "reason": "原因",
    "record": "记录编号",
    "rows": "条数",
    "sha256": "文件校验码",
    "title": "内容",
    "total": "总项数",
    "version": "版本",
}
WORDS = {
    "announcement": "登录页公告",
    "address": "经营地址",
    "auditor": "审计员",
    # Of an institution the one, of a person the other.
    "certificate": "法人证书或执业证书编号",
    "contact": "联系人",
    "contact_phone": "联系电话",
    "credit_code": "社会统一信用代码",
    "department_id": "所属科室",
    "district": "经营地区",
    "documents": "证明材料",
    "gender": "性别",
    "id_number": "身份证号",
    "inspection_scope": "执业自查范围",
    "is_inspector": "医疗机构自查",
    "is_scorer": "医疗机构不良记分",
    "legal_person": "法人代表（负责人）",
    "legal_person_id_number": "法人（负责人）身份证号",
    "level": "机构级别",
    "licence": "医疗机构执业许可证",
    "mobile": "手机号",
    "name": "名称",
    "nature": "经营性质",
    "practice": "执业范围",
    "reviewer": "监督员",
    "scope": "执业自查范围",
    "support_phone": "技术支持电话",
    "system": "系统管理员",
    "title": "职称",
    "treatment_subjects": "诊疗科目",
    # What exports are of, and how their lists were narrowed.
    "demerit-pdf": "记分记录 PDF",
    "demerits": "医疗人员不良记分",
    "end": "结束时间",
    "full": "完整",
    "inspection-pdf": "自查记录 PDF",
    "inspections": "自查记录",
    "institutions": "机构自查情况",
    "list": "列表",
    "masked": "隐藏中间几位",
    "petitions": "撤销与申辩",
    "q": "名称或信用代码",
    "registrations": "注册审核",
    "start": "开始时间",
    "state": "状态",
    "status": "状态",
}


def details(detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an entry's ``detail`` says, as pairs of words."""
    for key, value in detail.items():
        yield DETAILS.get(key, key), _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_said, value))
    if isinstance(value, dict):
        return "，".join(f"{WORDS.get(key, key)} {_said(inner)}" for key, inner in value.items())
    return WORDS.get(value, value) if isinstance(value, str) else str(value)


def said(detail: Mapping[str, Any]) -> str:
    """Return the same in one line, without digests and identifiers, which nobody reads."""
    short = {key: value for key, value in detail.items() if key not in ("demerit", "digest", "sha256")}
    return "；".join(f"{key} {value}" for key, value in details(short))


FAULTS = {
    CHANGED: "内容与校验码不符，写入以后被改动过",
    ASTRAY: "与上一条衔接不上，它或它前面的记录被换过",
    UNSEALED: "之后的链尾不是本系统写下的，记录可能被截短过",
    SLIPPED_IN: "之后被插入了不是本系统写下的记录",
}


def fault_said(fault: Fault) -> str:
    """Say in a sentence which entry is the first that is not as it was written, and how that shows."""
    chain = fault.chain.rpartition(" ")[2]
    missing = re.search(r"\d+", fault.reason)
    if fault.reason in FAULTS:
        how = FAULTS[fault.reason]
    elif fault.reason.startswith("record"):
        how = f"之前缺少第 {missing[0] if missing else '?'} 条"
    else:
        how = f"之后缺少记录，直到第 {missing[0] if missing else '?'} 条"
    return f"第 {chain} 链第 {fault.number} 条{how}。"
