"""Draws the Chinese words of the demo's photos once, so that serving the demo needs no Chinese font.

Run with Noto Sans CJK installed: python -m tools.draw_labels
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = "NotoSansCJK-Bold.ttc"
SIMPLIFIED = 2
FOLDER = Path(__file__).parent.parent / "webapp" / "demo" / "labels"
LABELS = {
    "photo": ("演示照片", 72),
    "licence": ("医疗机构执业许可证", 56),
    "certificate": ("法人登记证书", 56),
    "notice": ("公示栏", 44),
    "shelf": ("药品货架", 44),
    "waste": ("医疗废物暂存处", 44),
}


def draw(text: str, size: int) -> Image.Image:
    """Return the words as a mask: white where ink goes, cut to the ink."""
    font = ImageFont.truetype(FONT, size, index=SIMPLIFIED)
    box = font.getbbox(text)
    mask = Image.new("L", (int(box[2] - box[0]) + 2, int(box[3] - box[1]) + 2))
    ImageDraw.Draw(mask).text((1 - box[0], 1 - box[1]), text, font=font, fill=255)
    return mask.quantize(16).convert("L")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, (text, size) in LABELS.items():
        draw(text, size).save(FOLDER / f"{name}.png", optimize=True)
