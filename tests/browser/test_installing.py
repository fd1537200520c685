"""Installing: what the browser thinks of the app, and how people are led there."""

from playwright.sync_api import Page


def test_the_browser_finds_the_app_complete(phone: Page) -> None:
    phone.goto("/login")
    devtools = phone.context.new_cdp_session(phone)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    # A fresh profile without a window of its own counts as incognito, where nothing can be installed.
    found = {
        error["errorId"] for error in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    }
    assert found <= {"in-incognito"}
