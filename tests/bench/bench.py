"""The benchmarks: percentiles and ratios, each figure beside a baseline that
is measured in the same run. Prints a table and writes JSON.

    bench.py [--json FILE] [--quick]

Nothing here passes or fails: a figure beyond its target is marked, for a
person to look at. The machine's own noise is in every figure, the baseline's
included.
"""
import argparse
import json

from instruments import Table, be_punctual
from desk import (
    bench_channels, bench_queue, bench_subscribers, bench_urgent)
from events import bench_events
from faults import bench_faults
from hearing import bench_hearing
from keeping import bench_keeping
from outputs import bench_outputs
from over_http import bench_over_http
from painting import bench_painting
from pictures import bench_pictures
from restart import bench_outage, bench_restart
from restoring import bench_restoring
from scraping import bench_scraping
from speech import bench_speech
from stream import bench_latency, bench_prepared, bench_stream
from upgrade import bench_upgrade


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", default=None)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    table = Table()
    be_punctual()
    bench_stream(table, 3 if args.quick else 20)
    bench_latency(table, 20 if args.quick else 200)
    bench_prepared(table, 20 if args.quick else 200)
    bench_speech(table, 20 if args.quick else 200)
    bench_restart(table, 3 if args.quick else 25)
    bench_outage(table, *((5, 2) if args.quick else (60, 30)))
    bench_upgrade(table, 5 if args.quick else 50)
    bench_outputs(table, 10 if args.quick else 60)
    bench_faults(table)
    bench_hearing(table, *((10, 3) if args.quick else (60, 30)))
    bench_urgent(table, 10 if args.quick else 100)
    bench_queue(table, 3 if args.quick else 10)
    for keyed in (False, True):
        bench_restoring(table, 10000 if args.quick else 100000, keyed)
    bench_events(table)
    bench_over_http(table, *((30, 100, 5) if args.quick else ()))
    bench_keeping(table, 50 if args.quick else 500)
    bench_subscribers(table, 3 if args.quick else 10)
    bench_channels(table, 5 if args.quick else 15)
    bench_scraping(table, 3 if args.quick else 10)
    bench_painting(table, 5 if args.quick else 20)
    bench_pictures(table, args.quick)
    table.show()
    if args.json:
        with open(args.json, "w") as f:
            json.dump(table.rows, f, indent=1)
        print(f"written to {args.json}")


if __name__ == "__main__":
    main()
