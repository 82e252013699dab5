"""Lists the licenses of everything installed beside MFSR, and asks the index for known vulnerabilities.

    python scripts/check_dependencies.py [--audit PROGRAM]

Exit code 1 if a license is unknown or could bind the program itself, or if a vulnerability is known. The second part needs
`pip-audit`, which may be installed elsewhere (`pipx install pip-audit`), and an index that answers; without them it says why it was
skipped. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions

OWN = "mfsr"
BINDING = re.compile(r"(?<!L)(?<!Lesser )(?:\bA?GPL|(?:Affero )?General Public)", re.IGNORECASE)
"""Licenses that would bind the whole program; those of libraries (LGPL) are named otherwise."""
PATIENCE_S = 600


@dataclass(frozen=True)
class Dependency:
    """A package that is installed."""

    name: str
    version: str
    license: str
    """As its metadata say it; empty if they do not."""

    @property
    def is_clear(self) -> bool:
        """Whether its license is known and one of its choices leaves the program free."""
        choices = re.split(r"\s+OR\s+|;\s*", self.license)
        return bool(self.license) and any(choice and not BINDING.search(choice) for choice in choices)


def license_of(distribution: Distribution) -> str:
    """The license of a package: an SPDX expression, else what its classifiers or its free text say."""
    fields = distribution.metadata
    if expression := fields["License-Expression"]:
        return expression
    found = [value for value in fields.get_all("Classifier") or [] if value.startswith("License :: ")]
    named = [value.rpartition(" :: ")[2] for value in found if value.count(" :: ") > 1]
    lines = (fields["License"] or "").strip().splitlines()
    return "; ".join(named) or (lines[0].strip() if lines else "")


def installed(found: Iterable[Distribution]) -> list[Dependency]:
    """Packages by name, without this program."""
    known = {one.name.lower(): Dependency(one.name, one.version, license_of(one)) for one in found}
    return [known[name] for name in sorted(known) if name != OWN]


def audit(program: str | None) -> tuple[list[str], str]:
    """What is known of vulnerabilities, a line for each, and why they were not looked for, or for which packages not."""
    if program is None:
        return [], "pip-audit is not installed"
    words = [program, "--path", sysconfig.get_paths()["purelib"], "--format", "json", "--progress-spinner", "off"]
    try:
        ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        packages = json.loads(ended.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return [], "the index did not answer in time"
    except (OSError, ValueError, KeyError):
        complaint = ended.stderr.strip().splitlines()[-1:] or ["no answer"]
        return [], f"pip-audit could not ask the index ({complaint[0][:200]})"
    asked = [one for one in packages if "vulns" in one]
    if not asked:
        return [], "the index that was asked knows none of the packages"
    unknown = [one["name"] for one in packages if "vulns" not in one and one["name"].lower() != OWN]
    faults = [f"{one['name']} {one['version']}: {fault['id']}" for one in asked for fault in one["vulns"]]
    return faults, f"for {', '.join(unknown)}, which the index does not know" if unknown else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both lists; 1 if something is to be looked at."""
    parser = argparse.ArgumentParser(description="Licenses and known vulnerabilities of what is installed.")
    parser.add_argument("--audit", default=shutil.which("pip-audit"), help="the program pip-audit")
    program = parser.parse_args(arguments).audit
    dependencies = installed(distributions())
    print("| package | version | license |\n| --- | --- | --- |")
    for one in dependencies:
        print(f"| {one.name} | {one.version} | {one.license or 'not said'} |")
    unclear = [one.name for one in dependencies if not one.is_clear]
    if unclear:
        print(f"\nLicenses to be looked at: {', '.join(unclear)}.")
    faults, reason = audit(program)
    if faults or not reason:
        print(f"\nKnown vulnerabilities: {', '.join(faults) or 'none'}.")
    if reason:
        print(f"\nThe search for vulnerabilities was skipped: {reason}.")
    return 1 if unclear or faults else 0


if __name__ == "__main__":
    sys.exit(main())
