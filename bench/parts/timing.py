"""Interleaved runs: one round runs every tool once, so that a busy moment of the machine hits all of them alike."""

import resource
import statistics
import time
from pathlib import Path


def measure(tools, repeat, tell):
    """Times every tool; returns, by its name, the seconds and the bytes and processor seconds they took."""
    samples = {tool.name: [] for tool in tools}
    for turn in range(repeat):
        for tool in tools:
            if len(samples[tool.name]) < wanted(tool, repeat):
                samples[tool.name].append(one(tool))
        tell(f"round {turn + 1} of {repeat}")
    return {name: summary(taken) for name, taken in samples.items()}


def wanted(tool, repeat):
    return max(1, round(repeat * tool.share))


def one(tool):
    tool.prepare()
    command = tool.command()
    before, bytes_before = processor_seconds(), bridge_bytes(tool.way.lab)
    began = time.monotonic()
    ran = tool.run(command)
    seconds = time.monotonic() - began
    if tool.sees(ran.returncode, ran.stdout + ran.stderr):
        raise AssertionError(f"{tool.name} found something to change in the middle of the timing:\n{ran.stdout}")
    return {
        "seconds": seconds,
        "processor": processor_seconds() - before,
        "bytes": bridge_bytes(tool.way.lab) - bytes_before,
    }


def processor_seconds():
    """Of the operator's side only: the hosts' processes are nobody's children here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bridge_bytes(lab):
    """What has crossed the lab's bridge between this machine and the hosts, both ways."""
    number = next(iter(lab.addresses.values())).split(".")[2]
    statistics_folder = Path(f"/sys/class/net/piton-lab{number}/statistics")
    return sum(int((statistics_folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))


def summary(samples):
    seconds = sorted(sample["seconds"] for sample in samples)
    return {
        "runs": len(seconds),
        "median": round(statistics.median(seconds), 3),
        "p95": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 3),
        "processor": round(statistics.median(sample["processor"] for sample in samples), 3),
        "kilobytes": round(statistics.median(sample["bytes"] for sample in samples) / 1000, 1),
        "seconds": [round(value, 3) for value in seconds],
    }
