from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config.settings import Given, load, parse, read
from tracker.errors import DeclarationError
from tracker.model import Settings


def test_an_absent_or_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Given()
    assert parse("settings.toml", "") == Settings()


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
        site_url = "https://terms.example.org/feeds"
        contact = "watch@example.org"
        robots = "note"
        allow_hosts = ["localhost:8080", "Intranet.Example", "[::1]:80"]
        wayback_url = "http://127.0.0.1:8000/"
        stand_in = false
        timestamp_url = "http://tsa.example/tsr?policy=1"
        bodies = "s3://bucket/folder/"
        [bodies_options.s3]
        endpoint_url = "https://storage.example"
        client_kwargs = { region_name = "here" }
        [previews]
        "linkedin/terms-of-service@global" = "https://www.example.org/b"
        "linkedin/privacy-policy@eu" = "https://www.example.org/a"
    """
    (tmp_path / "settings.toml").write_text(text)
    assert load(tmp_path).settings == Settings(
        site_url="https://terms.example.org/feeds/",
        contact="watch@example.org",
        obey_robots=False,
        allow_hosts=("localhost:8080", "intranet.example", "[::1]:80"),
        wayback_url="http://127.0.0.1:8000",
        stand_in=False,
        bodies="s3://bucket/folder",
        bodies_options=(
            (
                "s3",
                (
                    ("client_kwargs", {"region_name": "here"}),
                    ("endpoint_url", "https://storage.example"),
                ),
            ),
        ),
        timestamp_url="http://tsa.example/tsr?policy=1",
        previews=(
            ("linkedin/privacy-policy@eu", "https://www.example.org/a"),
            ("linkedin/terms-of-service@global", "https://www.example.org/b"),
        ),
    )


@pytest.mark.parametrize("given", ["https://a.org", "https://a.org/", "https://a.org//"])
def test_a_site_url_ends_with_one_slash(given: str) -> None:
    assert parse("s", f'site_url = "{given}"').site_url == "https://a.org/"


def test_empty_strings_say_not_yet() -> None:
    assert parse("s", 'site_url = ""\ncontact = ""') == Settings()


def test_a_contact_may_be_a_page() -> None:
    assert parse("s", 'contact = "https://a.org/about"').contact == "https://a.org/about"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("site_url", "is not TOML"),
        ("a = 1\na = 2", "is not TOML"),
        ("a = " + "[" * 50_000, "nested too deeply|is not TOML"),
        ("#" * 300_000, "larger than 256 KiB"),
        ('sight_url = "https://a.org"', '"sight_url" is not known here; perhaps site_url is meant'),
        (
            "zzz = 1",
            "known are site_url, contact, robots, allow_hosts, wayback_url, stand_in",
        ),
        ("site_url = 1", '"site_url" must be text in quotation marks, not a number'),
        ('site_url = "a.org"', "begins with https://"),
        ('site_url = "https://a.org/?x=1"', "must end before any"),
        ('wayback_url = "ftp://a.org"', '"wayback_url" must be an address'),
        ("stand_in = 1", "must be true or false, not a number"),
        ('wayback_url = ""', '"wayback_url" must have between 1'),
        ('contact = "me"', '"contact" must be a mail address or'),
        ('contact = "Me <me@a.org>"', '"contact" must be a mail address or'),
        ('contact = "me@a.org\\r\\nX-Evil: 1"', '"contact" must be a mail address or'),
        ('contact = "https://a.org/\\nX-Evil:1"', "blanks"),
        ('contact = "https://a.org/)"', '"contact" must be a mail address or'),
        ('contact = "mé@a.org"', "plain ASCII"),
        ('contact = "https://a.org/é"', "plain ASCII"),
        ("contact = 1979-05-27", "must be text"),
        ('robots = "ignore"', '"robots" must be "obey", or "note"'),
        ("robots = true", '"robots" must be "obey", or "note"'),
        ('allow_hosts = "localhost"', "must be a list of hosts, not text"),
        ("allow_hosts = [1]", '"allow_hosts" must be text'),
        ('allow_hosts = ["http://localhost"]', "without https://"),
        ('allow_hosts = ["localhost:0"]', "HOST:PORT"),
        ('allow_hosts = ["localhost:65536"]', "HOST:PORT"),
        ('allow_hosts = ["a b"]', "HOST:PORT"),
        ("previews = 1", "must be a table from document to address"),
        ('[previews]\n"privacy" = "https://a.org"', "write its whole id"),
        ('bodies = "/srv/bodies"', '"bodies" must be a folder of a store'),
        ('bodies = "file://bodies"', '"bodies" must be a folder of a store'),
        ('bodies = "https://a.org/b"', '"bodies" must be a folder of a store'),
        ('bodies = "s3://me:password@b/c"', "without a user name"),
        ('bodies = "s3://b/[c]"', "any of"),
        ('bodies = "s3://"', '"bodies" must be a folder of a store'),
        ("bodies_options = 1", "must be a table for each kind of store, not a number"),
        ("[bodies_options]\nanon = true", r"in the table of a kind of store: \[bodies_options.s3"),
        ('[bodies_options.s3]\nsecret = "x"', '"s3" › "secret" does not belong in a file'),
        ('[bodies_options.s3]\nkey = "x"', '"s3" › "key" does not belong in a file'),
        (
            '[bodies_options.s3.client_kwargs]\naws_secret_access_key = "x"',
            '"aws_secret_access_key" does not belong in a file; set it in the environment',
        ),
        ('[previews]\n"a/b@c" = "a.org"', '"previews" › "a/b@c" must be an address'),
    ],
)
def test_what_we_do_not_know_is_refused(text: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=says) as caught:
        parse("settings.toml", text)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("settings.toml: ")
    assert str(caught.value).isprintable()


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b'contact = "\xe9@a.org"')
    earlier = Settings(site_url="https://a.org/")
    found = load(tmp_path, earlier)
    assert found.settings == earlier
    assert found.refusal
    assert "not UTF-8" in found.refusal.sentence


def test_a_setting_that_cannot_be_accepted_is_as_it_was_and_all_are_named() -> None:
    text = 'site_url = 5\ncontact = "a@a.org"\nrobot = "note"\nrobots = "nott"\nallow_hosts = []'
    earlier = Settings(site_url="https://a.org/", contact="b@b.org", allow_hosts=("localhost",))
    found = read("settings.toml", text, earlier)
    assert found.settings == Settings(site_url="https://a.org/", contact="a@a.org")
    assert found.unread == {"site_url", "obey_robots"}
    assert found.refusal
    assert len(found.refusal.reasons) == 3


NAMES = st.sampled_from(["site_url", "contact", "robots", "allow_hosts", "bodies", "x"])
VALUES = st.text(st.characters(codec="utf-8")).map(
    lambda words: '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
) | st.sampled_from(["1", "true", "[]", "{}", "nan", "['a', 'b:1']"])


@given(st.text() | st.builds("{} = {}".format, NAMES, VALUES))
def test_junk_is_accepted_or_refused_and_nothing_else(text: str) -> None:
    try:
        settings = parse("settings.toml", text)
    except DeclarationError as error:
        assert str(error).isprintable()
    else:
        # It is sent in a header, so nothing in it may end the line.
        assert settings.contact.isascii()
        assert settings.contact.isprintable()
        assert settings.site_url == "" or settings.site_url.endswith("/")
