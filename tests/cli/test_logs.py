"""Logs: read from their end, kept small, and without the loader's remark."""

from pathlib import Path

import pytest

from cli import log_files
from cli.home import CommandFailed, Home
from cli.log_files import bound, last_line, last_lines
from cli.logs import lines_after
from cli.logs import log_files as files_of


def test_last_lines_say_something(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    log.write_text("one\ntwo\n\nnoida-db: libc.so.6: weak version `GLIBC_2.39' not found\n")

    assert last_lines(log, 5) == ["one", "two"]
    assert last_line(log) == "two"
    assert last_line(tmp_path / "missing.log") == ""


def test_a_log_is_moved_when_it_has_grown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(log_files, "LOG_BYTES_MAX", 10)
    log = tmp_path / "loyalty.log"
    with log.open("ab", buffering=0) as process:
        process.write(b"0123456789")
        bound(log)
        assert log.read_bytes() == b"0123456789"
        process.write(b"+")
        bound(log)
        assert log.read_bytes() == b""
        process.write(b"after")

    assert (tmp_path / "loyalty.log.1").read_bytes() == b"0123456789+"
    assert log.read_bytes() == b"after"


def test_following_gives_whole_lines_once(tmp_path: Path) -> None:
    log = tmp_path / "loyalty.log"
    log.write_bytes(b"one\ntw")
    first, reached = lines_after(log, 0)
    log.write_bytes(b"one\ntwo\nthree\n")
    second, reached = lines_after(log, reached)
    log.write_bytes(b"new\n")
    third, reached = lines_after(log, reached)

    assert [list(first), list(second), list(third), reached] == [["one"], ["two", "three"], ["new"], 4]


def test_a_wrong_name_is_answered_with_the_right_ones(home: Home) -> None:
    (home.logs / "loyalty.log").touch()
    (home.logs / "gateway.log").touch()

    assert [file.stem for file in files_of(home, None)] == ["gateway", "loyalty"]
    with pytest.raises(CommandFailed, match=r"There is no log of loyality. There are: gateway, loyalty\."):
        files_of(home, "loyality")
