"""What tests ask of a page's service worker and of the caches that it keeps."""

from playwright.sync_api import Page

_KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const response = await cache.match(request);
            found.push([name, new URL(request.url).pathname, await response.text()]);
        }
    }
    return found;
}"""


def has_worker(page: Page) -> None:
    """Wait until a service worker is there, and have it answer for the page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.evaluate("!!navigator.serviceWorker.controller")


def cache_names(page: Page) -> list[str]:
    names: list[str] = page.evaluate("caches.keys()")
    return sorted(names)


def kept(page: Page) -> list[tuple[str, str, str]]:
    """Everything in Cache Storage: cache, path and content."""
    return [(name, path, content) for name, path, content in page.evaluate(_KEPT)]
