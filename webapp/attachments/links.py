"""Where a page finds its photos."""

from collections.abc import Iterable
from typing import NamedTuple

from webapp.attachments.models import Attachment


class PhotoLink(NamedTuple):
    """A photo as the templates show it: thumbnail, full size, and what it is for who can't see it."""

    thumbnail: str
    full: str
    alt: str


def photo_links(attachments: Iterable[Attachment], what: str) -> list[PhotoLink]:
    """Return the addresses of photos in their order.

    :param what: what they show; each photo's text is this and its place among them
    """
    return [
        PhotoLink(
            f"/attachments/{photo.uuid}/thumbnail", f"/attachments/{photo.uuid}", f"{what}，照片 {place}"
        )
        for place, photo in enumerate(attachments, start=1)
    ]
