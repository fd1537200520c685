"""A checklist in the languages of other form libraries: the same items and choices, nothing more."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from webapp.catalog.checklist import Item, Subcategory

TITLE = "医疗机构依法执业自查表"
CHOICES = {"yes": "是", "no": "否", "na": "合理缺项"}


def survey(chapters: Sequence[Subcategory]) -> dict[str, Any]:
    """Return it for SurveyJS, all on one page."""
    choices = [{"value": value, "text": word} for value, word in CHOICES.items()]
    panels = [
        {
            "type": "panel",
            "name": _name(chapter.code),
            "title": chapter.title,
            "state": "expanded",
            "elements": [
                {
                    "type": "radiogroup",
                    "name": _name(item.code),
                    "title": _text(item),
                    "isRequired": True,
                    "colCount": 3,
                    "choices": choices,
                }
                for item in chapter.items
            ],
        }
        for chapter in chapters
    ]
    return {"title": TITLE, "widthMode": "responsive", "pages": [{"name": "all", "elements": panels}]}


def form_io(chapters: Sequence[Subcategory]) -> dict[str, Any]:
    """Return it for Form.io."""
    values = [{"value": value, "label": word} for value, word in CHOICES.items()]
    panels = [
        {
            "type": "panel",
            "key": _name(chapter.code),
            "title": chapter.title,
            "collapsible": True,
            "collapsed": False,
            "input": False,
            "components": [
                {
                    "type": "radio",
                    "key": _name(item.code),
                    "label": _text(item),
                    "inline": True,
                    "input": True,
                    "validate": {"required": True},
                    "values": values,
                }
                for item in chapter.items
            ],
        }
        for chapter in chapters
    ]
    return {"display": "form", "components": panels}


def xform(chapters: Sequence[Subcategory]) -> str:
    """Return it as an ODK XForm, which Enketo and ODK Web Forms read."""
    data, binds, body = [], [], []
    choices = "".join(
        f"<item><label>{word}</label><value>{value}</value></item>" for value, word in CHOICES.items()
    )
    for chapter in chapters:
        group = _name(chapter.code)
        data.append(f"<{group}>{''.join(f'<{_name(item.code)}/>' for item in chapter.items)}</{group}>")
        body.append(f'<group ref="/data/{group}"><label>{escape(chapter.title)}</label>')
        for item in chapter.items:
            path = f"/data/{group}/{_name(item.code)}"
            binds.append(f'<bind nodeset="{path}" type="string" required="true()"/>')
            label = f"<label>{escape(_text(item))}</label>"
            body.append(f'<select1 ref="{path}" appearance="columns-3">{label}{choices}</select1>')
        body.append("</group>")
    return (
        '<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" '
        'xmlns:h="http://www.w3.org/1999/xhtml" xmlns:orx="http://openrosa.org/xforms">'
        f"<h:head><h:title>{TITLE}</h:title><model><instance>"
        f'<data id="selfcheck" version="1">{"".join(data)}<orx:meta><orx:instanceID/></orx:meta></data>'
        f"</instance>{''.join(binds)}</model></h:head><h:body>{''.join(body)}</h:body></h:html>"
    )


def _text(item: Item) -> str:
    return f"{item.number} {item.text}"


def _name(code: str) -> str:
    """A code as a name in XML and JavaScript."""
    return f"q_{code.replace('-', '_')}"
