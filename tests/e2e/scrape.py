"""Reads the metrics and health of a daemon as Prometheus does, for tests."""
import http.client
import socket

import pytest
from prometheus_client.parser import text_string_to_metric_families

import daemon

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Scraper:
    """Of a host:port, or of the path of a Unix socket."""

    def __init__(self, address):
        self.address = str(address)
        self.connection = http.client.HTTPConnection(
            "localhost", timeout=daemon.PATIENCE_S)
        self.connection.connect = self._connect

    def connect(self):
        if self.address.startswith("/"):
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(daemon.PATIENCE_S)
            s.connect(self.address)
            return s
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection(
            (host.strip("[]"), port), daemon.PATIENCE_S)

    def _connect(self):
        self.connection.sock = self.connect()

    def get(self, path, method="GET"):
        """Status, headers and text."""
        try:
            self.connection.request(method, path)
            r = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for too long
            self.connection.close()
            self.connection.request(method, path)
            r = self.connection.getresponse()
        return r.status, dict(r.getheaders()), r.read().decode()

    def ready(self):
        status, _, text = self.get("/readyz")
        assert (status, text == "ok\n") in ((200, True), (503, False)), text
        return [] if status == 200 else text.splitlines()

    def families(self):
        status, headers, text = self.get("/metrics")
        assert status == 200 and headers["Content-Type"] == TYPE
        return check(text)

    def value(self, name, **labels):
        """Of the one sample of that name that has these labels."""
        found = [s.value for f in self.families() for s in f.samples
                 if s.name == name and labels.items() <= s.labels.items()]
        assert len(found) == 1, (name, labels, found)
        return found[0]

    def state(self, name, **labels):
        """The one state whose series is 1; the others are 0."""
        found = {s.labels["state"]: s.value for f in self.families()
                 for s in f.samples
                 if s.name == name and labels.items() <= s.labels.items()}
        assert sorted(found.values())[-2:] == [0, 1], found
        return max(found, key=found.get)


def check(text):
    """What Debian's parser makes of it, and what that parser lets pass."""
    assert text.endswith("\n")
    families = list(text_string_to_metric_families(text))
    heads = [line.split()[1:3] for line in text.splitlines()
             if line.startswith("#")]
    assert len(heads) == 2 * len({name for _, name in heads})
    samples = [(s.name, tuple(sorted(s.labels.items())))
               for f in families for s in f.samples]
    assert len(samples) == len(set(samples)), "the same series twice"
    lines = [x for x in text.splitlines() if not x.startswith("#")]
    assert len(lines) == len(samples)
    for f in families:
        assert f.documentation and f.type in ("gauge", "counter", "histogram")
        if f.type == "histogram":
            check_histograms(f)
    return families


def check_histograms(family):
    """Buckets that grow up to +Inf, which is the count."""
    series = {}
    for s in family.samples:
        rest = dict(s.labels)
        bound = rest.pop("le", None)
        series.setdefault(tuple(rest.items()), []).append(
            (s.name[len(family.name):], bound, s.value))
    for parts in series.values():
        buckets = [(float(b), v) for kind, b, v in parts if kind == "_bucket"]
        assert buckets == sorted(buckets) and buckets[-1][0] == float("inf")
        counts = [v for _, v in buckets]
        assert counts == sorted(counts)
        assert [v for kind, _, v in parts if kind == "_count"] == counts[-1:]
        assert len([v for kind, _, v in parts if kind == "_sum"]) == 1


def of(d):
    """The scraper of a daemon that was given an address."""
    found = daemon.wait_until(
        lambda: "metrics=" in d.logged() and d.logged().split(
            "info: metrics=", 1)[1], "it says where its metrics are")
    return Scraper(found.split()[0].strip('"'))


@pytest.fixture
def metered(start):
    """ttsd with metrics on a free port."""
    def run(*args, address="127.0.0.1:0"):
        d = start("-D", f"ttsd.metrics={address}", *args)
        return d, of(d)
    return run
