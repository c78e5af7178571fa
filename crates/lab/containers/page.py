#!/usr/bin/env python3
"""A page whose tag says how it behaves: `1` and `2` answer with their tag and count their starts in /data, `broken` ends
at once, `deaf` never becomes ready, `slow-N` is ready after N seconds."""
import os
import time
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, say, serve

tag = os.environ["PITON_LAB_IMAGE"].rsplit(":", 1)[1]
say(f"page {tag} begins")
if tag == "broken":
    fail("page: the setting `colour` is not known")
if tag.startswith("slow-"):
    time.sleep(int(tag[5:]))
if os.path.isdir("/data"):
    with open("/data/starts", "a", encoding="utf-8") as starts:
        starts.write(f"{tag}\n")
status = 503 if tag == "deaf" else 200
serve("0.0.0.0", 8080, {"/health": (status, f"{tag}\n"), "*": (status, f"{tag}\n")})
