"""The web app manifest."""


def test_it_works(client):
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    assert answer.json["start_url"] == "/" and answer.json["lang"] == "zh-CN"


def test_its_icons_are_there(client):
    for icon in client.get("/manifest.webmanifest").json["icons"]:
        assert client.get(icon["src"]).mimetype == "image/png"
