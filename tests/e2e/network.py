"""A host of its own, for tests: a network namespace and a cable to it."""
import os
import shutil
import subprocess

import pytest


def ip(*args):
    subprocess.run(["ip", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Host:
    """Programs started with `prefix` run there; the cable can be cut: what
    is sent is then lost, and nobody is told."""

    def __init__(self):
        pid = os.getpid()
        self.name = f"ttsd{pid}"
        self.near = f"tn{pid}"[:15]
        # A /30 of its own for every process of the test run.
        net = f"10.{200 + pid // 16384 % 50}.{pid // 64 % 256}"
        base = pid % 64 * 4
        self.address = f"{net}.{base + 2}"
        self.prefix = ["ip", "netns", "exec", self.name]
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.near, "type", "veth", "peer", "name",
               "eth0", "netns", self.name)
            ip("addr", "add", f"{net}.{base + 1}/30", "dev", self.near)
            ip("link", "set", self.near, "up")
            ip("-n", self.name, "link", "set", "lo", "up")
            ip("-n", self.name, "addr", "add", f"{self.address}/30", "dev",
               "eth0")
            self.cable("up")
        except BaseException:
            self.close()
            raise

    def cable(self, state):
        ip("-n", self.name, "link", "set", "eth0", state)

    def close(self):
        ip("netns", "delete", self.name)


@pytest.fixture
def host():
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("a network namespace takes root and iproute2")
    try:
        h = Host()
    except subprocess.CalledProcessError as e:
        pytest.skip(f"no network namespace here: {e.stderr.decode()}")
    yield h
    h.close()
