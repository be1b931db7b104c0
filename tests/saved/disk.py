"""A disk whose power may go: what was synced is there, of the rest nobody knows.

The model is stricter than most file systems: a name counts only once its folder was synced, what
wasn't synced may be there in part and in pieces of 512 bytes, and nothing else keeps an order.
"""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.saved.recorded import Step

SECTOR = 512
WAYS = ("lost", "some", "torn")  # what becomes of all that wasn't synced


@dataclass
class _File:
    on_disk: bytearray = field(default_factory=bytearray)
    waiting: list[Step] = field(default_factory=list)


class Disk:
    """The files below a folder, as they are before the first step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.seen: dict[str, _File] = {}  # as processes see them
        for file in self.folder.rglob("*"):
            if file.is_file() and not file.name.endswith("-shm"):
                self.seen[str(file)] = _File(bytearray(file.read_bytes()))
        self.names = dict(self.seen)  # as they are on the disk
        self.waiting: list[tuple[Step, _File]] = []  # steps that change those
        self.said = b""

    def do(self, step: Step) -> None:
        """What a process asked for, and saw at once."""
        if step.does == "say":
            self.said += step.data
        elif step.does in ("write", "cut"):
            self.seen[step.name].waiting.append(step)
        elif step.does == "sync":
            self._sync(step.name)
        elif step.does != "make" or step.name not in self.seen:
            file = _File() if step.does == "make" else self.seen[step.name]
            _rename(self.seen, step, file)
            self.waiting.append((step, file))

    def _sync(self, name: str) -> None:
        if file := self.seen.get(name):
            for step in file.waiting:
                _apply(file.on_disk, step)
            file.waiting.clear()
            return
        here = [one for one in self.waiting if name in _folders(one[0])]
        for step, file in here:
            _rename(self.names, step, file)
        self.waiting = [one for one in self.waiting if one not in here]

    def cut(self, into: Path, way: str, random: Random) -> None:
        """Write into an empty folder what is found when the power is back."""
        names = dict(self.names)
        for step, file in self.waiting[: 0 if way == "lost" else random.randint(0, 99)]:
            _rename(names, step, file)
        for name, file in names.items():
            found = into / Path(name).relative_to(self.folder)
            found.parent.mkdir(parents=True, exist_ok=True)
            content = bytearray(file.on_disk)
            for step in _left(file.waiting, way, random):
                _apply(content, step)
            found.write_bytes(content)


def _left(waiting: list[Step], way: str, random: Random) -> list[Step]:
    if way == "lost":
        return []
    some = [step for step in waiting if random.random() < 0.5]
    if way == "some":
        return some
    return [piece for step in some for piece in _pieces(step) if random.random() < 0.7]


def _pieces(step: Step) -> list[Step]:
    """What a disk writes at once: sectors, which begin where its own do."""
    if step.does == "cut":
        return [step]
    pieces, at, data = [], step.at, step.data
    while data:
        length = SECTOR - at % SECTOR
        pieces.append(Step("write", step.name, at, data[:length]))
        at, data = at + length, data[length:]
    return pieces


def _apply(content: bytearray, step: Step) -> None:
    if step.does == "cut":
        del content[step.at :]
        content.extend(bytes(step.at - len(content)))
    else:
        content.extend(bytes(max(0, step.at - len(content))))
        content[step.at : step.at + len(step.data)] = step.data


def _rename(names: dict[str, _File], step: Step, file: _File) -> None:
    names.pop(step.name, None)
    if step.does == "make":
        names[step.name] = file
    elif step.does == "rename":
        names[step.to] = file


def _folders(step: Step) -> set[str]:
    return {str(Path(name).parent) for name in (step.name, step.to) if name}
