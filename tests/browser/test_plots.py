"""The work desk's plots: drawn under the content policy, opened, printed, in both themes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in

CITY = "13800000012"
PLOTS = ["submissions", "completion", "failures", "demerits", "skipped"]
INK = """([name, colour]) => {
  const canvas = document.querySelector(`#${name} canvas`);
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] > 250) colours.add(data.slice(at, at + 3).join());
  return colours.has(colour);
}"""


def wait_for_ink(page: Page, name: str, colour: str) -> None:
    """Wait until a plot is drawn, or drawn anew, with a colour."""
    page.wait_for_function(INK, arg=[name, colour])


def rgb(page: Page, token: str) -> str:
    """A token's colour as the canvas holds it."""
    colour: str = page.evaluate(
        "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", token
    )
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def wait_for_plots(page: Page) -> None:
    for name in PLOTS:
        expect(page.locator(f"#{name} canvas")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=["wide", "narrow"])
def test_they_are_drawn_beside_their_tables(desk: Page, size: tuple[int, int], scheme: str) -> None:
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(desk, CITY)
    wait_for_plots(desk)
    for name in PLOTS:
        wait_for_ink(desk, name, rgb(desk, "--plot-1"))
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(desk)


def test_a_bar_opens_the_list_behind_it(desk: Page) -> None:
    sign_in(desk, CITY)
    wait_for_plots(desk)
    first = desk.locator("#failures tbody tr").first
    wanted, count = first.locator("a").get_attribute("href") or "", int(first.locator("a").inner_text())
    box = desk.locator("#failures canvas")
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    assert area
    rows = desk.locator("#failures tbody tr").count()
    # The first bar begins behind the names; its band is the first of so many.
    box.click(position={"x": area["width"] * 0.5, "y": 12 + (area["height"] - 40) / rows / 2})
    expect(desk).to_have_url(re.compile(re.escape(wanted)))
    expect(desk.locator("tr[data-href]")).to_have_count(count)


def test_one_filter_narrows_all_of_them(desk: Page) -> None:
    sign_in(desk, CITY)
    wait_for_plots(desk)
    desk.get_by_label("机构级别").select_option("二级")
    desk.get_by_label("统计期间").select_option("近 6 个月")
    desk.get_by_role("button", name="统计").click()
    expect(desk).to_have_url(re.compile("period=6"))
    wait_for_plots(desk)
    expect(desk.locator("#submissions tbody tr")).to_have_count(6)
    links = desk.locator("#submissions td a").evaluate_all("all => all.map(link => link.href)")
    assert links and all("level=" in link for link in links)
    desk.reload()
    expect(desk.get_by_label("机构级别")).to_have_value("二级")


def test_the_theme_changes_the_picture(desk: Page) -> None:
    desk.emulate_media(color_scheme="light")
    sign_in(desk, CITY)
    wait_for_plots(desk)
    before = rgb(desk, "--plot-1")
    desk.emulate_media(color_scheme="dark")
    after = rgb(desk, "--plot-1")
    assert before != after
    wait_for_ink(desk, "submissions", after)


def test_paper_gets_dark_ink_and_the_whole_page(desk: Page) -> None:
    desk.emulate_media(color_scheme="dark")
    sign_in(desk, CITY)
    wait_for_plots(desk)
    desk.emulate_media(media="print", color_scheme="dark")
    expect(desk.locator(".side")).to_be_hidden()
    expect(desk.locator("#plots form")).to_be_hidden()
    wait_for_ink(desk, "submissions", "51,51,51")
    wide = desk.locator("#submissions canvas").bounding_box()
    page = desk.locator("#submissions").bounding_box()
    assert wide and page and wide["x"] + wide["width"] <= page["x"] + page["width"]


def test_without_scripts_each_plot_is_a_table_of_its_own(desk: Page) -> None:
    sign_in(desk, CITY)
    for name in PLOTS:
        desk.goto(f"/supervision/figures/{name}")
        expect(desk.locator("table[data-plot] tbody tr").first).to_be_visible()
        expect(desk.get_by_role("link", name="工作台").last).to_be_visible()
