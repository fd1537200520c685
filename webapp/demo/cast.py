"""The facts of the demo: every name is made up, and looks it."""

from typing import Any, Literal

from webapp.accounts.models import Kind

PASSWORD = "Demo2026pass"  # noqa: S105 - published on purpose
HOSPITAL, CLINIC = "渝州示范医院", "渝中仁和诊所"

# 小类 that the hospital does not offer; the clinic and the applicants name what they offer.
NOT_IN_HOSPITAL = {"RY-XC", "JS-QG", "MY-FZ", "ZY-ZD", "MR-FW"}
CLINIC_SCOPE = (
    *("JG-ZZ", "JG-XW", "JG-ZY", "RY-YS", "RY-HS", "RY-YJ", "WS-CF", "WS-BL", "YX-YP", "YX-QX", "JS-KJ"),
    *("CR-ZZ", "CR-YG", "CR-FW", "GG-FB", "YJ-KY"),
)
INSTITUTIONS: list[dict[str, Any]] = [
    {
        "name": HOSPITAL,
        "district": "500106",
        "address": "沙坪坝区样例大道 100 号",
        "level": "二级",
        "nature": "非营利",
        "treatment_subjects": ["01", "03", "04", "05", "07", "10", "12", "13", "20", "26", "30", "32", "50"],
        "legal_person": "江示安",
        "contact": "罗例宁",
        "registrant": "罗例宁",
        "mobile": "13800000001",
        "days_ago": 210,
    },
    {
        "name": CLINIC,
        "district": "500103",
        "address": "渝中区样例巷 8 号附 2 号",
        "level": "未定级",
        "nature": "营利",
        "treatment_subjects": ["02", "03", "50"],
        "legal_person": "何示仁",
        "contact": "何示仁",
        "registrant": "何示仁",
        "mobile": "13800000031",
        "days_ago": 190,
    },
    {
        "name": "沙坪坝样例口腔门诊部",
        "district": "500106",
        "address": "沙坪坝区样例支路 21 号",
        "level": "未定级",
        "nature": "营利",
        "treatment_subjects": ["12"],
        "legal_person": "钟示远",
        "contact": "钟示远",
        "registrant": "钟示远",
        "mobile": None,
        "days_ago": 12,
        "returned": "《医疗机构执业许可证》照片反光，看不清有效期限，请重新拍照后提交。",
    },
    {
        "name": "南岸待审门诊部",
        "district": "500108",
        "address": "南岸区样例街 56 号",
        "level": "一级",
        "nature": "营利",
        "treatment_subjects": ["03", "04", "12"],
        "legal_person": "杜示南",
        "contact": "杜示南",
        "registrant": "杜示南",
        "mobile": "13800000041",
        "days_ago": 2,
        "waits": True,
    },
    {
        "name": "沙坪坝样例中医门诊部",
        "district": "500106",
        "address": "沙坪坝区样例新街 3 号",
        "level": "一级",
        "nature": "营利",
        "treatment_subjects": ["50"],
        "legal_person": "姚例芝",
        "contact": "姚例芝",
        "registrant": "姚例芝",
        "mobile": None,
        "days_ago": 5,
        "waits": True,
    },
]
# What the clinic asks the reviewers to change, with a new photo of the licence.
CHANGE: dict[str, Any] = {"name": "渝中仁和中西医结合诊所", "days_ago": 4}
DEPARTMENTS = {
    HOSPITAL: (
        "内科",
        "外科",
        "妇产科",
        "儿科",
        "急诊医学科",
        "口腔科",
        "检验科",
        "放射科",
        "药剂科",
        "医务科",
    ),
    CLINIC: ("全科", "药房", "护理组"),
}
# Institution, name, mobile, department, may inspect, may score.
STAFF = (
    (HOSPITAL, "谭示文", "13800000002", "医务科", True, False),
    (HOSPITAL, "蒋例明", "13800000003", "医务科", False, True),
    (HOSPITAL, "龚示华", "13800000004", "药剂科", True, True),
    (HOSPITAL, "秦例清", None, "检验科", True, False),
    (CLINIC, "向示青", "13800000032", "全科", True, False),
    (CLINIC, "冉例秋", "13800000033", "护理组", False, True),
)
# Institution, name, 性别, 职称, 执业范围 of those whose conduct is recorded.
PERSONS: tuple[tuple[str, str, Literal["男", "女"], str, str], ...] = (
    (HOSPITAL, "单示雄", "男", "主治医师", "外科专业"),
    (HOSPITAL, "吕例兰", "女", "副主任医师", "内科专业"),
    (HOSPITAL, "曾示川", "男", "医师", "急救医学专业"),
    (HOSPITAL, "覃例雪", "女", "主管护师", "临床护理"),
    (HOSPITAL, "任示平", "男", "主任医师", "妇产科专业"),
    (HOSPITAL, "乐例音", "女", "护士", "临床护理"),
    (HOSPITAL, "盛示江", "男", "主管药师", "药学"),
    (HOSPITAL, "查例宁", "女", "医师", "口腔专业"),
    (CLINIC, "解示安", "男", "主治医师", "全科医学专业"),
    (CLINIC, "仇例月", "女", "护师", "临床护理"),
)
# Of whom, days ago, what for; those who are named below stay drafts.
DEMERITS = (
    ("任示平", 75, ("A3-02",)),
    ("单示雄", 64, ("A1-02",)),
    ("查例宁", 52, ("A2-01",)),
    ("吕例兰", 41, ("A1-03", "A1-04")),
    ("盛示江", 20, ("A2-01",)),
    ("解示安", 33, ("A1-02",)),
    ("任示平", 9, ("A3-01",)),
    ("曾示川", 2, ("A1-03",)),
    ("仇例月", 3, ("A1-02",)),
)
DRAFTED = frozenset(("曾示川", "仇例月"))
# Against whose last entry, days ago, in which way and why; and what the reviewer answered how many days ago.
PETITIONS: tuple[tuple[str, int, str, str, tuple[int, str, str] | None], ...] = (
    (
        "查例宁",
        48,
        "objection",
        "当日由上级医师口头同意后操作，书面记录在次日补签。",
        (45, "rejected", "经核对，补签的记录没有上级医师签名，原记分事实清楚，予以维持。"),
    ),
    (
        "吕例兰",
        38,
        "reversal",
        "核对门诊记录后发现，当日书写病历的是同科室另一名医师，本条记错了人。",
        (36, "upheld", "已核对门诊记录和排班表，情况属实，同意撤销。"),
    ),
    (
        "任示平",
        6,
        "objection",
        "当日连续手术至晚间，病历在次日上午补记完成，并非不书写，附手术排班和病历系统时间记录。",
        None,
    ),
    (
        "解示安",
        3,
        "reversal",
        "录入时选错了条款，该行为已按另一条内部处理，申请撤销后重新记分。",
        None,
    ),
)
OFFICIALS = (
    ("程示区", "13800000011", Kind.REVIEWER, "500106"),
    ("石例市", "13800000012", Kind.REVIEWER, None),
    ("余示统", "13800000021", Kind.SYSTEM, None),
    ("范例审", "13800000022", Kind.AUDITOR, None),
)
# Reviewers without a number that anybody is told: one who has left, one who has yet to sign in.
FORMER, NEWCOMER = ("万例休", "500103"), ("田示新", "500108")
SETTINGS = {
    "announcement": "这是演示系统：机构、人员和记录都是编造的，请不要填写真实信息。",
    "support_phone": "023-60000000",
}
# Which of the checklist's special cases (applies_to) each institution is; every other item is 合理缺项 there.
FEATURES = {
    HOSPITAL: frozenset(
        (
            *("all", "医院", "二级以上", "二级以上用血机构", "设病房", "定点机构", "政府举办", "非营利性"),
            *("按规定设置", "放射诊疗", "母婴保健", "产科", "婚检机构", "产前筛查", "使用麻精药品"),
            *("临床用血", "设检验实验室", "精神卫生", "互联网诊疗", "中医类", "接种单位"),
        )
    ),
    CLINIC: frozenset(("all", "定点机构")),
}
# What an inspector writes beside 否.
REMARKS = {
    "JG-XW-002": "抽查门诊二楼，3名新入职人员未佩戴标牌，已当场提醒，医务科本周内补发。",
    "JG-XW-019": "上季度医疗质量关键指标未在科室公示栏更新，质控科月底前补齐。",
    "JG-XW-023": "急诊大厅医疗纠纷解决途径公示牌破损，字迹不清，已报后勤更换。",
    "RY-HS-011": "护士在职培训计划有两次未按期实施，护理部重新排期补训。",
    "RY-YJ-004": "临床药师现有2名，少于3名，已列入本年度招聘计划。",
    "WS-CF-004": "抽查处方50张，2张未注明临床诊断，已通知开方医师并纳入处方点评。",
    "WS-BL-003": "抽查病历20份，1份修改处没有签名和时间，已退回补正。",
    "WS-BL-004": "外科1份病历的主治医师首次查房记录晚于入院48小时，科室已分析原因。",
    "YX-YP-007": "不合格药品区色标脱落，当日已重新张贴。",
    "YX-YP-008": "阴凉库有两天温湿度未记录，已补充培训养护人员。",
    "YX-QX-005": "2台监护仪缺上季度保养记录，设备科核实后补做保养。",
    "CR-ZZ-003": "本年度传染病应急预案演练尚未开展，计划下月组织。",
    "CR-YG-007": "口腔科缺上月灭菌效果检测记录，已补做检测，结果合格。",
    "CR-FW-005": "医疗废物交接登记有2处漏签名，已由双方补签。",
    "CR-FW-008": "暂存处有1次贮存超过2天，已与集中处置单位约定节假日加收。",
    "FS-FH-001": "1台移动DR的年度状态检测报告未归档，已向检测单位索取。",
    "FS-XK-005": "1名新上岗人员的个人剂量计晚发，首个监测周期超过90天。",
}
