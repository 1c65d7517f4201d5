"""Builds one version of an exercise's file into that exercise's own test program, and runs it.

The build's own commands are used (ninja says them), with the one object exchanged: so the test
links everything of the course except the course's version of this exercise, and a file that lacks a
function fails to link, whatever else there is. Nothing of the build's outputs is touched. A .cu file
is built for the CUDA simulator with its checks, and what they find is part of the outcome.

    chain = Toolchain(ROOT / "build/release")
    chain.prepare([exercise])                                # the course's part, once
    outcome = chain.check(exercise, text, folder, LEARNER)   # compile, link, run

Standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from common.learn.exercise import ROOT, CourseError, Exercise
from common.learn.terminal import stop_if_asked

# What a half-written file has not used yet is no fault; the other warnings are shown, and stop
# nobody. A function that forgets to return is undefined behaviour, so that one stays an error.
LEARNER_WARNINGS = [f"-Wno-unused-{what}" for what in ("parameter", "variable", "function", "but-set-variable")]
LEARNER_WARNINGS += ["-Wno-error", "-Werror=return-type"]

# What one check may use. A test that needs more is a mistake in the file it tests.
MEMORY_BYTES = 2 << 30
OUTPUT_BYTES = 64 << 20
SHOWN_BYTES = 1 << 20
# What a compiler or linker may use; a file of the course takes a few seconds and 300 MB.
TOOL_S = 120
TOOL_LIMITS = f"ulimit -v {6 << 20}; ulimit -f {2 << 20}; "  # 6 GB of memory (in KB), 1 GB a file (in 512 bytes)
TOO_LONG, NO_SPACE = "the compiler or linker was still at work after", "No space left on device"
SIMULATOR = ROOT / "common/cudasim"
GRACE_S = 3.0  # between asking a program that runs too long where it is, and killing it


@dataclass(frozen=True)
class Mode:
    """Flags that follow the build's own, so that these hold."""

    name: str
    flags: tuple[str, ...]


# -O1 compiles quickly; -g1 knows lines, for saying where a loop never ends; the assertions of the
# standard library check every index of a span or vector.
LEARNER = Mode("learner", ("-O1", "-g1", "-D_GLIBCXX_ASSERTIONS", *LEARNER_WARNINGS))
RELEASE = Mode("release", tuple(LEARNER_WARNINGS))
DEBUG = Mode("debug", ("-O0", "-g1", "-UNDEBUG", *LEARNER_WARNINGS))


@dataclass
class Outcome:
    """What came of one version of a file. `stage` is the first that failed, or "passed"."""

    # compile, link, tests (a test failed), exit (before the tests were over), crash, timeout, findings (of
    # the simulator's checks, where all tests pass), passed
    stage: str
    output: str  # of the stage: the compiler's, the linker's or the program's
    warnings: str = ""  # what the compiler said of a file that it compiled
    status: int = 0  # exit status; negative for a signal
    seconds: float = 0  # of the run alone
    tests: int = 0  # how many ran, by GoogleTest's own account; 0 if the program ended before it was written
    comparisons: list[dict] = field(default_factory=list)  # common/compare_log.h, a line each
    findings: list[dict] = field(default_factory=list)  # of the checks: common/cudasim/runtime/finding.h
    program: Path | None = None
    last_words: Path | None = None  # common/learn/last_words.cc

    @property
    def passed(self) -> bool:
        return self.stage == "passed"

    @property
    def by_chance(self) -> bool:
        """Did the machine decide it, by its load or a full disk, and not the text?"""
        tool = self.stage in ("compile", "link")
        return self.stage == "timeout" or (tool and any(words in self.output for words in (TOO_LONG, NO_SPACE)))


class BuildFailed(Exception):
    """The course's own part does not build; holds what the compiler said."""


class Interrupted(Exception):
    """A check was called off because it is no longer wanted."""


def digest(*parts: bytes | str) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


class FileHashes:
    """SHA-256 of files, remembered as long as size and time of change stay the same."""

    def __init__(self) -> None:
        self.known: dict[Path, tuple[tuple[int, int], str]] = {}
        self.lock = threading.Lock()

    def __call__(self, path: Path) -> str:
        try:
            state = path.stat()
        except OSError:
            return "absent"
        mark = (state.st_size, state.st_mtime_ns)
        with self.lock:
            if path in self.known and self.known[path][0] == mark:
                return self.known[path][1]
        value = hashlib.sha256(path.read_bytes()).hexdigest()
        with self.lock:
            self.known[path] = (mark, value)
        return value


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would change how the tests run, or in which language
    the compiler speaks."""
    changing = ("GTEST_", "TESTBRIDGE_", "NN_", "GCC_", "LC_", "CUDASIM_")
    tools = ("CUDASIM_CXX", "CUDASIM_CACHE")  # which compiler, and where the simulator's library is kept
    kept = {k: v for k, v in os.environ.items() if k in tools or not k.startswith(changing)}
    return {**kept, "LC_ALL": "C.UTF-8", **extra}


def read_ends(path: Path) -> str:
    """The beginning and the end of a program's output: a loop that prints for ever fills more than is read."""
    with path.open("rb") as file:
        data = file.read(SHOWN_BYTES)
        left_out = os.fstat(file.fileno()).st_size - 2 * SHOWN_BYTES
        if left_out > 0:
            file.seek(-SHOWN_BYTES, os.SEEK_END)
            data += b"\n... %d bytes more ...\n" % left_out
        data += file.read()
    return data.decode("utf-8", errors="replace")


def tests_run(verdict: Path, status: int) -> int:
    """How many tests ran, by the account that GoogleTest writes when all have; 0 if there is none, or
    it is not that of this exit status. A status of 0 alone says nothing: exit(0) in a learner's
    function gives it too, and so does a main() of theirs."""
    try:
        account = json.loads(verdict.read_text(encoding="utf-8", errors="replace"))
        failed = account["failures"] + account["errors"]
        return account["tests"] if (status == 0) == (failed == 0) else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def configured(build: Path, source: Path = ROOT) -> bool:
    """Is this folder configured for the sources here? Not if the repository was moved or copied since."""
    try:
        cache = (build / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return (build / "build.ninja").exists() and f"\nCMAKE_HOME_DIRECTORY:INTERNAL={source}\n" in cache


class Toolchain:
    def __init__(self, build: Path, waiting: Callable[[], None] = lambda: None):
        self.build = build
        self.waiting = waiting  # called where another build has to end first
        self.hashes = FileHashes()
        self.commands_known: dict[str, tuple[list[str], list[str]]] = {}
        self.surroundings_known = ""
        self.words = build / "common/CMakeFiles/nn_last_words.dir/learn/last_words.cc.o"

    # ------------------------------------------------------------- the course's own part

    def refresh(self) -> None:
        """Configures again where a CMakeLists.txt has changed; prepare() would too."""
        with self.alone():
            done = self.run_tool(["ninja", "-C", str(self.build.resolve()), "build.ninja"])
        if done.returncode != 0:
            raise BuildFailed(done.stdout)

    def prepare(
        self, exercises: list[Exercise], progress: Callable[[int, int], None] | None = None,
        also: Sequence[str] = (),
    ) -> None:
        """Builds the test programs of these exercises with the course's own code, and with that
        everything they stand on; and the targets `also`. progress(done, of) is called as ninja goes."""
        targets = [*(f"{exercise.target}_test" for exercise in exercises), "nn_last_words", *also]
        command = ["ninja", "-C", str(self.build), *targets]
        with self.alone() as lock:
            self.run_ninja(command, lock, progress)
        self.commands_known.clear()
        self.surroundings_known = ""

    def nvcc_tests(self, exercises: Sequence[Exercise]) -> list[str]:
        """The programs that hold these exercises to nvcc; none where CMake has not found it."""
        cuda = [f"{exercise.target}_test.nvcc" for exercise in exercises if exercise.is_cuda]
        if not cuda:
            return []
        listing = self.run_tool(["ninja", "-C", str(self.build.resolve()), "-t", "targets", "all"]).stdout
        known = {line.rpartition(": ")[0] for line in listing.splitlines()}
        return [target for target in cuda if target in known]

    @contextmanager
    def alone(self) -> Iterator[int]:
        """Holds the build folder, since ninja is not made to run there twice at once; yields the lock's
        number. common/build.sh holds the same lock."""
        with (self.build / "ninja.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock.fileno()

    def run_ninja(self, command: list[str], lock: int, progress: Callable[[int, int], None] | None) -> None:
        ninja = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=clean_environment({"NINJA_STATUS": "[%f/%t] "}), start_new_session=True,
            pass_fds=[lock],  # so that the lock is held until ninja ends, should this program be killed
        )
        lines = []
        try:
            for line in ninja.stdout:
                lines.append(line)
                if line.startswith("[") and progress:
                    done, _, total = line[1:].split("]")[0].partition("/")
                    progress(int(done), int(total))
        except BaseException:  # Ctrl-C: ninja has a session of its own, so it is told here
            with suppress(ProcessLookupError):  # it has just ended
                os.killpg(ninja.pid, signal.SIGINT)
            raise
        finally:
            ninja.wait()
            ninja.stdout.close()
        if ninja.returncode != 0:
            raise BuildFailed("".join(line for line in lines if not line.startswith("[")))

    def commands(self, exercise: Exercise) -> tuple[list[str], list[str]]:
        """The compile command of the exercise's object, g++'s or simcc's, and the link command of its test."""
        if exercise.target not in self.commands_known:
            listing = subprocess.run(
                ["ninja", "-C", self.build, "-t", "commands", f"{exercise.target}_test"],
                capture_output=True, text=True, check=True,
            ).stdout.splitlines()
            # Around simcc CMake has other commands in the same line.
            named = (
                shlex.split(command)
                for line in listing if exercise.source.name in line
                for command in line.split(" && ")
            )
            compiling = next((words for words in named if words[-2:] == ["-c", str(exercise.source)]), None)
            if compiling is None:
                raise CourseError(f"{exercise.target}: its test does not depend on {exercise.source.name}")
            link = shlex.split(listing[-1].removeprefix(": && ").removesuffix(" && :"))
            # Without ccache, which the link has none of: to keep a text that is compiled once costs
            # it another tenth of the compiler's time.
            compiler = str(SIMULATOR / "simcc") if exercise.is_cuda else link[0]
            self.commands_known[exercise.target] = (compiling[compiling.index(compiler) :], link)
        compile_command, link_command = self.commands_known[exercise.target]
        return list(compile_command), list(link_command)

    def compiler(self) -> str:
        """The C++ compiler of the commands that are known."""
        _, link_command = next(iter(self.commands_known.values()))
        return link_command[0]

    def course_object(self, exercise: Exercise) -> str:
        """The object that the course's version of the file becomes, relative to the build folder."""
        compile_command, _ = self.commands(exercise)
        return compile_command[compile_command.index("-o") + 1]

    # ------------------------------------------------------------- one version of a file

    def compile(self, exercise: Exercise, source: Path, shown: str, obj: Path, mode: Mode) -> subprocess.CompletedProcess:
        """Compiles `source` as the build compiles the exercise's own file; its __FILE__ is `shown`."""
        command, _ = self.commands(exercise)
        command[command.index("-o") + 1] = str(obj)
        for flag in ("-MF", "-MT"):  # the build's own dependency file stays the build's
            if flag in command:
                command[command.index(flag) + 1] = f"{obj}.d"
        command[-1] = str(source)
        command += [f"-fmacro-prefix-map={source.parent}={Path(shown).parent}", *mode.flags]
        return self.run_tool(command)

    def link(self, exercise: Exercise, obj: Path, program: Path) -> subprocess.CompletedProcess:
        """The exercise's test with `obj` in place of the course's object."""
        _, command = self.commands(exercise)
        original = self.course_object(exercise)
        if command.count(original) != 1:
            raise CourseError(
                f"{exercise.target}: its test links {original} {command.count(original)} times, not once"
            )
        command.remove(original)
        command[command.index("-o") + 1] = str(program)
        # First, so that of an inline function compiled twice the learner's version is kept.
        command.insert(next(i for i, part in enumerate(command) if part.endswith(".o")), str(obj))
        if self.words.exists():
            command.append(str(self.words))
        return self.run_tool(command)

    def run_tool(self, command: list[str]) -> subprocess.CompletedProcess:
        tool = subprocess.Popen(
            ["sh", "-c", TOOL_LIMITS + 'exec "$@"', "sh", *command], cwd=self.build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", stdin=subprocess.DEVNULL, env=clean_environment({}), start_new_session=True,
        )
        try:
            output, _ = tool.communicate(timeout=TOOL_S)
        except BaseException as error:
            with suppress(ProcessLookupError):  # it has just ended
                os.killpg(tool.pid, signal.SIGKILL)  # the compiler proper is a child of a child
            tool.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            output = f"{TOO_LONG} {TOOL_S} s, and was stopped"
        return subprocess.CompletedProcess(command, tool.returncode, output)

    def check(
        self,
        exercise: Exercise,
        text: str,
        folder: Path,
        mode: Mode = LEARNER,
        *,
        shown: str = "",
        timeout_s: float = 10,
        environment: Mapping[str, str] | None = None,
        unwanted: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Compiles, links and runs one version of the exercise's file, in `folder`.

        shown: the name that messages give the file. unwanted: asked now and then during the run;
        Interrupted is raised when it says so.
        """
        folder.mkdir(parents=True, exist_ok=True)
        source, obj, program = folder / exercise.source.name, folder / "object.o", folder / "test"
        source.write_text(text, encoding="utf-8", newline="")
        obj.unlink(missing_ok=True)
        done = self.compile(exercise, source, shown or str(exercise.source), obj, mode)
        if unwanted():
            raise Interrupted
        if done.returncode != 0:
            return Outcome("compile", done.stdout, status=done.returncode)
        warnings = done.stdout
        done = self.link(exercise, obj, program)
        if done.returncode != 0:
            return Outcome("link", done.stdout, warnings, done.returncode)
        outcome = self.run(exercise, program, folder, timeout_s, environment or {}, unwanted)
        outcome.warnings = warnings
        return outcome

    def run(
        self, exercise: Exercise, program: Path, folder: Path, timeout_s: float, environment: Mapping[str, str],
        unwanted: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Runs a test program of the exercise within limits of time, memory and output."""
        log, words, printed = folder / "compare.jsonl", folder / "last_words", folder / "output.txt"
        verdict, findings = folder / "verdict.json", folder / "findings.json"
        for old in (log, words, verdict, findings):
            old.unlink(missing_ok=True)
        variables = clean_environment({
            "NN_COMPARE_LOG": str(log), "NN_LAST_WORDS": str(words), "GTEST_OUTPUT": f"json:{verdict}",
            # The exit status is the tests'; the simulator stops a kernel without end before we do.
            "CUDASIM_JSON": str(findings), "CUDASIM_EXIT": "0", "CUDASIM_WATCHDOG": f"{timeout_s / 2:g}",
            **environment,
        })
        began = time.monotonic()
        with printed.open("wb") as out:
            test = subprocess.Popen(
                [program], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env=variables, start_new_session=True,
            )
        try:
            for what, most in (("AS", MEMORY_BYTES), ("FSIZE", OUTPUT_BYTES), ("CORE", 0)):
                if what == "AS" and (exercise.is_cuda or "ASAN_OPTIONS" in environment):
                    continue  # simulator and sanitizer reserve terabytes of addresses, and use little of them
                resource.prlimit(test.pid, getattr(resource, f"RLIMIT_{what}"), (most, most))
        except ProcessLookupError:
            pass  # it has ended already
        late = False
        try:
            while test.poll() is None:
                spent = time.monotonic() - began
                stop_if_asked()
                if unwanted():
                    raise Interrupted
                if spent > timeout_s and not late:
                    late = True
                    os.kill(test.pid, signal.SIGALRM)  # last_words.cc writes where it is
                elif spent > timeout_s + GRACE_S:
                    break
                if exercise.is_cuda and resident_bytes(test.pid) > MEMORY_BYTES:
                    test.kill()
                try:
                    test.wait(0.02 if spent < 1 else 0.1)
                except subprocess.TimeoutExpired:
                    pass
        finally:
            try:
                os.killpg(test.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            test.wait()
        seconds = time.monotonic() - began
        tests, found = tests_run(verdict, test.returncode), read_findings(findings)
        if late:
            stage = "timeout"
        elif test.returncode < 0:
            stage = "crash"
        elif tests == 0 or (exercise.is_cuda and found is None):  # a status of 0 says nothing of the checks
            stage = "exit"
        else:
            stage = "tests" if test.returncode else "findings" if found else "passed"
        return Outcome(
            stage, read_ends(printed), "", test.returncode, seconds, tests, read_log(log), found or [], program,
            words if words.exists() else None,
        )

    # ------------------------------------------------------------- results that can be kept

    def inputs(self, exercise: Exercise, mode: Mode) -> str:
        """A digest of what else decides a result: commands, everything that is linked, the arrays
        and data sets that tests read, the compiler, and this file."""
        compile_command, link_command = self.commands(exercise)
        files = [part for part in link_command if part.endswith((".o", ".a"))]
        # The course's own version of the file is compiled by the same rules; its text is no input.
        files.remove(self.course_object(exercise))
        translator = sorted(SIMULATOR.glob("translate/*.py")) if exercise.is_cuda else []
        return digest(
            " ".join(compile_command), " ".join(link_command), *mode.flags,
            *(self.hashes(self.build / file) for file in files), *map(self.hashes, translator), self.surroundings(),
        )

    def surroundings(self) -> str:
        """A digest of what every result depends on; hundreds of files, looked at once a prepare()."""
        if not self.surroundings_known:
            compiler = Path(shutil.which(self.compiler()) or "")
            arrays = sorted(path for folder in ("golden", "datasets") for path in (ROOT / "reference" / folder).rglob("*"))
            files = [compiler, self.words, Path(__file__), *(path for path in arrays if path.is_file())]
            self.surroundings_known = digest(*(f"{path}\0{self.hashes(path)}" for path in files))
        return self.surroundings_known

    def kept(
        self, exercise: Exercise, text: str, folder: Path, mode: Mode = LEARNER, *,
        results: Path, timeout_s: float = 60, environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """check(), or what it found the last time for the same text, commands, headers and objects."""
        return self.kept_runs(
            exercise, text, folder, mode, [environment or {}], results=results, timeout_s=timeout_s
        )[0]

    def kept_runs(
        self, exercise: Exercise, text: str, folder: Path, mode: Mode,
        environments: Sequence[Mapping[str, str]], *, results: Path, timeout_s: float = 60,
    ) -> list[Outcome]:
        """kept() of one program run under each of several environments, built once. Where it does
        not build, or the first run is cut off, that is the one outcome."""
        variables = json.dumps([dict(environment) for environment in environments])
        record = results / f"{digest(exercise.target, text, self.inputs(exercise, mode), variables, str(timeout_s))}.json"
        if (found := self.recall(record)) is not None:
            return found
        first = self.check(exercise, text, folder, mode, timeout_s=timeout_s, environment=environments[0])
        outcomes = [first]
        if first.program and first.stage != "timeout":
            outcomes += [self.run(exercise, first.program, folder, timeout_s, other) for other in environments[1:]]
        return self.remember(record, self.headers(folder / "object.o.d"), outcomes)

    def kept_course(
        self, exercise: Exercise, folder: Path, *, results: Path, timeout_s: float = 60,
        environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """The run of the exercise's own test program as prepare() built it: the course's code."""
        _, link_command = self.commands(exercise)
        program = (self.build / link_command[link_command.index("-o") + 1]).resolve()
        record = results / (
            digest(exercise.target, self.hashes(program), self.surroundings(), json.dumps(dict(environment or {})))
            + ".json"
        )
        if (found := self.recall(record)) is not None:
            return found[0]
        folder.mkdir(parents=True, exist_ok=True)
        return self.remember(record, [], [self.run(exercise, program, folder, timeout_s, environment or {})])[0]

    def recall(self, record: Path) -> list[Outcome] | None:
        """What remember() wrote, if it still holds; its file is marked as used."""
        try:
            found = json.loads(record.read_text(encoding="utf-8"))
            if any(self.hashes(Path(path)) != value for path, value in found["headers"].items()):
                return None
            outcomes = [Outcome(**outcome) for outcome in found["outcomes"]]
            os.utime(record)
            return outcomes
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # nothing kept, or not as this version writes it

    def remember(self, record: Path, headers: list[Path], outcomes: list[Outcome]) -> list[Outcome]:
        for outcome in outcomes:
            outcome.program = outcome.last_words = None
        if any(outcome.by_chance for outcome in outcomes):
            return outcomes
        record.parent.mkdir(parents=True, exist_ok=True)
        new = record.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        values = {
            "headers": {str(path): self.hashes(path) for path in headers},
            "outcomes": [asdict(outcome) for outcome in outcomes],
        }
        new.write_text(json.dumps(values), encoding="utf-8")
        new.replace(record)
        return outcomes

    def headers(self, dependencies: Path) -> list[Path]:
        """The headers of the repository that a compiler's dependency file names."""
        if not dependencies.exists():
            return []
        words = re.findall(r"(?:\\.|\S)+", dependencies.read_text(encoding="utf-8").replace("\\\n", " "))
        paths = (self.build / re.sub(r"\\(.)", r"\1", word) for word in words if word.endswith((".h", ".cuh")))
        return sorted({path.resolve() for path in paths if path.resolve().is_relative_to(ROOT)})


def resident_bytes(process: int) -> int:
    """The memory that a process really uses; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def read_findings(path: Path) -> list[dict] | None:
    """What the simulator's checks found, as the program wrote it at its end; None if there is no such
    record. What is said for information only is no fault."""
    try:
        found = json.loads(path.read_text(encoding="utf-8", errors="replace"))["findings"]
        return [finding for finding in found if finding["severity"] in ("error", "warning")]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_log(path: Path) -> list[dict]:
    """The comparisons that a run logged; a line that a crash cut short is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found

