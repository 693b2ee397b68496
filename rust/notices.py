"""Write THIRD-PARTY-NOTICES.txt: the licenses of every crate that is linked into the wheel.

With ``--check`` nothing is written; the exit status is 1 if the file is out of date. A crate that
none of the allowed licenses covers ends either run, so this file is the license check as well: it
needs only cargo, where the tool usually taken for it takes minutes to compile on a fresh machine.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD-PARTY-NOTICES.txt"
# In order of preference where a crate offers several.
ALLOWED = ("MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Zlib", "Unicode-3.0")
RULE = "-" * 100


def main() -> int:
    """Write or check the notices; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    text = notices()
    if not check:
        NOTICES.write_text(text, encoding="utf-8")
        return 0
    if NOTICES.exists() and NOTICES.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{NOTICES.name} is out of date: run `make notices` and commit it.\n")
    return 1


def notices() -> str:
    """Return the whole text: a list of crates, then each distinct license text once."""
    crates = linked_crates()
    owners: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for crate in crates:
        text = license_text(crate)
        digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
        texts.setdefault(digest, text)
        owners.setdefault(digest, []).append(f"{crate['name']} {crate['version']}")
    parts = [
        "The compiled core of typicality links the Rust standard library (MIT OR Apache-2.0) and"
        "\nthe following crates. Their licenses follow.\n",
        "".join(f"  {c['name']} {c['version']}: {c['license']}\n" for c in crates),
    ]
    parts += [
        f"{RULE}\n{', '.join(names)}\n{RULE}\n\n{texts[digest].strip()}\n"
        for digest, names in sorted(owners.items(), key=lambda item: item[1])
    ]
    return "\n".join(parts)


def linked_crates() -> list[dict[str, Any]]:
    """Return what cargo knows of each crate in the extension, procedural macros left out."""
    tree = cargo(
        "tree", "--package", "typicality-border", "--edges", "normal,no-proc-macro",
        "--target", "all", "--prefix", "none", "--format", "{p}",
    )  # fmt: skip
    linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}
    packages = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    crates = [
        package
        for package in packages
        if (package["name"], f"v{package['version']}") in linked and package["source"]
    ]
    for crate in crates:
        if not allowed(crate["license"] or ""):
            raise SystemExit(
                f"{crate['name']} {crate['version']} is licensed {crate['license']!r}; "
                f"allowed are {', '.join(ALLOWED)}."
            )
    return sorted(crates, key=lambda crate: (crate["name"], crate["version"]))


def allowed(expression: str) -> bool:
    """Say whether some alternative of an SPDX expression asks for allowed licenses only."""
    alternatives = re.split(r"\s+OR\s+|/", expression.replace("(", "").replace(")", ""))
    return any(
        all(name.split(" WITH ")[0].strip() in ALLOWED for name in re.split(r"\s+AND\s+", one))
        for one in alternatives
    )


def license_text(crate: dict[str, Any]) -> str:
    """Return the text of the preferred license of a crate, as its authors ship it."""
    folder = Path(crate["manifest_path"]).parent
    files = [p for p in sorted(folder.iterdir()) if re.match(r"(?i)(licen[sc]e|copying)", p.name)]
    if not files:
        authors = ", ".join(re.sub(r"\s*<[^>]*>", "", name) for name in crate["authors"])
        return (
            f"{crate['name']} by {authors or 'its authors'}, licensed {crate['license']}; "
            "the package ships no license file of its own."
        )
    ranked = [p for word in ("mit", "bsd", "apache") for p in files if word in p.name.lower()]
    return (ranked or files)[0].read_text(encoding="utf-8").replace("\r\n", "\n")


def cargo(*arguments: str) -> str:
    """Run cargo on the committed lock file and return what it prints."""
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
