"""What a phone on a slow network has to fetch."""

import re

from tests.conftest import root
from webapp.core.static import TEXTS, lean, lean_script


def test_comments_and_room_stay_here():
    script = '// Why.\nif (a) {\n  // Because.\n  go("// said"); // not this one\n\n}\n'
    assert lean(script) == 'if (a) {\ngo("// said"); // not this one\n}\n'
    sheet = "/* Why. */\n  .a { b: c }\n  /* x */ .d { e: f } /* y */\n"
    assert lean(sheet) == ".a { b: c }\n/* x */ .d { e: f } /* y */\n"


def test_no_text_of_a_script_goes_over_lines_which_would_lose_their_room():
    for file in (root() / "static").rglob("*.js"):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            assert line.count("`") % 2 == 0, f"{file.name}:{number}"


def test_a_semicolon_stays_where_the_next_line_would_be_taken_for_its_continuation():
    script = "let a=b;\nlet c;\n[c]=a;\n(go)();\nif(a)b();\nelse c();\n"
    assert lean_script(script) == "let a=b\nlet c;\n[c]=a;\n(go)()\nif(a)b()\nelse c()\n"


def test_the_room_in_texts_stays_and_around_signs_goes():
    script = 'const a = ({ b }) => b ? "c = d" : `${b ? `${b} = ${a}` : b} ( e )` / /= f/;\n'
    lean = 'const a=({b})=>b?"c = d":`${b ? `${b} = ${a}` : b} ( e )` / /= f/\n'
    assert lean_script(script) == lean


def test_every_text_of_every_script_is_served_as_it_was_written():
    for file in (root() / "static").rglob("*.js"):
        source = lean(file.read_text())
        served = lean_script(file.read_text())
        assert TEXTS.findall(served) == TEXTS.findall(source), file.name
        kept, all_of = (re.sub(r"[ ;]", "", one) for one in (served, source))
        assert kept == all_of, file.name
