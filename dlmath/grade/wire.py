"""What travels between the grader and a student's process: JSON and arrays, never code.

A message is its length in eight bytes, then JSON. Arrays are plain numbers with a shape; nothing is
unpickled, and no message is longer than the reader allows. Whoever writes the bytes can thus say
anything, and do nothing.
"""

import base64
import json
import math
import socket
import time
from typing import Any

import numpy as np

LONGEST = 32 * 2**20
_NUMBERS = "?bhilqBHILQefdFD"
_LONG = {"g": "d", "G": "D"}  # extended precision differs from machine to machine
_DEEPEST, _LONGEST_DTYPE = 20, 8


class Garbled(ValueError):
    """Bytes that are no message, or a message that is too long."""


class Gone(ConnectionError):
    """The other side has ended."""


def pack(value: Any, depth: int = 0) -> Any:
    """Write a value as JSON can hold it.

    Args:
        value: None, a number, a string, an array of numbers (torch's too), or lists, tuples and
            dictionaries with strings as keys of these.
        depth: How deep it stands in others.

    Raises:
        TypeError: If it is anything else; the message says what would do.
    """
    if depth > _DEEPEST:
        raise TypeError(f"lists within lists, more than {_DEEPEST} deep; return an array")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return {"float": float(value).hex()}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [pack(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a dictionary needs strings as keys")
        return {"dict": {key: pack(item, depth + 1) for key, item in value.items()}}
    return _pack_array(value)


def _pack_array(value: Any) -> dict[str, Any]:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if not isinstance(value, (np.ndarray, np.generic, complex)):
        raise TypeError(
            f"a {type(value).__name__} cannot be handed in; return numbers, strings, arrays, or "
            "lists and dictionaries of these"
        )
    array = np.asarray(value)
    if array.dtype.char in _LONG:
        array = array.astype(_LONG[array.dtype.char])
    if array.dtype.char not in _NUMBERS:
        raise TypeError(f"an array of dtype {array.dtype} cannot be handed in; return numbers")
    if array.nbytes > LONGEST:
        raise TypeError(f"an array of {array.nbytes} bytes; at most {LONGEST} can be handed in")
    array = array.astype(array.dtype.newbyteorder("<"))
    data = base64.b64encode(array.tobytes()).decode()
    return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape)}


def unpack(value: Any) -> Any:
    """Read what :func:`pack` wrote.

    Raises:
        Garbled: If it was not written so.
    """
    try:
        return _unpack(value, 0)
    except Garbled:
        raise
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise Garbled("no value") from error


def _unpack(value: Any, depth: int) -> Any:
    if depth > _DEEPEST + 1:
        raise Garbled("values within values, too deep")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    kind, body = next(iter(dict(value).items()), ("", None))
    if kind == "float" and isinstance(body, str):
        return float.fromhex(body)
    if kind in ("list", "tuple") and isinstance(body, list):
        return (list if kind == "list" else tuple)(_unpack(item, depth + 1) for item in body)
    if kind == "dict" and isinstance(body, dict):
        return {key: _unpack(item, depth + 1) for key, item in body.items()}
    if kind == "array":
        return _unpack_array(value)
    raise Garbled("no value")


def _unpack_array(value: dict[str, Any]) -> Any:
    # numpy also reads lists of millions of fields, which takes time and memory.
    dtype, shape = np.dtype(str(value["dtype"])[:_LONGEST_DTYPE]), value["shape"]
    if dtype.char not in _NUMBERS or len(shape) > _DEEPEST:
        raise Garbled("no array of numbers")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise Garbled("no shape")
    data = base64.b64decode(value["array"], validate=True)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise Garbled("an array shorter or longer than it says")
    array = np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))
    return array if shape else array[()]


def send(line: socket.socket, message: Any, seconds: float | None = None) -> None:
    """Write a message, within so many seconds.

    Raises:
        TimeoutError: If it takes longer.
        Gone: If nobody reads.
        Garbled: If it is longer than a message may be.
    """
    body = json.dumps(message).encode()
    if len(body) > LONGEST:
        raise Garbled(f"{len(body)} bytes; at most {LONGEST} can be handed in")
    line.settimeout(seconds)
    try:
        line.sendall(len(body).to_bytes(8, "big") + body)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Gone from error


def receive(line: socket.socket, seconds: float | None = None) -> Any:
    """Read a message, within so many seconds in all.

    Raises:
        TimeoutError: If it takes longer.
        Gone: If the other side has ended.
        Garbled: If what came is no message.
    """
    end = None if seconds is None else time.monotonic() + seconds
    length = int.from_bytes(_exactly(line, 8, end), "big")
    if length > LONGEST:
        raise Garbled(f"a message of {length} bytes; at most {LONGEST} can be handed in")
    try:
        return json.loads(_exactly(line, length, end))
    except (ValueError, RecursionError) as error:
        raise Garbled("no message") from error


def _exactly(line: socket.socket, count: int, end: float | None) -> bytes:
    body = bytearray()
    while len(body) < count:
        if end is not None and end <= time.monotonic():
            raise TimeoutError
        line.settimeout(None if end is None else max(end - time.monotonic(), 1e-3))
        try:
            part = line.recv(min(count - len(body), 2**20))
        except ConnectionResetError as error:
            raise Gone from error
        if not part:
            raise Gone
        body += part
    return bytes(body)
