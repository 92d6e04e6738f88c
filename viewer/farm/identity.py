"""Which Mien this is, to the byte: machines of one farm have to have the same. Imports nothing of Mien, so that a node
without it can still be asked.
"""

from __future__ import annotations


def identity(folder: str = "") -> dict[str, str]:
    """Python, version and hash of the sources of the Mien that is installed here, or `error`.

    Shipped to other machines as it is: all that it needs is inside. `folder` is where a checkout lies.
    """
    import hashlib
    import importlib.util
    import platform
    import sys
    from pathlib import Path

    if folder and folder not in sys.path and Path(folder, "gpu_core").is_dir():
        sys.path.insert(0, folder)
    found = hashlib.sha256()
    told = {"python": platform.python_version(), "host": platform.node()}
    for package in ("gpu_core", "viewer"):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.origin:
            return told | {"error": "has no Mien"}
        root = Path(spec.origin).parent
        for path in sorted(root.rglob("*.py")):
            found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return told | {"sources": found.hexdigest(), "root": str(root.parent)}
