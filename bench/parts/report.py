"""The results: as a table for a person, as JSON for the record, as ratios for docs/benchmarks.md."""

FLOOR = "one batched look"
PITON = "piton plan"
PEERS = ["pyinfra", "ansible tuned", "ansible default"]


def table(result):
    """One situation, in seconds."""
    rows = [f"{'':18}{'median':>9}{'p95':>9}{'× look':>9}{'cpu s':>8}{'kB':>9}{'runs':>6}"]
    floor = result["tools"][FLOOR]["median"]
    for name, took in result["tools"].items():
        ratio = took["median"] / floor
        rows.append(
            f"{name:18}{took['median']:9.2f}{took['p95']:9.2f}{ratio:9.2f}"
            f"{took['processor']:8.2f}{took['kilobytes']:9.0f}{took['runs']:6}"
        )
    return "\n".join([title(result), *rows, ""])


def title(result):
    connection = "warm" if result["warm"] else "cold"
    hosts = "1 host" if result["hosts"] == 1 else f"{result['hosts']} hosts"
    return f"{hosts}, {result['rtt']} ms round trip, {connection} connections"


def ratios(results):
    """Markdown: how much longer each one takes than the floor, and how much longer than piton."""
    names = list(dict.fromkeys(name for result in results for name in result["tools"]))
    lines = ["| situation | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for result in results:
        floor = result["tools"][FLOOR]["median"]
        cells = [cell(result["tools"].get(name), floor) for name in names]
        lines.append(f"| {title(result)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(took, floor):
    return f"{took['median'] / floor:.2f}" if took else "–"


def against_piton(results):
    """Markdown: every peer as a multiple of piton."""
    lines = ["| situation | " + " | ".join(PEERS) + " |", "| --- |" + " ---: |" * len(PEERS)]
    for result in filter(with_peers, results):
        piton = result["tools"][PITON]["median"]
        cells = [
            f"{result['tools'][name]['median'] / piton:.0f} ×" if name in result["tools"] else "–" for name in PEERS
        ]
        lines.append(f"| {title(result)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def runs(results):
    """Markdown: how often each one was run in each situation."""
    names = list(dict.fromkeys(name for result in results for name in result["tools"]))
    lines = ["| situation | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for result in results:
        cells = [str(result["tools"][name]["runs"]) if name in result["tools"] else "–" for name in names]
        lines.append(f"| {title(result)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def seconds(results):
    """Markdown: the two floors and piton in seconds, and what piton costs both sides' network."""
    names = ["ssh true", FLOOR, PITON]
    lines = ["| situation | " + " | ".join(names) + " | kB, look | kB, piton |", "| --- |" + " ---: |" * 5]
    for result in results:
        tools = result["tools"]
        cells = [f"{tools[name]['median']:.2f}" for name in names]
        cells += [f"{tools[name]['kilobytes']:.0f}" for name in (FLOOR, PITON)]
        lines.append(f"| {title(result)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def with_peers(result):
    return any(name in result["tools"] for name in PEERS)


def own(results):
    """Of every situation the run without the peers, which is repeated more often, where there is one."""
    chosen = {}
    for result in sorted(results, key=with_peers, reverse=True):
        chosen[key(result)[:3]] = result
    return [chosen[situation] for situation in sorted(chosen)]


def merged(older, newer):
    """Newer results in the place of older ones for the same situation, in a steady order."""
    by_situation = {key(result): result for result in [*older, *newer]}
    return [by_situation[situation] for situation in sorted(by_situation)]


def key(result):
    return (result["hosts"], result["rtt"], result["warm"], with_peers(result))


def write_into(page, results):
    """Replaces what stands between the marks of a page by the tables."""
    text = page.read_text()
    tables = {
        "floor": lambda: ratios(own(results)),
        "piton": lambda: against_piton(results),
        "seconds": lambda: seconds(own(results)),
        "runs": lambda: runs(results),
    }
    for mark, table in tables.items():
        begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        before, rest = text.split(begin, 1)
        _, after = rest.split(end, 1)
        text = f"{before}{begin}\n\n{table()}\n\n{end}{after}"
    page.write_text(text)
