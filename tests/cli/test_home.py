"""The home: one lock, files only their owner reads, and a readable word when it cannot be written to."""

import json
import multiprocessing
import os
import signal
import stat
from pathlib import Path

import pytest

from cli.environment import home_secrets
from cli.home import CommandFailed, Home
from tests.cli.conftest import wait_until


def hold_lock(home: Home, held: Path) -> None:
    """What the other process does."""
    with home.locked() as mine:
        held.write_text(str(mine))
        signal.pause()


def test_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.here().path == tmp_path / ".wafa"

    monkeypatch.setenv("WAFA_HOME", "elsewhere")
    assert Home.here().path == tmp_path / "elsewhere"


def test_one_process_holds_the_lock_until_it_dies(home: Home, tmp_path: Path) -> None:
    assert home.supervisor_pid() is None
    other = multiprocessing.get_context("spawn").Process(target=hold_lock, args=(home, tmp_path / "held"))
    other.start()
    wait_until((tmp_path / "held").exists)

    assert home.supervisor_pid() == other.pid
    with home.locked() as mine:
        assert not mine

    other.kill()
    other.join()
    assert home.supervisor_pid() is None
    with home.locked() as mine:
        assert mine


def test_files_are_replaced_whole_and_readable_by_their_owner_only(home: Home) -> None:
    home.write("access.json", {"api_key": "wafa_test_first"})
    home.write("access.json", {"api_key": "wafa_test_الثاني"})

    file = home.path / "access.json"
    assert json.loads(file.read_text(encoding="utf-8")) == home.access == {"api_key": "wafa_test_الثاني"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in home.path.iterdir()) == ["access.json", "broker", "logs", "mail"]


def test_others_may_walk_through_and_see_nothing(home: Home) -> None:
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o711
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.path.iterdir()} == {0o700}


def test_secrets_stay_the_same(home: Home) -> None:
    first = home_secrets(home)

    assert home_secrets(home) == first
    assert len(set(first.values())) == 5
    assert stat.S_IMODE((home.path / "secrets.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("a-file/.wafa", id="below a file"),
        pytest.param("/proc/.wafa", id="where nobody can write"),
    ],
)
def test_says_in_one_line_that_it_cannot_be_written_to(place: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()

    with pytest.raises(CommandFailed, match=r"^Cannot write to .*\. WAFA_HOME names another folder\.$"):
        Home(tmp_path / place).create()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_says_so_when_its_folder_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(CommandFailed, match="Permission denied"):
        Home(tmp_path / ".wafa").create()
