"""A headless Chromium, spoken to over its debugging pipe: JSON messages that
end in a NUL byte, read from its descriptor 3 and written to its 4."""
import json
import os
import shutil
import subprocess

from daemon import PATIENCE_S, wait_until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    def __init__(self, url, profile, autoplay=True):
        """Sound may be played before anybody has touched the page, or not."""
        policy = ("no-user-gesture-required" if autoplay else
                  "document-user-activation-required")
        to_read, self.to = os.pipe()
        self.of, to_write = os.pipe()
        # The shell puts the pipes where Chromium looks for them.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash",
             PROGRAM, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking",
             f"--autoplay-policy={policy}",
             "--remote-debugging-pipe", f"--user-data-dir={profile}",
             "about:blank"],
            pass_fds=[to_read, to_write], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.received = b""
        self.sent = 0
        self.session = {}
        self.exceptions = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")["targetId"]
        self.session = {"sessionId": self.call(
            "Target.attachToTarget", targetId=page, flatten=True)["sessionId"]}
        self.call("Runtime.enable")
        self.call("Page.navigate", url=url)
        wait_until(lambda: self.value("document.readyState") == "complete" and
                   self.value("location.href") == url, "the page is there")

    def receive(self):
        while b"\0" not in self.received:
            part = os.read(self.of, 65536)
            assert part, "the browser is gone"
            self.received += part
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": params,
                   **self.session}
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.exceptions.append(answer["params"])
            if answer.get("id") == self.sent:
                assert "error" not in answer, answer
                return answer["result"]

    def value(self, expression, touched=False):
        """What it evaluates to; `touched`: as if somebody had pressed."""
        return self.call("Runtime.evaluate", expression=expression,
                         userGesture=touched,
                         returnByValue=True)["result"].get("value")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        os.close(self.to)
        os.close(self.of)
