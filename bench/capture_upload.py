"""Uploading from a device over a bad line: 200 ms of delay and a cut every 20 s, against the same line without cuts.

    python bench/capture_upload.py [--json] [--seconds 60] [--megabits 24]

A real studio, the agent's own spool and uploader, and a proxy on loopback that holds every byte back for 200 ms each
way and lets so many megabits per second through. The disturbed run's connections are reset every 20 s, and whatever
dials in within the next half second is turned away. Goodput is bytes with a true receipt per second. Gates of issue 3:
0.7 of the undisturbed line, no byte wrong.
"""

import argparse
import hashlib
import logging
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from _figures import Figure, tell

REPOSITORY = Path(__file__).resolve().parent.parent
# In place of this folder, whose click.py would hide the library of that name from httpx.
sys.path[0] = str(REPOSITORY)

from capture_agent.spool import Spool
from capture_agent.spool_queue import SpoolQueue
from capture_agent.studio import StudioClient
from capture_agent.upload import Uploader
from tests.capture_agent.spools import NOON, sitting
from tests.capture_agent.studios import Paired, pair, photograph, stored_hashes
from tests.fault_proxy import FaultProxy
from tests.studio.site.conftest import Studio, studio_on

GATE_GOODPUT = 0.7
DELAY_SECONDS = 0.2
CUT_EVERY_SECONDS = 20.0
AWAY_SECONDS = 0.5
PICTURE_KILOBYTES = 3000


@dataclass(frozen=True)
class Run:
    """Bytes with a receipt, seconds they took, cuts that met an open connection, bytes that went over the line."""

    size_bytes: int
    seconds: float
    cuts: int
    sent_bytes: int
    wrong: int

    @property
    def megabytes_per_second(self) -> float:
        return self.size_bytes / self.seconds / 1e6


def cut_again_and_again(proxy: FaultProxy, stop: threading.Event, counted: list[int]) -> None:
    while not stop.wait(CUT_EVERY_SECONDS):
        counted.append(proxy.refuse(AWAY_SECONDS))


def send(studio: Studio, paired: Paired, folder: Path, *, pictures: list[bytes], megabits: float, is_cut: bool) -> Run:
    """All pictures over the line. Every receipt is checked against what lies in the studio's store."""
    stop, counted = threading.Event(), []
    with FaultProxy(studio.port) as proxy, Spool(folder, floor_bytes=0) as spool:
        proxy.delay_seconds, proxy.bytes_per_second = DELAY_SECONDS, megabits * 1e6 / 8
        session = sitting(spool, folder.name)
        for data in pictures:
            spool.add(session, data, taken_at=NOON, camera={})
        uploader = Uploader(SpoolQueue(spool), StudioClient(proxy.url, token=paired.token))
        if is_cut:
            threading.Thread(target=cut_again_and_again, args=(proxy, stop, counted), daemon=True).start()
        began = time.perf_counter()
        complaint = uploader.run_until_empty(give_up_seconds=60)
        seconds = time.perf_counter() - began
        stop.set()
        if complaint:
            sys.exit(complaint)
        sent = proxy.bytes_up
        done = {shot.sha256: shot for shot in spool.shots("done")}
    stored = stored_hashes(studio)
    hashes = [hashlib.sha256(data).hexdigest() for data in pictures]
    right = [one for one in hashes if one in stored and one in done and done[one].receipt.endswith(f":{one}")]
    size = sum(len(data) for data in pictures)
    return Run(size, seconds, sum(1 for number in counted if number), sent, len(hashes) - len(right))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seconds", type=float, default=60.0, help="about how long the undisturbed line is busy")
    parser.add_argument("--megabits", type=float, default=24.0, help="what the line carries, in megabits per second")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    first = photograph(PICTURE_KILOBYTES)
    count = max(2, round(options.seconds * options.megabits * 1e6 / 8 / len(first)))
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        base = Path(folder)
        with studio_on(base, STUDIO_DEMO="no") as studio:
            paired = pair(studio)
            runs = {}
            for name, is_cut in (("undisturbed", False), ("cut", True)):
                pictures = [photograph(PICTURE_KILOBYTES) for _ in range(count)]
                runs[name] = send(
                    studio, paired, base / name, pictures=pictures, megabits=options.megabits, is_cut=is_cut
                )
    calm, cut = runs["undisturbed"], runs["cut"]
    line = options.megabits / 8
    figures = [
        Figure(
            "goodput with a cut every 20 s, of the undisturbed line",
            cut.megabytes_per_second / calm.megabytes_per_second,
            at_least=GATE_GOODPUT,
        ),
        Figure("pictures wrong or missing, both runs", calm.wrong + cut.wrong, at_most=0, digits=0),
        Figure("undisturbed goodput", calm.megabytes_per_second, "MB/s"),
        Figure("of what the line carries", calm.megabytes_per_second / line),
        Figure("goodput with cuts", cut.megabytes_per_second, "MB/s"),
        Figure("cuts that met an open connection", cut.cuts, digits=0),
        Figure("bytes sent for a byte that counts, with cuts", cut.sent_bytes / cut.size_bytes),
    ]
    title = f"Upload of {count} pictures of {len(first) / 1e6:.1f} MB, {DELAY_SECONDS * 1000:.0f} ms each way"
    return tell(title, figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
