"""What the operator types: `groundwork doctor`. It needs nothing that works."""

from contextlib import suppress

import click

from webapp.core.version import version
from webapp.doctor import checks  # noqa: F401 (they register themselves)
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.examining import Finding, State, examine, is_well
from webapp.doctor.record import note_check
from webapp.doctor.support import support


@click.command("doctor")
@click.option("--support", "for_others", is_flag=True, help="Print what you may show a stranger.")
def doctor(for_others: bool) -> None:
    """Say what is wrong with this installation, and how to fix it. Exits with 1 if anything is."""
    case = Case()
    findings = examine(case)
    if for_others:
        click.echo("\n".join(support(case, findings)))
        case.close()
        return
    click.echo(f"Groundwork {version()}")
    for finding in findings:
        _print(finding)
    with suppress(Unavailable):  # said above
        note_check(case.settings.data, findings)
    if not is_well(findings):
        raise SystemExit(1)
    click.echo("All is well.")


def _print(finding: Finding) -> None:
    if finding.state is State.WELL:
        return
    before = "Good to know: " if finding.state is State.KNOWN else ""
    click.echo(f"\n{before}{finding.says}")
    if finding.mend:
        click.echo(f"  {finding.mend}")
