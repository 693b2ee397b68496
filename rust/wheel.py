"""Build the wheel that is published, and refuse one that other machines could not use.

It is linked against the C library of manylinux_2_28 (Debian 10, RHEL 8 and later), whatever the
machine at hand has, and names no folder of that machine. Looked at afterwards: the platform tag,
the stable ABI, the licenses, paths left inside, and the description as a package index shows it.
"""

import argparse
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = "manylinux_2_28"
LICENSES = ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt")
# The folder of each registry's sources is named after its host.
LEFT_BEHIND = re.compile(rb"/(?:root|home|Users|tmp|builds|work)/|registry/src|\w+-[0-9a-f]{16}/")


def main() -> int:
    """Build and check the wheel; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="wheel", help="Cargo profile (default: wheel)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the wheel")
    options = parser.parse_args()
    wheel = build(options.profile, options.out)
    faults = [*missing_licenses(wheel), *paths_left(wheel)]
    for fault in faults:
        sys.stderr.write(f"{wheel.name}: {fault}\n")
    tool("auditwheel", "show", str(wheel), must_say=PLATFORM)
    tool("abi3audit", "--strict", "--report", str(wheel))
    tool("twine", "check", "--strict", str(wheel))
    return 1 if faults else 0


def build(profile: str, out: Path) -> Path:
    """Return the path of a new wheel."""
    # Sources are fetched first, so that their folders are known.
    subprocess.run(["cargo", "fetch", "--locked"], cwd=ROOT, check=True)
    cargo_home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    folders = {folder: "crates" for folder in (cargo_home / "registry" / "src").glob("*")}
    folders[ROOT] = "typicality"
    flags = [f"--remap-path-prefix={folder}={name}" for folder, name in folders.items()]
    before = set(out.glob("*.whl"))
    subprocess.run(
        ["maturin", "build", "--profile", profile, "--locked", "--zig", "--auditwheel", "check",
         "--compatibility", PLATFORM, "--out", str(out)],
        cwd=ROOT, check=True, env={**os.environ, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)},
    )  # fmt: skip
    wheels = sorted(out.glob("*.whl"), key=lambda path: (path not in before, path.stat().st_mtime))
    return wheels[-1]


def missing_licenses(wheel: Path) -> list[str]:
    """Name the license files that the wheel lacks."""
    with zipfile.ZipFile(wheel) as archive:
        held = {Path(name).name for name in archive.namelist() if ".dist-info/" in name}
    return [f"{name} is missing" for name in LICENSES if name not in held]


def paths_left(wheel: Path) -> list[str]:
    """Name the files of the wheel that hold paths of the machine that built it."""
    faults: list[str] = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            # `/rustc/<commit>/` is where the standard library was built, the same for everybody.
            found = LEFT_BEHIND.search(re.sub(rb"/rustc/[0-9a-f]{40}/", b"", content))
            if found or str(ROOT).encode() in content:
                faults.append(f"{name} holds a path of this machine: {found and found[0]!r}")
    return faults


def tool(name: str, *arguments: str, must_say: str = "") -> None:
    """Run an auditor; end here if it fails, or does not say what it must."""
    run = subprocess.run([name, *arguments], capture_output=True, text=True, check=False)
    if run.returncode or must_say not in run.stdout:
        raise SystemExit(f"{name} objects:\n{run.stdout}{run.stderr}")


if __name__ == "__main__":
    sys.exit(main())
