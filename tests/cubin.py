"""What machine code says of its kernels' parameters, without a driver: section `.nv.info.NAME` of a cubin.

A cubin is an ELF file of 64 bits. An entry of the section is format, attribute, size, value (CUDA Binary Utilities'
`cuobjdump -elf` prints them); EIATTR_KPARAM_INFO is 0x17: index, ordinal, offset, and the size from bit 18 on.
"""

from __future__ import annotations

import struct

_SIZED_VALUE = 4  # the format whose value has as many bytes as its size says; in all others the size is the value
_PARAMETER_INFO = (0x17, 0x45)  # the second since CUDA 12.8, for offsets beyond 16 bits


def parameters(cubin: bytes) -> dict[str, list[tuple[int, int]]]:
    """By kernel: offset and size of each parameter in bytes, in order."""
    prefix = ".nv.info."
    return {
        name.removeprefix(prefix): _parameters(content)
        for name, content in _sections(cubin).items()
        if name.startswith(prefix)
    }


def _sections(elf: bytes) -> dict[str, bytes]:
    (table,) = struct.unpack_from("<Q", elf, 40)
    entry_size, count, names_at = struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + index * entry_size) for index in range(count)]
    names = headers[names_at][4]
    return {
        elf[names + name : elf.index(b"\0", names + name)].decode(): elf[offset : offset + size]
        for name, _type, _flags, _address, offset, size in headers
    }


def _parameters(info: bytes) -> list[tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    at = 0
    while at + 4 <= len(info):
        form, attribute, size = struct.unpack_from("<BBH", info, at)
        if form == _SIZED_VALUE and attribute in _PARAMETER_INFO:
            _index, ordinal, offset, flags = struct.unpack_from("<IHHI", info, at + 4)
            found[ordinal] = (offset, flags >> 18)
        at += 4 + (size if form == _SIZED_VALUE else 0)
    return [found[ordinal] for ordinal in sorted(found)]
