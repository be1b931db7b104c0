"""Draw the app's icons: a plain leaf, which says nothing to whoever sees the home screen."""

import math
import struct
import zlib
from pathlib import Path

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
EVERGREEN = (21, 87, 63)
PAPER = (246, 250, 245)
ROWS_PER_PIXEL = 4

Point = tuple[float, float]
Polygon = list[Point]

# The drawing lives in a square of 24 by 24, like the line icons of the pages.
OUTLINE = [
    ((4.9, 17.2), (4.2, 9.3), (10.0, 4.4), (20.0, 4.0)),
    ((20.0, 4.0), (20.4, 14.2), (15.3, 19.6), (7.0, 18.5)),
    ((7.0, 18.5), (6.1, 19.3), (5.5, 20.2), (5.0, 21.2)),
    ((5.0, 21.2), (4.6, 21.6), (3.7, 21.2), (3.9, 20.6)),
    ((3.9, 20.6), (4.2, 19.4), (4.5, 18.4), (4.9, 17.2)),
]
VEIN = [((6.4, 17.2), (8.2, 13.8), (10.8, 11.3), (14.4, 9.4))]


def main() -> None:
    """Write every size that phones ask for."""
    draw(192, "icon-192.png", leaf=0.62, corner=0.23)
    draw(512, "icon-512.png", leaf=0.62, corner=0.23)
    # Phones cut maskable icons to a circle of four fifths; Apple rounds the corners itself.
    draw(512, "icon-maskable-512.png", leaf=0.5)
    draw(180, "apple-touch-icon.png", leaf=0.6)
    # Android takes only the shape of the picture in its status bar.
    draw(96, "badge-96.png", leaf=0.86, has_ground=False)


def draw(size: int, name: str, leaf: float, corner: float = 0.0, has_ground: bool = True) -> None:
    """Paint one icon and save it."""
    ground = coverage(rounded_square(size, corner * size), size)
    blade = coverage(placed(curve(OUTLINE), size, leaf), size)
    vein = coverage(placed(stroke(curve(VEIN), 0.55), size, leaf), size)
    rows = []
    for y in range(size):
        row = bytearray([0])
        for x in range(size):
            light = blade[y][x] * (1 - vein[y][x])
            row += bytes(mix(EVERGREEN, PAPER, light if has_ground else 1))
            row.append(round(255 * (ground[y][x] if has_ground else light)))
        rows.append(bytes(row))
    (ICONS / name).write_bytes(png(size, b"".join(rows)))


def curve(beziers: list[tuple[Point, Point, Point, Point]], steps: int = 48) -> Polygon:
    """The points along a chain of cubic curves."""
    return [bezier(*four, step / steps) for four in beziers for step in range(steps + 1)]


def bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """One point of a cubic curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    four = (a, b, c, d)
    return (
        sum(weight * point[0] for weight, point in zip(weights, four, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, four, strict=True)),
    )


def stroke(line: Polygon, width: float) -> Polygon:
    """The outline of a line that grows thinner toward its end, as a leaf's vein does."""
    left, right = [], []
    for index, (x, y) in enumerate(line):
        ahead, behind = line[min(index + 1, len(line) - 1)], line[max(index - 1, 0)]
        angle = math.atan2(ahead[1] - behind[1], ahead[0] - behind[0])
        half = width * (1 - 0.75 * index / len(line))
        across = (-math.sin(angle) * half, math.cos(angle) * half)
        left.append((x + across[0], y + across[1]))
        right.append((x - across[0], y - across[1]))
    return left + right[::-1]


def placed(shape: Polygon, size: int, share: float) -> Polygon:
    """A shape of the 24-square, centred in the icon and as large as its share says."""
    scale = size * share / 16
    return [((x - 12.2) * scale + size / 2, (y - 12.0) * scale + size / 2) for x, y in shape]


def rounded_square(size: int, radius: float) -> Polygon:
    """The whole icon, with round corners where the system draws none itself."""
    if not radius:
        return [(0, 0), (size, 0), (size, size), (0, size)]
    far = size - radius
    corners = [(far, far, 0), (radius, far, 90), (radius, radius, 180), (far, radius, 270)]
    return [
        (x + radius * math.cos(math.radians(turn)), y + radius * math.sin(math.radians(turn)))
        for x, y, start in corners
        for turn in range(start, start + 91, 3)
    ]


def coverage(shape: Polygon, size: int) -> list[list[float]]:
    """How much of each pixel the shape covers: what makes its edges smooth."""
    pixels = [[0.0] * size for _ in range(size)]
    edges = list(zip(shape, shape[1:] + shape[:1], strict=True))
    for line in range(size * ROWS_PER_PIXEL):
        y = (line + 0.5) / ROWS_PER_PIXEL
        crossings = sorted(
            x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            for (x1, y1), (x2, y2) in edges
            if (y1 <= y) != (y2 <= y)
        )
        for start, end in zip(crossings[::2], crossings[1::2], strict=False):
            fill(pixels[line // ROWS_PER_PIXEL], max(start, 0.0), min(end, float(size)))
    return [[min(value, 1.0) for value in row] for row in pixels]


def fill(row: list[float], start: float, end: float) -> None:
    """Add one thin line from start to end to a row of pixels."""
    for x in range(int(start), min(math.ceil(end), len(row))):
        row[x] += max(min(end, x + 1) - max(start, x), 0.0) / ROWS_PER_PIXEL


def mix(under: tuple[int, ...], over: tuple[int, ...], share: float) -> list[int]:
    """One colour laid over another."""
    return [round(a + (b - a) * share) for a, b in zip(under, over, strict=True)]


def png(size: int, rows: bytes) -> bytes:
    """The smallest PNG file that holds these pixels."""
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG file: its length, its name, what it holds, and a checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
