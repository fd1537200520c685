"""The pages that ``bench.form`` visits: how each one's choices are found, and when it is ready."""

from pathlib import Path
from typing import NamedTuple

from bench.server import Phone

PEERS = Path(__file__).parent / "data" / "peers"


class Target(NamedTuple):
    """A page to be visited; ``script`` is an object in JavaScript, see ``form_probe.js``."""

    name: str
    url: str
    script: str
    cookie: str = ""

    def for_phone(self, phone: Phone) -> "Target":
        """Return the page of a phone's own draft."""
        return self._replace(url=f"{self.url}/{phone.inspection}", cookie=phone.cookie)


# Its scripts listen, so a tap is kept; ``data-ready`` comes when all that the phone holds has been replayed.
OURS = """{
  choice: "#fill .item input[type=radio]",
  isReady: () => !!window.filling?.lock,
}"""
BARE = """{ choice: "form.c input", isReady: () => !!window.htmx }"""
LIBRARIES = {
    "Enketo Core": (
        "enketo",
        """{
  choice: "form.or .or-group input[type=radio]:not(.itemset-template input)",
  isReady: () => window.isReady === true,
  isChosen: (choice) => choice.checked && choice.closest("label").hasAttribute("data-checked"),
}""",
    ),
    "Form.io": (
        "formio",
        """{
  choice: "#app input[type=radio]",
  isReady: () => true,
  touched: (choice) => document.querySelector(`label[for="${choice.id}"]`),
}""",
    ),
    "ODK Web Forms": (
        "odk",
        """{
  choice: "#app input[type=radio]",
  isReady: () => true,
  isChosen: (choice) => choice.closest(".p-radiobutton").classList.contains("p-radiobutton-checked"),
}""",
    ),
    "SurveyJS": (
        "surveyjs",
        """{
  choice: "#app input[type=radio]",
  isReady: () => true,
  isChosen: (choice) => choice.closest(".sd-item").classList.contains("sd-item--checked"),
}""",
    ),
}


def targets(ours: int, bare: int) -> list[Target]:
    """Return every page that is there to be visited.

    :param ours: the port of the product
    :param bare: the port of what is served beside it
    """
    beside = f"http://127.0.0.1:{bare}"
    return [
        Target("ours", f"http://127.0.0.1:{ours}/inspections", OURS),
        Target("bare", f"{beside}/bare", BARE),
        *(
            Target(name, f"{beside}/peers/{folder}/index.html", script)
            for name, (folder, script) in LIBRARIES.items()
            if (PEERS / folder / "index.html").exists()
        ),
    ]
