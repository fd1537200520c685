"""A photo as it arrives becomes a photo as it is kept: a plain JPEG with nothing in it but the picture.

What a file is, its first bytes say; its name and its declared type are not believed.
"""

import hashlib
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from PIL import ExifTags, Image, ImageCms

from webapp.attachments import heic_to_png

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
PHOTO_BOX = (2048, 2048)
THUMBNAIL_BOX = (320, 320)
QUALITY = 85
SHOWN_NAME = 40
HEIC_SECONDS = 60

WANTED = "请拍照，或选择 JPEG、PNG、WebP、HEIC 格式的照片"
TOO_MANY_PIXELS = "超过 4000 万像素，请在相机设置里改用较低的分辨率，或裁剪后再上传"
DAMAGED = "不完整或已损坏，打不开，请重新拍照或另选一张"
ANIMATED = "是动图，请选择静止的照片"

PHOTO_STARTS = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))
OTHER_STARTS = (
    (b"%PDF", " PDF 文件"),
    (b"PK\x03\x04", "压缩包或 Office 文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"GIF8", " GIF 图片"),
    (b"BM", " BMP 图片"),
    (b"II*\x00", " TIFF 图片"),
    (b"MM\x00*", " TIFF 图片"),
)
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
HEIF_SEQUENCE_BRANDS = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}

# EXIF 2.32, 4.6.4 A: how the picture has to be turned to stand upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is kept: baseline JPEG, sRGB, upright; sides in pixels.

    `sha256` is the digest of `jpeg`, `source_sha256` that of the file as it was uploaded, both as hex.
    """

    jpeg: bytes
    thumbnail: bytes
    sha256: str
    source_sha256: str
    width: int
    height: int


class PhotoRefused(ValueError):
    """The file is not kept; the text says in Chinese what is wrong and what would be right."""


def read_photo(stream: IO[bytes], filename: str | None) -> Photo:
    """Return the photo in an uploaded file, re-encoded, with EXIF and position gone.

    :param stream: the file's content, at its beginning
    :param filename: the name it was uploaded under, only to tell one of several files in a message
    :raises PhotoRefused: it is no photo, too large, moving, or damaged
    """
    source = stream.read(MAX_BYTES + 1)
    try:
        picture = _picture(source)
    except PhotoRefused as refusal:
        raise PhotoRefused(f"{_shown(filename)}{refusal}") from refusal
    jpeg = _jpeg(picture)
    width, height = picture.size
    picture.thumbnail(THUMBNAIL_BOX, Image.Resampling.LANCZOS)
    return Photo(jpeg, _jpeg(picture), _sha256(jpeg), _sha256(source), width, height)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _shown(filename: str | None) -> str:
    last = re.split(r"[\\/]", filename or "")[-1]
    printable = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    if len(printable) > SHOWN_NAME:
        printable = f"{printable[: SHOWN_NAME - 12]}…{printable[-11:]}"
    return f"“{printable}”" if printable else "这个文件"


def _picture(data: bytes) -> Image.Image:
    if not data:
        raise PhotoRefused("是空文件，请重新拍照或另选一张")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("超过 20 MB，请用较低的分辨率重拍，或缩小后再上传")
    photo_format = _photo_format(data)
    if photo_format == "HEIF":
        data, photo_format = _png_of_heic(data), "PNG"
    try:
        with Image.open(BytesIO(data), formats=(photo_format,)) as image:
            return _plain(image)
    except (PhotoRefused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PhotoRefused(TOO_MANY_PIXELS) from bomb
    except Exception as fault:
        # Decoders fed with broken bytes raise nearly everything; to the sender it all means the same.
        raise PhotoRefused(DAMAGED) from fault


def _photo_format(data: bytes) -> str:
    """Pillow's name of the format that the content has."""
    for start, photo_format in PHOTO_STARTS:
        if data.startswith(start):
            return photo_format
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _boxed_format(data)
    for start, name in OTHER_STARTS:
        if data.startswith(start):
            raise PhotoRefused(f"是{name}，不是照片，{WANTED}")
    if b"<svg" in data[:4096].lower():
        raise PhotoRefused(f"是 SVG 图形，不是照片，{WANTED}")
    raise PhotoRefused(f"不是照片，{WANTED}")


def _boxed_format(data: bytes) -> str:
    """HEIC, AVIF and videos share one container (ISO/IEC 14496-12) and differ in their brands."""
    end = min(int.from_bytes(data[:4]), 256)
    brands = {data[place : place + 4] for place in (8, *range(16, end, 4))}
    if data[8:12] in HEIF_SEQUENCE_BRANDS:
        raise PhotoRefused(ANIMATED)
    if brands & AVIF_BRANDS:
        raise PhotoRefused(f"是 AVIF 图片，{WANTED}")
    if not brands & HEIF_BRANDS:
        raise PhotoRefused(f"是视频，不是照片，{WANTED}")
    return "HEIF"


def _png_of_heic(data: bytes) -> bytes:
    """The picture of a HEIC, upright and scaled, decoded where a crash harms nobody."""
    limits = (str(MAX_PIXELS), str(max(PHOTO_BOX)))
    command = (sys.executable, "-I", str(Path(heic_to_png.__file__)), *limits)
    try:
        # Nothing of the command comes from outside; the file goes through standard input.
        child = subprocess.run(command, input=data, capture_output=True, timeout=HEIC_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as timeout:
        raise PhotoRefused(DAMAGED) from timeout
    if child.returncode == heic_to_png.TOO_MANY_PIXELS:
        raise PhotoRefused(TOO_MANY_PIXELS)
    if child.returncode == heic_to_png.DAMAGED or child.returncode < 0:
        raise PhotoRefused(DAMAGED)
    if child.returncode:
        raise RuntimeError(f"the HEIC decoder did not run: {child.stderr.decode(errors='replace')}")
    return child.stdout


def _plain(image: Image.Image) -> Image.Image:
    if image.width * image.height > MAX_PIXELS:
        raise PhotoRefused(TOO_MANY_PIXELS)
    # The further frames of an MPO are other views of the same moment, not a film.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PhotoRefused(ANIMATED)
    # A large JPEG is decoded at a half, quarter or eighth at once and never stands in memory whole.
    image.draft(None, PHOTO_BOX)
    image.load()
    turn = UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    small = _resizable(image)
    small.thumbnail(PHOTO_BOX, Image.Resampling.LANCZOS)
    picture = _srgb(_on_white(small), profile)
    upright = picture if turn is None else picture.transpose(turn)
    upright.info = {}
    return upright


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        # A good picture with broken EXIF is kept as it lies.
        return 1


def _resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be scaled smoothly: 8 bits a channel, no palette."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "L", "CMYK"} else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB; its values as they are where the profile is missing, broken or of another mode."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=False)
    return out.getvalue()
