"""The PDF of a record, made by WeasyPrint from the page to print.

WeasyPrint needs Pango, a library of the system; without it everything else works and the page to print is
offered instead. It is imported only where a PDF is made.
"""

import logging
import re
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from flask import render_template

from webapp.attachments.models import storage
from webapp.attachments.storage import StorageUnavailable
from webapp.config import ROOT
from webapp.database import now, reading
from webapp.formats import minute
from webapp.jobs.models import Job
from webapp.jobs.performing import Product, Progress, Refused, performs
from webapp.reports.papers import PAPERS, Paper, qr_code

log = structlog.get_logger()
# It warns of each rule that is for screens alone.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
KINDS = {"inspections": "inspection-pdf", "demerits": "demerit-pdf"}
FONTS = Path(__file__).parent / "fonts"
STYLES = (ROOT / "webapp" / "static" / "css" / "paper.css", FONTS / "fonts.css")
# The page's addresses mean nothing outside it; only its photos are looked up.
BASE = "https://record.invalid/"
PHOTO = re.compile(rf"{re.escape(BASE)}attachments/([0-9a-f-]{{36}})(/thumbnail)?")
OPTIONS = {"optimize_images": True, "jpeg_quality": 80, "dpi": 180, "pdf_tags": True}
NO_PANGO = "这台服务器没有安装生成 PDF 的组件（Pango）。请打开打印页，用浏览器打印或另存为 PDF。"
OUT_OF_REACH = "这条记录已经不在您的查看范围内，没有生成文件。"


@performs(KINDS["inspections"])
@performs(KINDS["demerits"])
def make_pdf(job: Job, progress: Progress, folder: Path) -> Product:
    """Make the PDF of the record that was asked for."""
    order = job.order
    try:
        weasyprint = import_module("weasyprint")
    except (ImportError, OSError) as missing:
        log.warning("no PDF without Pango", error=str(missing))
        raise Refused(NO_PANGO) from missing
    with reading():
        paper = PAPERS[order["paper"]](UUID(order["record"]), job.owner)
        if paper is None:
            raise Refused(OUT_OF_REACH)
        full = _full(job)
        html = _html(paper, order["verify"], full)
    progress.note()
    file = folder / "record.pdf"
    document = _document(weasyprint, html, paper)
    progress.note()
    document.write_pdf(file, **OPTIONS)
    detail = {"record": order["record"], "pages": len(document.pages)}
    if not full:
        return Product(file, paper.file_name, detail)
    why = {"numbers": "full", "reason": full["reason"]}
    return Product(file, paper.file_name, detail | why, "numbers-exported")


def _full(job: Job) -> dict[str, str]:
    """What the paper says of numbers in full: what for, by whom, when; nothing where they are masked."""
    if job.order.get("numbers") != "full":
        return {}
    return {"reason": job.order["reason"], "by": job.owner.name, "at": minute(now())}


def _html(paper: Paper, address: str, full: dict[str, str]) -> str:
    return render_template(
        paper.template,
        **paper.context,
        paper=paper,
        full=full,
        on_screen=False,
        verify_address=address,
        qr=qr_code(address),
    )


def _document(weasyprint: Any, html: str, paper: Paper) -> Any:
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    fetcher = _fetcher(paper)
    styles = [weasyprint.CSS(filename=style, font_config=fonts, url_fetcher=fetcher) for style in STYLES]
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=fetcher)
    try:
        return page.render(stylesheets=styles, font_config=fonts, **OPTIONS)
    except import_module("weasyprint.urls").FatalURLFetchingError as fault:
        raise StorageUnavailable(str(fault)) from fault


def _fetcher(paper: Paper) -> Any:
    """Return whom WeasyPrint asks for other files: it gets the record's photos and the fonts, no more."""
    urls = import_module("weasyprint.urls")
    photos = {str(photo.uuid): photo.key for photo in paper.photos}

    class OwnFiles(urls.URLFetcher):  # type: ignore[name-defined]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if found := PHOTO.fullmatch(url):
                try:
                    stream = storage().open(photos[found[1]])
                except StorageUnavailable as fault:
                    # Any other failure makes WeasyPrint leave the photo out, and the paper would lack it.
                    raise urls.FatalURLFetchingError(str(fault)) from fault
                return urls.URLFetcherResponse(url, stream, {"Content-Type": "image/jpeg"})
            if url.startswith(FONTS.as_uri()):
                return super().fetch(url, headers)
            raise ValueError(f"not a part of the record: {url}")

    return OwnFiles()
