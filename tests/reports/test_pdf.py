"""导出 PDF: the printed page as a file, with its photos and its fonts inside."""

import sys
from collections.abc import Callable
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests import factories
from tests.attachments.s3 import Store
from tests.jobs.doing import do_jobs, downloaded, last_job
from tests.reports.conftest import owner_of, url_of
from tests.supervision.test_demerits import NUMBER, handed_in, person_of
from webapp.accounts.models import User
from webapp.attachments.models import storage
from webapp.attachments.storage import Storage
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.inspections.models import Inspection
from webapp.jobs.models import Job
from webapp.jobs.performing import NO_STORAGE
from webapp.reports.pdf import NO_PANGO, OUT_OF_REACH

Record = Inspection | Demerit


def pdf_of(client: FlaskClient, record: Record) -> PdfReader:
    assert client.post(f"{url_of(record)}/pdf").status_code == 303
    do_jobs()
    assert last_job().trouble == ""
    return PdfReader(BytesIO(downloaded(client, last_job())))


def text_of(pdf: PdfReader) -> str:
    """The words of all pages without the places where lines happen to break."""
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)


def test_it_says_what_the_page_to_print_says(desk: FlaskClient, record: Record) -> None:
    pdf = pdf_of(desk, record)
    page = BeautifulSoup(desk.get(f"{url_of(record)}/print").text, "html.parser")
    text = text_of(pdf)
    said = page.select("main h1, main h2, main dd, main .item-text, main .address, .note-text, .digest span")
    assert len(said) > 12
    assert not [part.text for part in said if "".join(part.text.split()) not in text]


def test_every_page_has_its_number(desk: FlaskClient, record: Record) -> None:
    pdf = pdf_of(desk, record)
    for number, page in enumerate(pdf.pages, start=1):
        text = "".join(page.extract_text().split())
        assert f"第{number}页，共{len(pdf.pages)}页" in text
        assert f"SHA-256{str(record.digest)[:16]}…" in text


def test_it_holds_the_photos(desk: FlaskClient, record: Record) -> None:
    photos = {image.data: image.image for page in pdf_of(desk, record).pages for image in page.images}
    (photo,) = photos.values()
    assert photo is not None and photo.size == (64, 48)
    assert photo.convert("RGB").getpixel((32, 24)) == pytest.approx((70, 130, 180), abs=12)


def test_it_holds_its_chinese_fonts(desk: FlaskClient, record: Record) -> None:
    resources = [page["/Resources"] for page in pdf_of(desk, record).pages]
    fonts = [font.get_object() for found in resources for font in found["/Font"].values()]  # type: ignore[index]
    # Named in fonts.css; any other would be one that this machine happens to have.
    assert {str(font["/BaseFont"])[8:13] for font in fonts} == {"Paper"}
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_it_names_itself(desk: FlaskClient, inspection: Inspection, demerit: Demerit) -> None:
    assert pdf_of(desk, inspection).metadata.title == "医疗机构依法执业自查记录"  # type: ignore[union-attr]
    assert last_job().file_name == f"自查记录_样例医院_{inspection.inspected_on}.pdf"
    pdf_of(desk, demerit)
    assert last_job().file_name == f"记分记录_样例甲_{demerit.recorded_on}.pdf"


def test_a_name_that_no_file_can_have_is_mended(desk: FlaskClient, demerit: Demerit) -> None:
    pdf_of(desk, _named(demerit, '甲/乙:"丙"'))
    assert last_job().file_name == f"记分记录_甲_乙__丙__{demerit.recorded_on}.pdf"


def test_it_keeps_numbers_masked(desk: FlaskClient, demerit: Demerit) -> None:
    text = text_of(pdf_of(desk, demerit))
    assert "5001********0018" in text and NUMBER not in text


def test_its_own_people_get_it(as_user: Callable[[User], FlaskClient], record: Record) -> None:
    browser = as_user(owner_of(record))
    assert pdf_of(browser, record).pages
    page = browser.get(f"/exports/{last_job().uuid}").text
    assert url_of(record) in page and "下载" in page


def test_it_is_recorded(desk: FlaskClient, record: Record, reviewer: User) -> None:
    pages = len(pdf_of(desk, record).pages)
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.subject == last_job().uuid)).all()
    assert [(entry.action, entry.user_id) for entry in entries] == [
        ("export-started", reviewer.id),
        ("export-finished", reviewer.id),
    ]
    assert entries[1].detail == {"kind": last_job().kind, "record": str(record.uuid), "pages": pages}


def test_a_double_tap_makes_one_file(desk: FlaskClient, record: Record) -> None:
    places = {desk.post(f"{url_of(record)}/pdf").location for _ in range(2)}
    assert len(places) == 1
    assert "还没有生成完" not in desk.get(places.pop()).text
    assert do_jobs() == 1


def test_a_second_one_waits_for_the_first(desk: FlaskClient, demerit: Demerit) -> None:
    other = handed_in(demerit.scorer)
    first = desk.post(f"{url_of(demerit)}/pdf").location
    assert desk.post(f"{url_of(other)}/pdf").location == first
    assert "另一份 PDF 还没有生成完" in desk.get(first).text


def test_without_pango_the_page_to_print_is_offered(
    desk: FlaskClient, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    place = desk.post(f"{url_of(record)}/pdf").location
    do_jobs()
    page = BeautifulSoup(desk.get(place).text, "html.parser")
    assert NO_PANGO in page.text
    link = page.select_one(f"#job a[href='{url_of(record)}/print']")
    assert link is not None and link.text.strip() == "打开打印页"
    assert desk.get(str(link["href"])).status_code == 200


def test_who_lost_the_reach_in_the_meantime_gets_nothing(
    desk: FlaskClient, record: Record, reviewer: User
) -> None:
    desk.post(f"{url_of(record)}/pdf")
    reviewer.district = "500103"
    db.session.commit()
    do_jobs()
    assert (last_job().trouble, last_job().file_key) == (OUT_OF_REACH, None)


def test_a_photo_that_is_lost_does_not_stop_it(desk: FlaskClient, record: Record) -> None:
    storage().delete(record.photos[0].attachment.key)
    assert "照片1" in text_of(pdf_of(desk, record))


def test_nothing_is_made_for_a_record_out_of_reach(
    as_user: Callable[[User], FlaskClient], other_reviewer: User, record: Record
) -> None:
    assert as_user(other_reviewer).post(f"{url_of(record)}/pdf").status_code == 404
    assert db.session.scalar(db.select(Job.id)) is None


def _named(demerit: Demerit, name: str) -> Demerit:
    """A demerit like another one, of somebody with this name."""
    scorer = demerit.scorer
    photo = factories.AttachmentFactory(uploader=scorer)
    return handed_in(scorer, person=person_of(scorer, name=name), photos=[photo])


def test_a_paper_never_lacks_a_photo_that_could_not_be_had(
    desk: FlaskClient, bucket: Storage, store: Store, inspection: Inspection
) -> None:
    assert desk.post(f"{url_of(inspection)}/pdf").status_code == 303
    with store.away():
        do_jobs()
    assert last_job().trouble == NO_STORAGE
    assert desk.get("/readyz").status_code == 200
    pdf = pdf_of(desk, inspection)
    assert len([image for page in pdf.pages for image in page.images]) >= 1
