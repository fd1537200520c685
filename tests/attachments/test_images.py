import hashlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.attachments.samples import (
    BLUE,
    GREEN,
    HEIC,
    RED,
    WHITE,
    corners,
    encoded,
    exif,
    flat,
    frames,
    swapped_profile,
)
from webapp.attachments.images import MAX_BYTES, Photo, PhotoRefused, read_photo

STILLS = {
    "JPEG": encoded(corners()),
    "PNG": encoded(corners(), "PNG"),
    "WEBP": encoded(corners(), "WEBP"),
    "MPO": frames("MPO"),
    "HEIC": HEIC,
}
stills = pytest.mark.parametrize("data", STILLS.values(), ids=STILLS.keys())


def read(data: bytes, filename: str = "photo.jpg") -> Photo:
    return read_photo(BytesIO(data), filename)


def opened(photo: Photo) -> Image.Image:
    return Image.open(BytesIO(photo.jpeg))


def refusal(data: bytes, filename: str = "photo.jpg") -> str:
    with pytest.raises(PhotoRefused) as refused:
        read(data, filename)
    return str(refused.value)


def looks_like(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel = image.getpixel(place)
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 24 for one, other in zip(pixel, colour, strict=True))


@stills
def test_a_photo_becomes_a_plain_jpeg(data: bytes) -> None:
    photo = read(data)
    image = opened(photo)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (photo.width, photo.height))
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert photo.sha256 == hashlib.sha256(photo.jpeg).hexdigest()
    assert photo.source_sha256 == hashlib.sha256(data).hexdigest()
    assert read(data) == photo


@stills
def test_the_content_decides_not_the_name(data: bytes) -> None:
    assert read(data, "scan.pdf") == read(data, "")


def test_an_mpo_gives_its_first_view() -> None:
    assert looks_like(opened(read(frames("MPO"))), (20, 20), RED)


def test_a_heic_is_turned_by_its_own_property_only() -> None:
    image = opened(read(HEIC))
    assert image.size == (96, 64)
    assert looks_like(image, (20, 40), (30, 30, 200)) and looks_like(image, (80, 40), (200, 30, 30))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(image_format: str) -> None:
    data = encoded(
        flat(), image_format, exif=exif(), icc_profile=swapped_profile(), xmp=b"<x>SampleMaker</x>"
    )
    assert b"SampleMaker" in data
    photo = read(data)
    assert not opened(photo).getexif()
    for kept in (photo.jpeg, photo.thumbnail):
        assert not any(mark in kept for mark in (b"SampleMaker", b"Exif", b"ICC_PROFILE", b"ns.adobe.com"))


def test_the_comment_of_a_jpeg_and_of_a_heic_is_gone() -> None:
    assert b"SampleMaker" not in read(encoded(flat(), comment=b"SampleMaker")).jpeg
    assert b"SampleMaker" in HEIC and b"SampleMaker" not in read(HEIC).jpeg


@pytest.mark.parametrize(
    ("orientation", "lying"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
        (9, None),
    ],
)
def test_a_photo_stands_upright(orientation: int, lying: Image.Transpose | None) -> None:
    stored = corners() if lying is None else corners().transpose(lying)
    image = opened(read(encoded(stored, quality=95, exif=exif(orientation))))
    assert image.size == (96, 64)
    for place, colour in (((10, 10), RED), ((85, 10), GREEN), ((10, 55), BLUE), ((85, 55), WHITE)):
        assert looks_like(image, place, colour)


def test_broken_exif_does_not_cost_the_photo() -> None:
    assert read(encoded(flat(), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")).width == 64


@pytest.mark.parametrize(
    "image",
    [
        flat("L", colour=128),
        flat("1", colour=1),
        flat("LA", colour=(128, 255)),
        flat("RGBA", colour=(*BLUE, 255)),
        flat("P", colour=3),
        flat("I;16", colour=0x8080),
    ],
    ids=lambda image: image.mode,
)
def test_every_kind_of_png_keeps_its_colour(image: Image.Image) -> None:
    expected = (128, 128, 128) if image.mode == "I;16" else image.convert("RGB").getpixel((0, 0))
    assert isinstance(expected, tuple)
    assert looks_like(opened(read(encoded(image, "PNG"))), (20, 20), expected)


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    image = opened(read(encoded(flat(colour=BLUE).convert("CMYK"))))
    assert image.mode == "RGB" and looks_like(image, (20, 20), BLUE)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(image_format: str) -> None:
    image = flat("RGBA", colour=(*BLUE, 255))
    image.paste((0, 0, 0, 0), (32, 0, 64, 48))
    result = opened(read(encoded(image, image_format)))
    assert looks_like(result, (10, 20), BLUE) and looks_like(result, (50, 20), WHITE)


def test_a_transparent_palette_colour_becomes_white() -> None:
    palette = flat(colour=BLUE).quantize(2)
    assert looks_like(opened(read(encoded(palette, "PNG", transparency=0))), (20, 20), WHITE)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_colours_are_those_that_the_profile_means(image_format: str) -> None:
    data = encoded(flat(colour=(220, 0, 0)), image_format, icc_profile=swapped_profile())
    assert looks_like(opened(read(data)), (20, 20), (0, 220, 0))


@pytest.mark.parametrize(("mode", "profile"), [("RGB", b"junk"), ("L", swapped_profile())])
def test_a_useless_profile_is_passed_over(mode: str, profile: bytes) -> None:
    image = flat().convert(mode)
    expected = image.convert("RGB").getpixel((0, 0))
    assert isinstance(expected, tuple)
    assert looks_like(opened(read(encoded(image, "PNG", icc_profile=profile))), (20, 20), expected)


@pytest.mark.parametrize(
    ("size", "kept", "thumbnail"),
    [
        ((6000, 3000), (2048, 1024), (320, 160)),
        ((1000, 2500), (819, 2048), (128, 320)),
        ((300, 200), (300, 200), (300, 200)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_large_photos_shrink_and_small_ones_stay(
    size: tuple[int, int], kept: tuple[int, int], thumbnail: tuple[int, int], image_format: str
) -> None:
    photo = read(encoded(flat(size=size), image_format))
    assert (photo.width, photo.height) == opened(photo).size == kept
    assert Image.open(BytesIO(photo.thumbnail)).size == thumbnail


@settings(deadline=None)
@given(st.sampled_from([STILLS[name] for name in ("JPEG", "PNG", "WEBP", "MPO")]), st.data())
def test_a_broken_photo_is_refused_or_read_but_never_fails(original: bytes, draw: st.DataObject) -> None:
    data = bytearray(original)
    for place in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=20)):
        data[place] = draw.draw(st.integers(0, 255))
    try:
        assert opened(read(bytes(data))).format == "JPEG"
    except PhotoRefused as refused:
        assert str(refused).startswith("“photo.jpg”")


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_the_limit_is_20_megabytes(size: int) -> None:
    padded = encoded(flat()).ljust(size, b"\0")
    if size <= MAX_BYTES:
        assert read(padded).width == 64
    else:
        assert "超过 20 MB，请用较低的分辨率重拍" in refusal(padded)
