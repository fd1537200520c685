"""A registration as an applicant fills it in on a phone."""

import random
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from webapp.sample import sample_credit_code, sample_id_number, sample_mobile

PASSWORD = "Clinic2026pass"
rng = random.Random()


def register(page: Page, name: str, mobile: str, photo: Path) -> None:
    """Hand in a registration of 沙坪坝区 with one photo of each kind."""
    page.goto("/register")
    for label, text in {
        "医疗机构名称": name,
        "社会统一信用代码": sample_credit_code(rng),
        "经营地址": "沙坪坝区样例路 9 号",
        "法人代表(负责人)": "样例负责人",
        "法人(负责人)身份证号": sample_id_number(rng),
        "联系人": "样例联系人",
        "联系电话": sample_mobile(rng),
        "用户名": "样例管理员",
        "身份证号码": sample_id_number(rng),
        "手机号码": mobile,
        "设置密码": PASSWORD,
        "确认密码": PASSWORD,
    }.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("经营地区").select_option(label="沙坪坝区")
    page.get_by_label("机构级别").select_option(label="一级")
    page.get_by_label("经营性质").select_option(label="营利性")
    choose_subjects(page)
    for files in page.locator("input[type=file]").all():
        files.set_input_files(photo)
    page.get_by_role("checkbox", name="机构执业", exact=True).check()
    expect(page.locator("form img")).to_have_count(2)
    page.get_by_role("button", name="完成注册").click()
    expect(page).to_have_url(re.compile(r"/registration$"))


def choose_subjects(page: Page) -> None:
    page.get_by_role("searchbox", name="查找诊疗科目").fill("内科")
    page.get_by_role("checkbox", name="内科", exact=True).check()
