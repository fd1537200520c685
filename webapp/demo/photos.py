"""The demo's photos, drawn here: each says 演示照片, so that nobody takes one for evidence."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

LABELS = Path(__file__).with_name("labels")
SIZE = (960, 720)
INK, GREY, PAPER, SEAL = "#27323f", "#c3ccd6", "#fdfcf8", "#c0392b"


def licence(title: str) -> BytesIO:
    """Return a framed certificate as JPEG; its text is bars, its seal a ring.

    :param title: ``licence`` or ``certificate``
    """
    image = Image.new("RGB", SIZE, "#7d8b99")
    pen = ImageDraw.Draw(image)
    pen.rectangle((70, 60, 890, 660), fill="#8a6d3b")
    pen.rectangle((92, 82, 868, 638), fill=PAPER)
    pen.rectangle((116, 106, 844, 614), outline="#b99a5b", width=3)
    _write(image, title, (480, 180), INK)
    for row, width in enumerate((460, 540, 380, 500, 420)):
        y = 268 + row * 52
        pen.rounded_rectangle((200, y, 290, y + 16), 8, fill="#8d99a6")
        pen.rounded_rectangle((320, y, 320 + width * 3 // 4, y + 16), 8, fill=GREY)
    pen.ellipse((640, 440, 790, 590), outline=SEAL, width=8)
    pen.regular_polygon((715, 515, 30), 3, fill=SEAL)
    _write(image, "photo", (370, 570), SEAL)
    return _jpeg(image)


def scene(name: str) -> BytesIO:
    """Return a view of shelves under a sign as JPEG.

    :param name: what the sign says: ``notice``, ``shelf`` or ``waste``
    """
    wall, boxes = {
        "notice": ("#dfe7ee", ("#ffffff", "#eef3f8", "#ffffff")),
        "shelf": ("#e9e4da", ("#7fb2d9", "#f0f0f0", "#8cc29a")),
        "waste": ("#dcdfd8", ("#e8c33f", "#d9b436", "#e8c33f")),
    }[name]
    image = Image.new("RGB", SIZE, wall)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 622, 960, 720), fill="#a9a79f")
    pen.rounded_rectangle((300, 40, 660, 130), 12, fill="#1f5f99")
    _write(image, name, (480, 85), "white")
    for row in range(3):
        y = 180 + row * 150
        for column in range(5):
            x = 110 + column * 152
            height = 96 - 14 * ((row + column) % 3)
            pen.rounded_rectangle((x, y + 110 - height, x + 118, y + 110), 8, fill=boxes[(row + column) % 3])
            pen.rounded_rectangle((x + 16, y + 84, x + 84, y + 94), 5, fill=GREY)
        pen.rectangle((80, y + 110, 880, y + 124), fill="#6f7a86")
    _write(image, "photo", (480, 671), INK)
    return _jpeg(image)


def _write(image: Image.Image, label: str, centre: tuple[int, int], colour: str) -> None:
    with Image.open(LABELS / f"{label}.png") as mask:
        corner = (centre[0] - mask.width // 2, centre[1] - mask.height // 2)
        image.paste(colour, corner, mask.convert("L"))


def _jpeg(image: Image.Image) -> BytesIO:
    stream = BytesIO()
    image.save(stream, "JPEG", quality=88)
    stream.seek(0)
    return stream
