"""What many browser tests begin with."""

from pathlib import Path

from playwright.sync_api import Cookie, Page, expect

from webapp.demo import PASSWORD

# A job begins in a process of its own, and a busy machine takes its time.
SOON = 60_000
# One sign-in per account and server is enough: sign-ins are limited by address, and take a moment each.
_signed_in: dict[tuple[str, str], list[Cookie]] = {}


def type_sign_in(page: Page, mobile: str, password: str = PASSWORD) -> None:
    """Fill in the form as a person does, on the page that shows it."""
    page.get_by_label("手机号码").fill(mobile)
    page.get_by_role("textbox", name="密码").fill(password)
    page.get_by_role("button", name="登录").click()


def sign_in(page: Page, mobile: str) -> None:
    """Leave the page on the account's home, signed in; an earlier sign-in that still holds is used again."""
    page.goto("/login")
    server = page.url.removesuffix("/login")
    cookies = _signed_in.get((server, mobile))
    if cookies:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.goto("/")
    if page.url.startswith(f"{server}/login"):
        page.context.clear_cookies()
        page.goto("/login")
        type_sign_in(page, mobile)
        expect(page).not_to_have_url(f"{server}/login")
        _signed_in[server, mobile] = [c for c in page.context.cookies() if c.get("name") == "session"]


def start_inspection(page: Page, category: str) -> str:
    """Begin an inspection on one 大类 and return its public identifier; the page then shows the form."""
    page.goto("/inspections/new")
    boxes = page.locator("[data-tree] .branch")
    for branch in boxes.all():
        wanted = branch.locator("> label").inner_text().strip() == category
        branch.locator("[data-tree-parent]").set_checked(wanted)
    page.get_by_role("button", name="开始填报").click()
    page.wait_for_selector("#fill[data-ready]")
    page.locator("details.chapter").evaluate_all("all => all.forEach(chapter => { chapter.open = true })")
    return page.url.rsplit("/", 1)[-1]


def press(page: Page, key: str) -> None:
    """Press a key, once the page has come whole with what listens to keys."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def zoom(page: Page, within: str = "") -> None:
    """Open the first photo over the page, once that is whole: before, the photo would take its place."""
    page.wait_for_load_state()
    page.locator(f"{within} a[data-zoom]").first.click()


def downloaded(page: Page) -> tuple[str, bytes]:
    """Wait for the file that the page makes, and return its name and content."""
    link = page.get_by_role("link", name="下载")
    expect(link).to_be_visible(timeout=SOON)
    with page.expect_download() as download:
        link.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()
