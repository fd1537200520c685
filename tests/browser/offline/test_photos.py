"""Photos on a bad network: each arrives whole, once, whatever its name and wherever the upload breaks."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.offline.network import LOST, Fault, Network
from tests.browser.offline.phone import check, held, is_submitted, waiting
from tests.browser.offline.steps import codes, tap_all, wait_kept, wait_sent
from tests.browser.serving import Server

NAMES = ["现场照片.jpg", "😀📷.jpg", "../../x.jpg", "长" * 300 + ".jpg", "a'\"<b>.jpg"]


def add(page: Page, code: str, *photos: Path) -> None:
    """Choose photos for an item, as from the camera."""
    page.locator(f"#i-{code} input[type=file]").set_input_files(list(photos))


def stored(server: Server, inspection: str) -> int:
    """How many photos the server has tied to the draft."""
    [(count,)] = server.rows(
        "SELECT count(*) FROM inspection_photos JOIN inspections ON inspections.id = inspection_id "
        "WHERE inspections.uuid = :inspection",
        inspection=UUID(inspection),
    )
    return int(count)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of noise, which no encoder makes small."""
    path = tmp_path / "设备铭牌.jpg"
    path.write_bytes(factories.noisy_jpeg(1400, 1000))
    return path


def test_ten_photos_at_once_all_arrive(page: Page, inspection: str, server: Server, photo: Path) -> None:
    code = codes(page)[0]
    add(page, code, *[photo] * 5)
    add(page, codes(page)[1], *[photo] * 5)
    wait_kept(page, 10)
    expect(page.locator(f"#p-{code} img")).to_have_count(5)
    wait_sent(page)
    assert stored(server, inspection) == 10
    check(page, server, inspection)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_an_upload_that_breaks_goes_on_where_it_was(
    page: Page, inspection: str, server: Server, network: Network, photo: Path, part: float
) -> None:
    breaks = iter([True, True, True])
    network.rule = lambda m, p: Fault(cut=part) if m == "PATCH" and next(breaks, False) else Fault()
    add(page, codes(page)[0], photo)
    wait_kept(page, 1)
    wait_sent(page)
    assert stored(server, inspection) == 1
    check(page, server, inspection)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(page: Page, inspection: str, server: Server, photo: Path, name: str) -> None:
    chosen = {"name": name, "mimeType": "image/jpeg", "buffer": photo.read_bytes()}
    page.locator(f"#i-{codes(page)[0]} input[type=file]").set_input_files([chosen])  # type: ignore[list-item]
    wait_kept(page, 1)
    wait_sent(page)
    assert stored(server, inspection) == 1
    check(page, server, inspection)


def test_a_photo_is_shrunk_before_it_waits(page: Page, inspection: str, tmp_path: Path) -> None:
    page.context.set_offline(True)
    big = tmp_path / "大照片.jpg"
    big.write_bytes(factories.jpeg(4000, 3000).getvalue())
    add(page, codes(page)[0], big)
    wait_kept(page, 1)
    sides = page.evaluate(
        "async () => { const [p] = await outbox.all('photos'); const b = await createImageBitmap(p.blob);"
        "return [b.width, b.height] }"
    )
    assert sides == [2048, 1536]


def test_a_photo_taken_back_before_it_was_sent_never_goes(
    page: Page, inspection: str, server: Server, photo: Path
) -> None:
    page.context.set_offline(True)
    code = codes(page)[0]
    add(page, code, photo)
    wait_kept(page, 1)
    page.locator(f"#i-{code}").get_by_role("button", name="移除这张照片").click()
    expect(page.locator(f"#p-{code} img")).to_have_count(0)
    assert [o["kind"] for o in held(page)["operations"]] == ["create"] and held(page)["photos"] == []
    page.context.set_offline(False)
    wait_sent(page)
    assert stored(server, inspection) == 0


def test_a_submission_waits_for_its_last_photo(
    page: Page, inspection: str, server: Server, network: Network, photo: Path
) -> None:
    network.rule = lambda _m, p: LOST if p.startswith("/uploads") else Fault()
    items = codes(page)
    tap_all(page, dict.fromkeys(items, "yes"))
    add(page, items[0], photo)
    wait_kept(page, len(items) + 1)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("已保存到手机，正在上报")).to_be_visible()
    page.wait_for_timeout(500)
    assert not is_submitted(server, inspection)
    assert {operation["kind"] for operation in waiting(page)} == {"photo", "submit"}
    network.rule = lambda _m, _p: Fault()
    page.evaluate("drainer.drain()")
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    assert is_submitted(server, inspection) and stored(server, inspection) == 1


def test_what_is_no_photo_is_refused_and_named(page: Page, inspection: str, tmp_path: Path) -> None:
    text = tmp_path / "说明.jpg"
    text.write_text("这不是照片")
    code = codes(page)[0]
    add(page, code, text)
    expect(page.locator(f"#s-{code}[data-state=trouble]")).to_contain_text("照片")
    expect(page.locator("#band")).to_contain_text("1 条需要处理")
