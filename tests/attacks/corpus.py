"""Texts that want to be more than text: by what they aim at."""

from __future__ import annotations

from html import escape

#: Each sets `window.pwned` or opens a dialog where it is run.
SCRIPTS = (
    "<script>window.pwned=1</script>",
    "<script src=data:text/javascript,window.pwned=1></script>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '<img src="x` `<script>window.pwned=1</script>"` `>',
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<svg><a xlink:href=javascript:window.pwned=1><text y=9>x</text></a></svg>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<math><mtext></p><img src=x onerror=window.pwned=1>",
    "<math href=javascript:window.pwned=1>x</math>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<iframe src=javascript:parent.pwned=1></iframe>",
    "<object data=data:text/html,<script>window.pwned=1</script>></object>",
    "<embed src=javascript:window.pwned=1>",
    "<body onload=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<input autofocus onfocus=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<form action=javascript:window.pwned=1><button>x</button></form>",
    "<a href=javascript:window.pwned=1>x</a>",
    "<a href='java\tscript:window.pwned=1'>x</a>",
    "<a href='\x01javascript:window.pwned=1'>x</a>",
    "<a href=JaVaScRiPt:window.pwned=1>x</a>",
    "<a href='data:text/html,<script>opener.pwned=1</script>'>x</a>",
    "<a href=vbscript:x>x</a>",
    "<a href='//evil.example/x'>x</a>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';body{display:none}</style>",
    "<p style=position:fixed;inset:0;background:red>x</p>",
    "<template><script>window.pwned=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<xmp><img src=x onerror=window.pwned=1></xmp>",
    "<textarea></textarea><img src=x onerror=window.pwned=1>",
    "<title></title><img src=x onerror=window.pwned=1>",
    "<!--><img src=x onerror=window.pwned=1>-->",
    "<![CDATA[<img src=x onerror=window.pwned=1>]]>",
    "]]><img src=x onerror=window.pwned=1>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "\"'><img src=x onerror=window.pwned=1>",
    "' onmouseover=window.pwned=1 x='",
    '" autofocus onfocus=window.pwned=1 "',
    "`${window.pwned=1}`",
    "{{constructor.constructor('window.pwned=1')()}}",
    "{{ 7*7 }}{% include '/etc/passwd' %}{# x #}<%= 7*7 %>#{7*7}",
    "[x](javascript:window.pwned=1) ![x](https://evil.example/x.png)",
    "＜script＞window.pwned=1＜/script＞",
    "\\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
    "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-",
)
#: What acts on a terminal, a spreadsheet, or the eyes of a reader.
SIGNS = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x1b[2J\x1b[H",
    "\x1bP+q544e\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "a\rb\x08\x08c",
    "\x7f\x00\x0b\x0c\x1f",
    "￾￿\ufdd0",
    "‮gnp.exe‬ ⁦isolated⁩ ‏",
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "[+forged+] [−forged−] {+forged+} [-forged-]",
    "WARC/1.1\r\nWARC-Type: response\r\n\r\n",
    "../../../../etc/passwd",
    "a" * 500,
)
PAYLOADS = (*SCRIPTS, *SIGNS)


def written(payload: str) -> list[str]:
    """The ways in which a page may write a payload: as markup, as text, and twice as text."""
    return [payload, escape(payload), escape(escape(payload))]


def page(lines: list[str]) -> bytes:
    """A page of terms with every line in every kind of place."""
    rule = "<p>Each boat that is lent out has a name painted on both of its sides.</p>"
    body = "".join(
        f"<h2>{line}</h2><p>Rule {n}: {line} and advertising.</p><ul><li>{line}</li></ul>"
        f"<table><tr><th>{line}<th>b<tr><td>{line}<td>{line}</table>"
        f'<p><a href="{escape(line)}" title="{escape(line)}">{line}</a></p>'
        for n, line in enumerate(lines)
    )
    head = f"<title>{escape(lines[0]) if lines else ''}</title>"
    return f"<html lang=en><head>{head}</head><main><h1>Terms</h1>{rule * 9}{body}</main>".encode(
        "utf-8", "surrogatepass"
    )
