"""What a server runs is written down as it is locked, and asked about where that is possible."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.conftest import root
from tools import advisories, sbom

LOCKS = [(root() / lock).read_text() for lock in sbom.LOCKS]
HASH = " \\\n    --hash=sha256:00\n"


def locked() -> Iterator[tuple[str, str]]:
    """Name and version of each pin, read another way than the tool does."""
    for lock in LOCKS:
        for line in lock.splitlines():
            if "==" in line and not line.startswith((" ", "#")):
                name, _equals, rest = line.partition("==")
                yield name.split("[")[0], re.split(r"[ ;\\]", rest)[0]


def test_the_bill_of_materials_names_what_is_locked_and_nothing_else() -> None:
    bill = sbom.bill_of(LOCKS)
    listed = [(one["name"], one["version"]) for one in bill["components"]]  # type: ignore[attr-defined]
    assert listed == sorted(set(locked()))
    assert ("flask", dict(listed)["flask"]) in listed
    assert len(listed) > 40


def test_it_has_what_cyclonedx_1_6_requires() -> None:
    bill = json.loads(json.dumps(sbom.bill_of(LOCKS)))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    number = r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
    assert re.fullmatch(number, bill["serialNumber"])
    every = [bill["metadata"]["component"], *bill["components"]]
    for one in every:
        assert one["type"] in ("application", "library")
        assert one["name"]
    for one in bill["components"]:
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
    refs = [one["bom-ref"] for one in every]
    assert len(refs) == len(set(refs))
    assert [line["ref"] for line in bill["dependencies"]] == sorted(refs, key=refs_of(every))
    for line in bill["dependencies"]:
        assert line["dependsOn"] == sorted(set(line["dependsOn"]))
        assert set(line["dependsOn"]) <= set(refs)


def refs_of(components: list[dict[str, str]]):
    names = {one["bom-ref"]: one["name"] for one in components}
    return lambda ref: names[ref]


def test_what_needs_what_is_known_and_everything_is_needed_by_something() -> None:
    needs = {line["ref"]: line["dependsOn"] for line in sbom.bill_of(LOCKS)["dependencies"]}  # type: ignore[attr-defined]
    named = {ref.split("@")[0].removeprefix("pkg:pypi/"): on for ref, on in needs.items()}
    assert any("werkzeug@" in ref for ref in named["flask"])
    assert any("/psycopg@" in ref for ref in named["groundwork"])
    reached, todo = set(), ["groundwork"]
    while todo:
        ref = todo.pop()
        if ref not in reached:
            reached.add(ref)
            todo += needs[ref]
    assert reached == set(needs)


def test_the_same_locks_give_the_same_bytes_and_another_version_another_number() -> None:
    bill = json.dumps(sbom.bill_of(LOCKS))
    assert json.dumps(sbom.bill_of(LOCKS)) == bill
    one, other = ([f"flask=={version}{HASH}    # via groundwork\n"] for version in ("3.1", "3.2"))
    assert sbom.bill_of(one)["serialNumber"] != sbom.bill_of(other)["serialNumber"]


@pytest.mark.parametrize("line", ["flask>=3", "-e .", "git+https://example.org/x"])
def test_what_is_not_pinned_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a pin"):
        sbom.bill_of([line])
    with pytest.raises(ValueError, match="differ about flask"):
        sbom.bill_of([f"flask==3.1{HASH}", f"flask==3.2{HASH}"])


BAD = {"name": "old", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("libraries", "said", "is_bad"),
    [
        ([], advisories.NOT_ASKED, False),
        ([{"name": "a", "skip_reason": "not found"}], advisories.NOT_ASKED, False),
        ([{"name": "a", "version": "1", "vulns": []}], "1 checked, 0 advisories.", False),
        (
            [BAD, {"name": "a", "skip_reason": "not found"}],
            "1 checked, 1 advisories. 1 couldn't be.\n  old 1: PYSEC-1, fixed in 2",
            True,
        ),
    ],
)
def test_only_an_advisory_fails_and_not_having_asked_is_said(
    libraries: list[dict[str, object]], said: str, is_bad: bool
) -> None:
    assert advisories.judged(libraries) == (said, is_bad)
