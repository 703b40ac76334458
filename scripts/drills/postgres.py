"""A PostgreSQL of Debian's package, for as long as a drill lasts."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def why_not() -> str | None:
    """Why there can be no server here; None if there can."""
    if _bin() is None:
        return "no initdb of PostgreSQL is installed (Debian: postgresql)"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    return None


@contextmanager
def server() -> Iterator[str]:
    """The URL of a database on a server in a temporary folder, which is gone afterwards."""
    tools, folder = _bin(), Path(tempfile.mkdtemp(prefix="pg"))
    assert tools is not None
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to be root's
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(*words: str) -> None:
        done = subprocess.run(words, user=user, cwd=folder, capture_output=True, text=True)  # noqa: S603
        assert done.returncode == 0, done.stdout + done.stderr

    data = folder / "data"
    try:
        run(str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run(str(tools / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bin() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the path, by version."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "pg_ctl").is_file()), None)
