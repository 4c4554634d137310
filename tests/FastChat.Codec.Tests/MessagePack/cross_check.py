"""Reads hexadecimal MessagePack values, one a line, with python3-msgpack. Writes for each what it is (in the words of
Description.cs) and its encoding by that library. Exit code 77: the library is not there."""
import math
import struct
import sys

try:
    import msgpack
except ImportError as error:
    print(f"python3-msgpack cannot be loaded: {error}", file=sys.stderr)
    sys.exit(77)


def describe(value):
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "f:nan"
        if abs(value) < 2**53 and value == math.floor(value) and not (value == 0 and math.copysign(1, value) < 0):
            return str(int(value))
        return "f:" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s:" + value.encode().hex()
    if isinstance(value, bytes):
        return "b:" + value.hex()
    if isinstance(value, msgpack.Timestamp):
        return f"t:{value.seconds}.{value.nanoseconds:09}"
    if isinstance(value, msgpack.ExtType):
        return f"e{value.code}:{value.data.hex()}"
    if isinstance(value, list):
        return "[" + ",".join(map(describe, value)) + "]"
    return "{" + ",".join(f"{describe(key)}={describe(inner)}" for key, inner in value.items()) + "}"


for line in sys.stdin:
    parsed = msgpack.unpackb(bytes.fromhex(line), raw=False, strict_map_key=False)
    print(describe(parsed), msgpack.packb(parsed, use_bin_type=True).hex())
