"""Whether the traps would have sprung, and would have been seen: a watch that sees nothing proves nothing."""

import json
import pickle
import socket
import subprocess
import sys
from pathlib import Path

from hostile import pickles
from hostile.watch import Watch


def spring(folder: Path) -> None:
    """Read every trap as it would have to be read to spring, and do what the watch is there for."""
    sys.path.insert(0, str(folder))
    (folder / "hostile_module.py").write_text(f"open({str(folder / 'canary')!r}, 'w')\n")
    watch, canary, seen = Watch(), folder / "canary", {}
    for name, trap in pickles.traps(canary).items():
        data = pickle.dumps(trap)
        with watch.watching() as noted:
            try:
                pickle.loads(data)  # noqa: S301 - a process of its own, and what the traps do is watched
            except Exception as error:
                print(name, error)
        seen[name] = [event for event in noted if not event.startswith("pickle.find_class")]
        assert any(event.startswith("pickle.find_class") for event in noted)
        canary.rmdir() if canary.is_dir() else canary.unlink(missing_ok=True)
    for name, act in {
        "process": lambda: subprocess.run(["true"]),  # noqa: S607
        "connection": lambda: socket.socket().bind(("127.0.0.1", 0)),
        "file": lambda: (folder / "file").write_text(""),
        "folder": lambda: (folder / "new").mkdir(),
        "removal": lambda: (folder / "file").unlink(),
    }.items():
        with watch.watching() as noted:
            act()
        seen[name] = list(noted)
    (folder / "seen.json").write_text(json.dumps(seen))
