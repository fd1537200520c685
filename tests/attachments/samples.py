"""Pictures made on the spot, for the tests of reading them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms

HEIC = Path(__file__).parent.parent.joinpath("data", "sample.heic").read_bytes()
RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 160, 20), (20, 20, 220), (255, 255, 255)


def flat(mode: str = "RGB", size: tuple[int, int] = (64, 48), colour: Any = RED) -> Image.Image:
    return Image.new(mode, size, colour)


def corners() -> Image.Image:
    """Red at the upper left, green at the upper right, blue at the lower left, white elsewhere."""
    image = flat(size=(96, 64), colour=WHITE)
    for colour, place in ((RED, (0, 0)), (GREEN, (64, 0)), (BLUE, (0, 32))):
        image.paste(colour, (*place, place[0] + 32, place[1] + 32))
    return image


def encoded(image: Image.Image, image_format: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF as a phone writes it, position included."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "SampleMaker"
    tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return tags


def frames(image_format: str) -> bytes:
    """A film of two frames, or the two views of an MPO."""
    return encoded(flat(), image_format, save_all=True, append_images=[flat(colour=BLUE)])


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no picture: whoever decodes it finds it damaged."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    checked = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + checked + struct.pack(">I", 9) + b"IDAT"


def swapped_profile() -> bytes:
    """A colour profile in which red stands for green and green for red."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table_end = 132 + 12 * int.from_bytes(srgb[128:132])
    table = srgb[132:table_end].replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    return srgb[:132] + table + srgb[table_end:]
