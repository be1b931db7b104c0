"""What a phone on a slow network has to fetch."""

from tests.conftest import root
from webapp.core.static import lean, lean_script


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
    script = "let a = b;\nlet c;\n[c] = a;\n(go)();\nif (a) b();\nelse c();\n"
    assert lean_script(script) == "let a = b\nlet c;\n[c] = a;\n(go)()\nif (a) b()\nelse c()\n"
