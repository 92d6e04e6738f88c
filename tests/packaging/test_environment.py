"""The set-up scripts: what is missing is named, a stamp spares the second set-up, the private screen ends in time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viewer.app import SUBCOMMANDS

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scripts' set-up is for Linux")


@pytest.fixture
def checkout(tmp_path):
    """A folder with what the scripts read."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging" / "environment.sh", tmp_path / "packaging")
    (tmp_path / "packaging" / "system-packages.txt").write_text(
        "# needed\nlibhere\nlibold | libnew  # renamed\nlibgone\n"
    )
    (tmp_path / "packaging" / "test-packages.txt").write_text("compiler\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def bash(checkout, script, **environment):
    """Run a script that has sourced environment.sh."""
    whole = f"set -euo pipefail\nroot={checkout}\nsource $root/packaging/environment.sh\n{script}"
    return subprocess.run(
        ["bash", "-c", whole],
        env={**os.environ, "MIEN_SKIP_SYSTEM_PACKAGES": "", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(checkout, name, body):
    """Put a stand-in for a system command in front of the path."""
    folder = checkout / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{body}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_missing_packages_are_named_and_not_guessed(checkout):
    # Only libhere is installed; of the renamed one this release knows the new name.
    command(checkout, "dpkg-query", "[[ ${!#} == libhere ]] && echo -n installed")
    command(checkout, "apt-cache", "[[ $2 == libnew || $2 == libgone ]]")
    command(checkout, "id", "echo 1000")
    path = command(checkout, "sudo", "exit 1")
    done = bash(checkout, "ensure_system_packages", PATH=path)
    assert done.returncode == 2
    assert "sudo apt-get install --no-install-recommends libnew libgone\n" in done.stderr
    assert "libhere" not in done.stderr
    assert bash(checkout, "ensure_system_packages", PATH=path, MIEN_SKIP_SYSTEM_PACKAGES="1").returncode == 0


def test_only_tests_need_a_compiler(checkout):
    path = command(checkout, "dpkg-query", "[[ ${!#} != compiler ]] && echo -n installed")
    assert bash(checkout, "missing_packages app", PATH=path).stdout == ""
    assert bash(checkout, "missing_packages dev", PATH=path).stdout == "compiler "


def test_second_start_sets_nothing_up(checkout):
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    told = "make_environment() { echo made; }; ensure_system_packages() { :; }; ensure_environment .venv app x"
    assert bash(checkout, told).stdout == "made\n"
    assert bash(checkout, told).stdout == ""
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    assert bash(checkout, told).stdout == "made\n"


# What is installed is said instead of done; `refuse` names an extra that cannot be had.
SET_UP = """
mkdir -p "$root/.venv/bin"; ln -sf /bin/true "$root/.venv/bin/python"
ensure_system_packages() { :; }
make_environment() { echo "$3"; [[ $3 != *"${refuse:-nothing}"* ]]; }
ensure_application
"""


def test_without_an_nvidia_driver_nothing_of_nvidia_is_installed(checkout):
    path = without_driver(checkout)
    assert bash(checkout, SET_UP, PATH=path, MIEN_PROC=str(checkout)).stdout == ".[speech]\n"
    assert bash(checkout, SET_UP, PATH=path, MIEN_PROC=str(checkout)).stdout == ""


def without_driver(checkout):
    """A path whose commands know of no driver."""
    command(checkout, "ldconfig", "echo")
    return command(checkout, "nvidia-smi", "exit 9")


@pytest.fixture
def driver(checkout):
    """Give the machine a kernel module of this version; what bash needs to see it."""

    def install(version):
        (checkout / "driver" / "nvidia").mkdir(parents=True)
        line = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Sun Jul 27 07:17:18 UTC 2025\n"
        (checkout / "driver" / "nvidia" / "version").write_text(line)
        return {"PATH": without_driver(checkout), "MIEN_PROC": str(checkout)}

    return install


def test_with_a_driver_cuda_comes_along_once(checkout, driver):
    machine = driver("580.65.06")
    done = bash(checkout, SET_UP, **machine)
    assert done.stdout == ".[cuda,speech]\n"
    assert "a large download; MIEN_NO_CUDA=1: without" in done.stderr
    assert bash(checkout, SET_UP, **machine).stdout == ""
    assert bash(checkout, SET_UP, **machine, MIEN_NO_CUDA="1").stdout == ""


def test_cuda_can_be_left_out(checkout, driver):
    assert bash(checkout, SET_UP, **driver("580.65.06"), MIEN_NO_CUDA="1").stdout == ".[speech]\n"


def test_an_old_driver_costs_no_download(checkout, driver):
    machine = driver("550.163.01")
    done = bash(checkout, SET_UP, **machine)
    assert done.stdout == ".[speech]\n"
    assert "550.163.01 is too old" in done.stderr
    assert bash(checkout, SET_UP, **machine).stderr == ""


def test_what_cannot_be_installed_is_not_tried_at_every_start(checkout, driver):
    machine = driver("580.65.06") | {"refuse": "cuda"}
    done = bash(checkout, SET_UP, **machine)
    assert (done.returncode, done.stdout) == (0, ".[cuda,speech]\n.[speech]\n")
    assert "going on without them" in done.stderr
    assert bash(checkout, SET_UP, **machine).stdout == ""
    assert bash(checkout, SET_UP, **machine, MIEN_CUDA="1").stdout == ".[cuda,speech]\n"


def test_an_environment_that_cannot_be_made_is_no_success(checkout):
    path = without_driver(checkout)
    done = bash(checkout, SET_UP, PATH=path, MIEN_PROC=str(checkout), refuse="speech")
    assert done.returncode != 0
    assert not (checkout / ".venv" / ".mien-app").exists()


def test_a_driver_is_known_by_its_library_as_well(checkout):
    path = without_driver(checkout)
    command(checkout, "ldconfig", "echo '\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/wsl/lib/libcuda.so.1'")
    assert bash(checkout, "nvidia_driver", PATH=path, MIEN_PROC=str(checkout)).stdout == "unknown\n"
    command(checkout, "nvidia-smi", "echo 615.10; echo 615.10")
    assert bash(checkout, "nvidia_driver", PATH=path, MIEN_PROC=str(checkout)).stdout == "615.10\n"


@pytest.fixture
def tests(checkout):
    """`./test` with a pytest that notes what it is called with, and answers as PYTEST_ANSWERS says."""
    shutil.copy(ROOT / "test", checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        '#!/bin/bash\nprintf "%s|" "$@" >>called; echo >>called\n'
        'read -r answer rest <answers; echo "$rest" >answers\n'
        "if [[ $answer == hangs ]]; then sleep 60 & wait; fi\n"
        'exit "$answer"\n'
    )
    python.chmod(0o755)
    with (checkout / "packaging" / "environment.sh").open("a") as file:
        file.write('ensure_environment() { echo "$*" >>"$root/ensured"; }\n')

    def run(answers, *arguments, **environment):
        (checkout / "answers").write_text(answers + "\n")
        for name in ("called", "ensured"):
            (checkout / name).write_text("")
        done = subprocess.run(
            [checkout / "test", *arguments],
            stdin=subprocess.DEVNULL, env=os.environ | environment, check=False, timeout=60,
        )  # fmt: skip
        said = [(checkout / name).read_text().splitlines() for name in ("called", "ensured")]
        return done.returncode, *said

    return run


@pytest.fixture
def start(checkout):
    """`./run` with an application that only starts, and a set-up that is told instead of done."""
    shutil.copy(ROOT / "run", checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/bin/true")
    with (checkout / "packaging" / "environment.sh").open("a") as file:
        file.write('ensure_environment() { echo "$*"; [[ "$*" != *"${refuse:-nothing}"* ]]; }\n')

    def run(*arguments, **environment):
        environment = os.environ | {"MIEN_NO_CUDA": "1"} | environment
        done = subprocess.run(
            [checkout / "run", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode, done.stdout.splitlines(), done.stderr

    return run


BENCH, PEERS, APPLICATION = (
    ".venv bench --editable .[bench,speech]",
    ".venv-peers peers --group peers",
    ".venv app --editable .[speech]",
)


@pytest.mark.parametrize(
    ("arguments", "installs"),
    [
        ((), [APPLICATION]),
        (("pipeline",), [APPLICATION]),
        (("quality",), [BENCH, APPLICATION]),
        (("ablation",), [BENCH, APPLICATION]),
        (("ablation", "--json", "a.json"), [BENCH, APPLICATION]),
        (("--compare", "a", "b"), [BENCH, APPLICATION]),
        (("--threshold=3", "--compare", "a", "b"), [BENCH, APPLICATION]),
        (("peers", "--json", "x"), [PEERS, APPLICATION]),
    ],
)
def test_a_bench_waits_only_for_what_it_needs(start, arguments, installs):
    assert start("bench", *arguments)[:2] == (0, installs)


FARM = ".venv farm --editable .[farm]"


@pytest.mark.parametrize(
    ("arguments", "installs"),
    [
        (("farm", "render", "a.csv", "--out", "x"), [APPLICATION, FARM]),
        (("bench", "farm", "--quick"), [APPLICATION, FARM]),
        (("stream", "--faces", "2", "--address", "127.0.0.1:6379"), [APPLICATION, FARM]),
        (("stream", "--address=127.0.0.1:6379"), [APPLICATION, FARM]),
        (("stream", "--faces", "2"), [APPLICATION]),
        (("farm", "--help"), [APPLICATION]),
    ],
)
def test_ray_is_installed_for_those_who_use_it(start, arguments, installs):
    assert start(*arguments)[:2] == (0, installs)


def wants_window(checkout, *arguments):
    """Whether `./run` would look for a screen."""
    function = re.search(r"^wants_window\(\) \{.*?^\}", (ROOT / "run").read_text(), re.MULTILINE | re.DOTALL)
    return bash(checkout, f"{function[0]}\nwants_window {' '.join(arguments)}").returncode == 0


@pytest.mark.parametrize("command", [name for name in SUBCOMMANDS if name != "bench"] + ["bench speech", "--help"])
def test_commands_need_no_screen(checkout, command):
    assert not wants_window(checkout, *command.split())
    assert all(wants_window(checkout, *said) for said in ((), ("face.glb",), ("bench", "window")))


def test_peers_that_cannot_be_installed_are_done_without(start):
    code, installs, said = start("bench", "peers", refuse="peers")
    assert (code, installs) == (0, [PEERS, APPLICATION])
    assert "going on without them" in said


PLAIN = "-m|pytest|-m|not soak and not emulated and not tensorrt_rtx|"
EMULATED = "-m|pytest|-m|emulated and not soak|"
SHARED = "-n|2|--dist|loadfile|--max-worker-restart=0|-o|faulthandler_timeout=180|-o|faulthandler_exit_on_timeout=true|"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [("0 0", 0), ("0 5", 0), ("5 0", 0), ("5 5", 5), ("1 0", 1), ("0 1", 1), ("1 5", 1), ("5 1", 1)],
)
def test_the_emulated_driver_has_a_process_of_its_own(tests, answers, outcome):
    assert tests(answers, "-q", "tests") == (
        outcome,
        [PLAIN + SHARED + "-q|tests|", EMULATED + SHARED + "-q|tests|"],
        [".venv dev --editable .[speech] --group dev"],
    )


@pytest.mark.parametrize(
    "arguments",
    [("-n", "4"), ("-n0",), ("-p", "no:xdist"), ("-k", "a", "--pdb"), ("-s",), ("tests/a.py",), ("tests/a.py::test_b",),
     ("--regenerate-references",)],
)  # fmt: skip
def test_it_shares_nothing_out_where_that_is_ruled_out_or_not_worth_it(tests, arguments):
    given = "".join(f"{one}|" for one in arguments)
    assert tests("0 0", *arguments)[1] == [PLAIN + given, EMULATED + given]


def test_an_interrupted_run_is_not_followed_by_another(tests):
    assert tests("2 0")[:2] == (2, [PLAIN + SHARED])


@pytest.mark.parametrize("arguments", [(), ("-m", "soak")])
def test_a_run_that_hangs_is_ended_and_not_followed_by_another(tests, arguments):
    outcome, called, _ = tests("hangs 0", *arguments, MIEN_TEST_LIMIT_S="1")
    assert outcome == 124
    assert len(called) == 1


@pytest.mark.parametrize(
    ("arguments", "installs"),
    [
        (("-m", "soak"), False),
        (("-q", "-msoak"), False),
        (("-m", "tensorrt_rtx"), True),
        (("-m", "gl and not tensorrt_rtx"), False),
    ],
)
def test_with_a_choice_of_marks_it_runs_once(tests, arguments, installs):
    outcome, called, ensured = tests("5", *arguments)
    assert (outcome, called) == (5, ["-m|pytest|" + "".join(f"{one}|" for one in arguments)])
    assert (".venv rtx --group rtx" in ensured) == installs


@pytest.mark.display
def test_private_screen_goes_with_its_owner(checkout):
    done = bash(checkout, 'start_private_screen; echo "$DISPLAY $QT_QPA_PLATFORM"')
    number, platform = done.stdout.split()
    assert platform == "xcb"
    socket = Path(f"/tmp/.X11-unix/X{number[1:]}")
    until = time.monotonic() + 10.0
    while socket.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not socket.exists()
