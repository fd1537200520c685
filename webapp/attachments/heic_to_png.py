"""Turns a HEIC on standard input into a scaled PNG on standard output: ``heic_to_png.py PIXELS SIDE``.

Runs as a process of its own. The decoder is C that a hostile file can crash: with pi-heif 1.4 one byte in
the type of a metadata item ends the process, which must not be the server's. It imports nothing of the app,
so that it starts quickly.
"""

import resource
import sys
from io import BytesIO

import pi_heif
from PIL import Image

DAMAGED, TOO_MANY_PIXELS = 65, 66
MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 30


def main(max_pixels: int, side: int) -> int:
    """Return the process's exit status.

    :param max_pixels: a picture with more is not decoded
    :param side: longest side of the PNG in pixels
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    # The pictures beside the main one would only be decoded to be thrown away.
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    try:
        image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=("HEIF",))
        if image.width * image.height > max_pixels:
            return TOO_MANY_PIXELS
        _write(image, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    except Exception:
        # Whatever the decoder raises on broken bytes, to the sender it means the same.
        return DAMAGED
    return 0


def _write(image: Image.Image, side: int) -> None:
    profile = image.info.get("icc_profile")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture = image.convert("RGBA") if image.has_transparency_data else image
    picture.info = {}
    picture.save(sys.stdout.buffer, "PNG", compress_level=1, icc_profile=profile)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
