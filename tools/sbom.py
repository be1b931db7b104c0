"""Write sbom.cdx.json: which libraries a server runs, as CycloneDX, from the lock files alone.

The same locks give the same bytes, on every machine and without a network.
"""

import json
import re
import sys
import tomllib
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "sbom.cdx.json"
# The second repeats the first one's versions and adds what PostgreSQL needs.
LOCKS = ("requirements.lock", "requirements-postgres.lock")
PIN = re.compile(
    r"^(?P<name>[a-z0-9.-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)(?: ; (?P<marker>.+?))?(?: \\)?$"
)
NEEDS_IT = re.compile(r"^ +# (?:via )? *(?P<by>(?!via$)[a-z][a-z0-9.-]*)(?:\[[^]]*\])?(?: .*)?$")


def main() -> None:
    """Write it, and say how many there are."""
    bill = bill_of([(ROOT / lock).read_text() for lock in LOCKS])
    WRITTEN.write_text(json.dumps(bill, indent=2) + "\n")
    sys.stdout.write(f"{WRITTEN.name}: {len(bill['components'])} libraries\n")


def bill_of(locks: list[str]) -> dict[str, object]:
    """What the locks pin, and which of it needs which."""
    program = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    itself = {
        "type": "application", "bom-ref": program["name"], "name": program["name"],
        "version": program["version"], "licenses": [{"license": {"id": program["license"]}}],
    }  # fmt: skip
    found: dict[str, dict[str, object]] = {}
    needs: dict[str, set[str]] = {program["name"]: set()}
    for lock in locks:
        for pin, by in pins(lock):
            name, version, marker = pin
            component = _component(name, version, marker)
            if found.setdefault(name, component) != component:
                raise ValueError(f"the locks differ about {name}")
            needs.setdefault(name, set())
            for other in by:
                needs.setdefault(other, set()).add(name)
    refs = {name: str(component["bom-ref"]) for name, component in found.items()}
    graph = [
        {"ref": refs.get(name, name), "dependsOn": sorted(refs[needed] for needed in needs[name])}
        for name in sorted(needs)
    ]
    content = {
        "version": 1, "metadata": {"component": itself},
        "components": [found[name] for name in sorted(found)], "dependencies": graph,
    }  # fmt: skip
    serial = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}"}
    return head | content


def pins(lock: str) -> list[tuple[tuple[str, str, str], list[str]]]:
    """Each library of a lock with its version and where it isn't needed, and who needs it."""
    found: list[tuple[tuple[str, str, str], list[str]]] = []
    for line in lock.splitlines():
        if pin := PIN.match(line):
            found.append(((pin["name"], pin["version"], pin["marker"] or ""), []))
        elif line and line[0] not in " #":
            raise ValueError(f"not a pin: {line}")
        elif found and (needed := NEEDS_IT.match(line)):
            found[-1][1].append(needed["by"])
    return found


def _component(name: str, version: str, marker: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name}@{version}"
    only = {"properties": [{"name": "groundwork:only-where", "value": marker}]} if marker else {}
    return {
        "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, **only,
    }  # fmt: skip


if __name__ == "__main__":
    main()
