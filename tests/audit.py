"""Known holes in the locked packages: `make audit` asks the vulnerability service about every line of requirements.lock.

Ends with 1 for a hole or a package that the service does not know, and with 0, saying so, where no service is in reach.
"""

import json
import subprocess
import sys

ASK = [
    "--requirement",
    "requirements.lock",
    "--require-hashes",
    "--disable-pip",
    "--format",
    "json",
    "--progress-spinner",
    "off",
]


UNREACHED = "NOT AUDITED: the vulnerability service is not in reach from here. Run `make audit` where it is."


def main(pip_audit):
    done = subprocess.run([pip_audit, *ASK], capture_output=True, check=False, text=True)
    code, lines = judged(done.stdout, done.stderr)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(code)


def judged(answer, told):
    """Exit code and lines for what pip-audit printed; a proxy that knows nothing must not pass for good news."""
    try:
        packages = json.loads(answer)["dependencies"]
    except ValueError:
        unreached = "ConnectionError" in told or "ServiceError" in told
        return (0, [UNREACHED]) if unreached else (1, ["pip-audit failed:", told])
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        return 0, [UNREACHED]
    holes = [(one, hole) for one in packages for hole in one.get("vulns", ())]
    lines = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {hole['fix_versions'] or 'no version'}"
        for one, hole in holes
    ]
    lines += [f"{name}: unknown to the service" for name in unknown]
    return bool(holes or unknown), [*lines, f"{len(packages)} packages asked about, {len(holes)} known holes"]


if __name__ == "__main__":
    main(*sys.argv[1:])
