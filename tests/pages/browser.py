"""Chromium without a window, driven over a pipe by its DevTools protocol: no driver and no package is needed."""

import base64
import itertools
import json
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe"
PATIENCE = 60.0  # seconds for an answer


class Browser:
    """One page in one window; ``errors`` are what its console said of errors, and requests that it made."""

    def __init__(self, folder: Path):
        assert CHROMIUM is not None
        to_browser, self.input = os.pipe()
        self.output, from_browser = os.pipe()
        profile = f"--user-data-dir={shlex.quote(str(folder))}"
        command = f"exec {shlex.quote(CHROMIUM)} {FLAGS} {profile} 3<&{to_browser} 4>&{from_browser}"
        with open(folder.with_suffix(".log"), "wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", command], pass_fds=(to_browser, from_browser), stdout=log, stderr=log
            )
        os.close(to_browser), os.close(from_browser)
        self.numbers = itertools.count(1)
        self.left = b""
        self.session: str | None = None
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, page: Path, width: int, height: int = 900) -> None:
        """Show a file in a window of that size."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page.resolve().as_uri())
        end = time.monotonic() + PATIENCE
        while self.run("document.readyState") != "complete" or self.run("location.protocol") != "file:":
            assert time.monotonic() < end, "the page did not load"
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        """What a script comes to."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def prefers(self, dark: bool) -> None:
        """From now on the user prefers dark pages, or light ones."""
        value = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            code = {"windowsVirtualKeyCode": 13} if key == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, **code, **text)

    def write(self, text: str) -> None:
        """Write into what has the focus."""
        self.call("Input.insertText", text=text)

    def picture(self, path: Path, height: int | None = None) -> None:
        """Save what the window shows, or so much of the page."""
        width = self.run("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        more = {"clip": clip, "captureBeyondViewport": True} if height else {}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **more)["data"]))

    def call(self, method: str, **params: Any) -> Any:
        """What the browser answers; what it says in the meantime is looked at."""
        number = next(self.numbers)
        session = {"sessionId": self.session} if self.session else {}
        os.write(self.input, json.dumps({"id": number, "method": method, "params": params} | session).encode() + b"\0")
        while True:
            message = self._read()
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._look_at(message)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        os.close(self.input), os.close(self.output)

    def _read(self) -> Any:
        while b"\0" not in self.left:
            part = os.read(self.output, 2**20)
            assert part, "the browser has ended"
            self.left += part
        first, self.left = self.left.split(b"\0", 1)
        return json.loads(first)

    def _look_at(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
