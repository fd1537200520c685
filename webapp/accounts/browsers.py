"""Browsers in words: what a person calls the device behind a user agent string."""

import re

# The first that fits names it: nearly every browser also claims to be Chrome, Safari or both.
BROWSERS = (
    ("企业微信", r"wxwork"),
    # WeChat's own mark stands last in a long string, of which only the beginning is kept.
    ("微信", r"MicroMessenger|MMWEBSDK|XWEB/"),
    ("钉钉", r"DingTalk"),
    ("QQ 浏览器", r"MQQBrowser|QQBrowser"),
    ("UC 浏览器", r"UCBrowser"),
    ("华为浏览器", r"HuaweiBrowser"),
    ("小米浏览器", r"MiuiBrowser"),
    ("vivo 浏览器", r"VivoBrowser"),
    ("OPPO 浏览器", r"HeyTapBrowser"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("火狐", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
DEVICES = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("鸿蒙设备", r"HarmonyOS|OpenHarmony"),
    ("安卓手机", r"Android.*Mobile"),
    ("安卓平板", r"Android"),
    ("Windows 电脑", r"Windows"),
    ("苹果电脑", r"Macintosh"),
    ("Linux 电脑", r"Linux|X11"),
)


def browser_title(user_agent: str) -> str:
    """Return ``微信 · iPhone`` and the like; what is not known is said to be so."""
    browser = _first(BROWSERS, user_agent) or "其他浏览器"
    device = _first(DEVICES, user_agent) or "未知设备"
    return f"{browser} · {device}"


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in names if re.search(pattern, text, re.IGNORECASE)), None)
