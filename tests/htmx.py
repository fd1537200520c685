"""Proof that a fragment leaves the page as a fresh one would be.

htmx's answer is applied to the old page the way htmx does it: the target's content or the target itself
is replaced, and every element marked ``hx-swap-oob`` replaces the one with its id.
"""

from bs4 import BeautifulSoup, Tag

HTMX = {"HX-Request": "true"}


def swapped(page: str, fragment: str, target: str, swap: str = "innerHTML") -> str:
    """Return the old page's HTML after htmx swapped a fragment in.

    :param target: CSS selector of what the request's ``hx-target`` names
    :param swap: ``innerHTML``, ``outerHTML``, ``beforeend`` or ``none``
    """
    old, new = BeautifulSoup(page, "lxml"), BeautifulSoup(fragment, "html.parser")
    for piece in new.select("[hx-swap-oob]"):
        piece.extract()
        del piece["hx-swap-oob"]
        _find(old, f"[id='{piece['id']}']").replace_with(piece)
    if swap == "none":
        return normalised(str(old))
    place = _find(old, target)
    if swap == "innerHTML":
        place.clear()
    for child in list(new.contents):
        if swap == "outerHTML":
            place.insert_before(child.extract())
        else:
            place.append(child.extract())
    if swap == "outerHTML":
        place.extract()
    return normalised(str(old))


def normalised(page: str) -> str:
    """Return a page without what differs between any two: tokens, white space."""
    soup = BeautifulSoup(page, "lxml")
    for token in soup.select("input[name=csrf_token], meta[name=csrf-token]"):
        token.extract()
    if soup.body is not None:
        del soup.body["hx-headers:inherited"]
    lines = (line.strip() for line in soup.prettify().splitlines())
    return "\n".join(line for line in lines if line)


def _find(soup: BeautifulSoup, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found is not None, f"the page has no {selector}"
    return found
