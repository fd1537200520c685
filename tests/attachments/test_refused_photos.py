from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from tests.attachments.samples import HEIC, encoded, flat, frames, png_header
from webapp.attachments.images import PhotoRefused, read_photo

JPEG = encoded(flat())
TOO_MANY_PIXELS = "超过 4000 万像素，请在相机设置里改用较低的分辨率"


def refusal(data: bytes, filename: str | None = "photo.jpg") -> str:
    with pytest.raises(PhotoRefused) as refused:
        read_photo(BytesIO(data), filename)
    return str(refused.value)


def jpeg_claiming(width: int, height: int) -> bytes:
    """The sample with other sides in its frame header, SOF0."""
    start = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:start] + height.to_bytes(2) + width.to_bytes(2) + JPEG[start + 4 :]


def heic_claiming(width: int, height: int) -> bytes:
    """The sample with other sides in its image extents, ispe."""
    start = HEIC.index(b"ispe") + 8
    return HEIC[:start] + width.to_bytes(4) + height.to_bytes(4) + HEIC[start + 8 :]


def webp_claiming(width: int, height: int) -> bytes:
    """The sample with other sides in its frame header, VP8."""
    data = encoded(flat(), "WEBP")
    return data[:26] + width.to_bytes(2, "little") + height.to_bytes(2, "little") + data[30:]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8001, 5000), (10_000, 10_000), (16_000, 16_000)])
@pytest.mark.parametrize("claiming", [png_header, jpeg_claiming, heic_claiming, webp_claiming])
def test_too_many_pixels_are_refused_by_the_header(
    size: tuple[int, int], claiming: Callable[[int, int], bytes]
) -> None:
    assert TOO_MANY_PIXELS in refusal(claiming(*size))


def test_exactly_40_megapixels_are_read() -> None:
    photo = read_photo(BytesIO(encoded(flat("1", (8000, 5000), 1), "PNG")), "plan.png")
    assert (photo.width, photo.height) == (2048, 1280)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "MPO"])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_photo_cut_short_is_refused(image_format: str, part: float) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = encoded(noise, image_format)
    assert "不完整或已损坏，打不开，请重新拍照或另选一张" in refusal(data[: int(len(data) * part)])


@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_heic_cut_short_is_refused(part: float) -> None:
    assert "不完整或已损坏" in refusal(HEIC[: int(len(HEIC) * part)])


@pytest.mark.parametrize(
    "data",
    [HEIC.replace(b"Exif", b"E\xf0if", 1), HEIC.replace(b"hvc1", b"av01"), heic_claiming(10, 10)],
    ids=["crashes the decoder", "other codec", "larger than it says"],
)
def test_a_hostile_heic_is_refused_and_harms_nobody(data: bytes) -> None:
    assert "不完整或已损坏" in refusal(data)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_a_film_is_refused(image_format: str) -> None:
    assert "是动图，请选择静止的照片" in refusal(frames(image_format))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "是空文件，请重新拍照或另选一张"),
        (b"%PDF-1.7\n", "是 PDF 文件，不是照片"),
        (b"PK\x03\x04rest", "是压缩包或 Office 文档，不是照片"),
        (frames("GIF"), "是 GIF 图片，不是照片"),
        (encoded(flat(), "BMP"), "是 BMP 图片，不是照片"),
        (encoded(flat(), "TIFF"), "是 TIFF 图片，不是照片"),
        (b"\n<?xml version='1.0'?><SVG xmlns='http://www.w3.org/2000/svg'/>", "是 SVG 图形，不是照片"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "是视频，不是照片"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0qt  mif2", "是视频，不是照片"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "是 AVIF 图片"),
        (b"\0\0\0\x18ftyphevc\0\0\0\0hevcmsf1", "是动图，请选择静止的照片"),
        (b"\xff\xd8\xff", "不完整或已损坏"),
        (b"<html>", "不是照片"),
        (b"\0", "不是照片"),
    ],
)
def test_other_files_are_refused_by_name_of_their_kind(data: bytes, what: str) -> None:
    assert refusal(data).startswith(f"“photo.jpg”{what}")


def test_a_refusal_says_what_would_be_right() -> None:
    assert refusal(b"%PDF-1.7").endswith("请拍照，或选择 JPEG、PNG、WebP、HEIC 格式的照片")


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        (r"C:\照片\许可证.jpg", "“许可证.jpg”"),
        ("../../许可证.jpg", "“许可证.jpg”"),
        ("许可\u202e证\x00.jpg", "“许可证.jpg”"),
        ("照" * 60 + "-0001.jpg", "“" + "照" * 28 + "…" + "照照-0001.jpg”"),
        ("", "这个文件"),
        (None, "这个文件"),
    ],
)
def test_a_refusal_names_the_file(filename: str | None, shown: str) -> None:
    assert refusal(b"", filename).startswith(f"{shown}是空文件")
