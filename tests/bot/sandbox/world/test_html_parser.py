import pytest

from bot.sandbox.world.html_parser import EntityError, parse_html

BEFORE = "🏟 🏟&lt;"  # 13 bytes of UTF-8


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("й<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        (BEFORE + "<abacaba", "Unclosed start tag at byte offset 13"),
        (BEFORE + "<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        (BEFORE + "<i  aba>", 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13'),
        (BEFORE + "<i  aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        (BEFORE + "<i  aba", 'Unclosed start tag "i" at byte offset 13'),
        (BEFORE + "<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        (BEFORE + '<i  aba = "&lt;>', "Unclosed start tag at byte offset 13"),
        (BEFORE + "</", "Unexpected end tag at byte offset 13"),
        (BEFORE + "<b></b></", "Unexpected end tag at byte offset 20"),
        (BEFORE + "<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (BEFORE + "<i>a</em  >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>y</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD800;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_refuses_in_telegrams_words(source: str, words: str) -> None:
    with pytest.raises(EntityError) as refusal:
        parse_html(source)
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;b&gt; &amp; &quot;", '<b> & "'),
        ("&laquo;&nbsp;", "&laquo;&nbsp;"),
        ("&#1081;&#x439;&#0;&#12345678;", "йй&#0;&#12345678;"),
        ("a & b > c", "a & b > c"),
        ("&#X439;&#x10FFFF;&#00001081;", "&#X439;&#x10FFFF;&#00001081;"),
        ("&#0001081;&#1081", "йй"),
        ("", ""),
    ],
)
def test_knows_four_names_and_numbers(source: str, text: str) -> None:
    assert parse_html(source) == (text, [])


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<b>x</b>", "bold"),
        ("<STRONG>x</strong>", "bold"),
        ("<i>x</>", "italic"),
        ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"),
        ("<ins>x</ins>", "underline"),
        ("<s>x</s>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
    ],
)
def test_tags_become_entities(source: str, kind: str) -> None:
    assert parse_html(source) == ("x", [{"type": kind, "offset": 0, "length": 1}])


def test_offsets_of_entities_count_utf16_units() -> None:
    text, entities = parse_html("🏟<b>й<i>🏟</i></b>")
    assert text == "🏟й🏟"
    assert entities == [
        {"type": "bold", "offset": 2, "length": 3},
        {"type": "italic", "offset": 3, "length": 2},
    ]


def test_a_link_has_its_address_or_its_text() -> None:
    _, entities = parse_html('<a href="http://a.kz/?x=1&amp;y=2">here</a> <a>http://b.kz</a>')
    assert [entity["url"] for entity in entities] == ["http://a.kz/?x=1&y=2", "http://b.kz"]


def test_a_block_of_code_has_a_language() -> None:
    _, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_a_custom_emoji_has_its_id() -> None:
    _, entities = parse_html('<tg-emoji emoji-id="123">x</tg-emoji>')
    assert entities == [{"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": "123"}]


def test_an_empty_tag_leaves_nothing() -> None:
    assert parse_html("<b></b>x") == ("x", [])
