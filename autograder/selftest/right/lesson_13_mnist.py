"""Right solutions of lesson 13 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

READ_IDX = {
    "numpy reads the sizes": """
if len(data) < 4 or data[0] != 0 or data[1] != 0 or data[2] != 8:
    raise ValueError("Not an idx file")
axes = data[3]
header = 4 + 4 * axes
if len(data) < header:
    raise ValueError("only %d bytes, the header alone has %d" % (len(data), header))
sizes = np.frombuffer(data[4:header], dtype=">u4").astype(int)
expected = header + sizes.prod()
if len(data) != expected:
    raise ValueError("expected " + str(expected) + " bytes, got " + str(len(data)))
return np.frombuffer(data[header:], dtype=np.uint8).reshape(tuple(sizes))
""",
    "a list, and sizes by hand": """
if list(data[:3]) != [0, 0, 8] or len(data) == 3:
    raise ValueError(f"wrong magic: {data[:4]!r}")
sizes = []
for axis in range(data[3]):
    size = 0
    for byte in data[4 + 4 * axis:8 + 4 * axis]:
        size = size * 256 + byte
    sizes.append(size)
count = 1
for size in sizes:
    count *= size
elements = data[4 + 4 * len(sizes):]
if len(data) < 4 + 4 * len(sizes) or len(elements) != count:
    raise ValueError(f"{len(data)} bytes instead of {4 + 4 * len(sizes) + count}")
return np.array(list(elements), dtype=np.uint8).reshape(sizes)
""",
    "slices taken off": """
begin, rest = data[:4], data[4:]
if len(begin) < 4 or not begin.startswith(b"\\x00\\x00\\x08"):
    raise ValueError("no idx file")
shape = ()
for _ in range(begin[3]):
    shape += (int.from_bytes(rest[:4], byteorder="big"),)
    rest = rest[4:]
missing = np.prod(shape, dtype=int) - len(rest)
if missing or len(data) < 4 + 4 * begin[3]:
    raise ValueError(f"there are {len(data)} bytes and not {len(data) + missing}")
return np.reshape(np.frombuffer(rest, np.uint8), shape)
""",
}

KEEP = {
    "a loop, and no with": (
        """
arrays = {}
for name, array in model.state_dict().items():
    arrays[name] = array
np.savez(file, **arrays)
""",
        """
found = np.load(file, allow_pickle=False)
state = {name: found[name] for name in found.files}
model.load_state_dict(state)
return model
""",
    ),
    "compressed, from parameters": (
        """
np.savez_compressed(file, **{name: p.data for name, p in model.named_parameters()})
""",
        """
with np.load(file) as found:
    model.load_state_dict(found)
""",
    ),
}

RATE = {
    "else": """
if step >= warm:
    left = steps - step
    share = left / (steps - warm)
else:
    share = (step + 1) / warm
return share * highest
""",
    "one expression": """
return highest * ((step + 1) / warm if step < warm else 1 - (step - warm) / (steps - warm))
""",
    "interpolated": """
if warm and step < warm:
    return float(np.interp(step, [-1, warm - 1], [0, highest]))
return float(np.interp(step, [warm, steps], [highest, 0]))
""",
}

STYLES = {"read_idx": READ_IDX, "keep": KEEP, "rate": RATE}
