"""simcc: translates each .cu, has g++ compile it, and links the objects with the simulator's library."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from . import library
from .diagnostics import Diagnostics, colored
from .headers import InputError, LocatedError, SearchPath, SourceFile, Unit, read_source
from .options import HELP, Input, Options, UsageError, parse

# g++ does not instrument what these do to memory: calls in checked programs come by the simulator first.
STRING_FUNCTIONS = ["memcpy", "memmove", "memset"]
COMPILE = ["-ffp-contract=off", "-Wno-unknown-pragmas", "-pthread"]
DEVICE = ["-D__CUDACC__", "-D__NVCC__", "-DCUDASIM=1", "-include", "cudasim/prelude.h"]
# g++ calls __tsan_read4 and its family, which the simulator's library defines; libtsan is never linked.
# -fno-tree-sra: a float4 stays one access. -fno-reorder-blocks: code stays in the order of the source.
# -gdwarf-4: of version 5 addr2line takes a header's lines for the file's own where the header's code comes first.
CHECK = ["-DCUDASIM_CHECK=1", "-gdwarf-4", "-O1", "-fno-tree-sra", "-fno-reorder-blocks", "-fsanitize=thread"]
CHECK += ["-Wno-tsan", "--param=tsan-instrument-func-entry-exit=0"]
CHECK += [f"-fno-builtin-{name}" for name in STRING_FUNCTIONS]
MESSAGES = ["-fdiagnostics-column-unit=byte", "-fdiagnostics-color=never", "-fdiagnostics-urls=never"]
KERNEL = re.compile(r"\b__global__\b|<<<[^;]*>>>")  # in a file that is no .cu
INSTRUMENTED = b"__tsan_"  # a name in the object's symbol table


class Failed(Exception):
    """A step failed and has said why; the status is simcc's exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Driver:
    def __init__(self, options: Options, folder: str) -> None:
        self.options = options
        self.folder = folder  # for temporary files
        self.color = options.color == "always" or (options.color == "auto" and sys.stderr.isatty())
        self.environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "GCC_COLORS"}}

    def run(self) -> int:
        options = self.options
        if not options.inputs or not any(isinstance(item, Input) for item in options.inputs):
            raise UsageError("no input files; simcc --help shows examples")
        if options.output and options.mode != "link" and len(options.sources) > 1:
            raise UsageError(
                f"-o {options.output} with {options.mode} and {len(options.sources)} sources: name one source"
            )
        for item in options.inputs:
            if isinstance(item, Input) and not item.language and not os.path.isfile(item.path):
                kind = "is a folder" if os.path.isdir(item.path) else "there is no such file"
                if options.run and options.sources and "." not in item.path:
                    kind += f'; arguments of the program come as one word: --run-args "{item.path}"'
                raise UsageError(f"{item.path}: {kind}")
        if (options.run or options.run_arguments) and options.mode != "link":
            raise UsageError(f"--run with {options.mode}: only a program that was linked can be run")
        if options.run_arguments and not options.run:
            raise UsageError("--run-args without --run: the program is only built; add --run")
        if options.output and os.path.isdir(options.output):
            raise UsageError(f"-o {options.output} is a folder")
        status, objects = 0, {}
        for number, source in enumerate(options.sources):
            output = self.output_of(source, number)
            objects[id(source)] = output
            try:
                self.compile(source, output, number)
            except Failed as failed:
                status = status or failed.status
        if status == 0 and options.mode == "link":
            self.link(objects)
            if options.run:
                return self.run_program()
        return status

    @property
    def program(self) -> str:
        """What linking writes; a program that is only to be run goes with the temporary files."""
        if self.options.output:
            return self.options.output
        return os.path.join(self.folder, "program") if self.options.run else "a.out"

    def run_program(self) -> int:
        """Runs what was linked; its exit status as a shell gives it. Ctrl-C is the program's to answer."""
        command = [os.path.abspath(self.program), *self.options.run_arguments]
        if self.options.dry_run or self.options.verbose:
            print(shlex.join(command), file=sys.stderr if self.options.verbose else sys.stdout, flush=True)
        if self.options.dry_run:
            return 0
        process = subprocess.Popen(command)
        while True:
            try:
                status = process.wait()
                if status < 0 and -status not in {signal.SIGINT, signal.SIGTERM}:
                    print(f"simcc: the program was ended by {signal.Signals(-status).name} "
                          f"({signal.strsignal(-status)})", file=sys.stderr)  # fmt: skip
                return status if status >= 0 else 128 - status
            except KeyboardInterrupt:
                continue
            except BaseException:
                process.terminate()
                raise

    def output_of(self, source: Input, number: int) -> str | None:
        mode = self.options.mode
        stem = os.path.splitext(os.path.basename(source.path))[0]
        if mode == "link":
            return os.path.join(self.folder, f"{number}-{stem}.o")
        if mode in {"-c", "-S"}:
            return self.options.output or stem + (".o" if mode == "-c" else ".s")
        return self.options.output

    def compile(self, source: Input, output: str | None, number: int) -> None:
        options = self.options
        files: list[SourceFile] = []
        flags = [*COMPILE, *options.flags]
        if source.language == "cu":
            unit = self.translate(source, number)
            files = list(unit.files.values())
            path, language = unit.main.copy, "c++"
            here = os.path.dirname(source.path) or "."
            flags += [*DEVICE, "-iquote", here, *(CHECK if options.check else [])]
            flags += [f"-ffile-prefix-map={file.copy}={file.spelled}" for file in files if file.copied]
            flags += [f"-fmacro-prefix-map={file.path}={file.spelled}" for file in files if not file.copied]
        else:
            read_source(source.path)
            path, language = source.path, source.language or "c++"
        if language == "c++":
            flags.append(f"-std={options.standard}")
        command = [library.compiler(), *flags, "-isystem", str(library.INCLUDE), *MESSAGES]
        command += [options.mode if options.mode != "link" else "-c", "-x", language, path]
        if output:
            command += ["-o", output]
        dependencies = self.dependency_flags(source, output)
        try:
            self.execute(command + dependencies, files)
        except Failed:
            if source.language in {"c", "c++"} and KERNEL.search(Path(path).read_text(errors="replace")):
                print(f"simcc: note: {source.path} holds a kernel or a launch, and is compiled as plain C++ for its "
                      f"name; call it {os.path.splitext(source.path)[0]}.cu, or put -x cu before it",
                      file=sys.stderr)  # fmt: skip
            raise
        finally:
            if dependencies and not options.dry_run:
                self.mend_dependencies(dependencies[dependencies.index("-MF") + 1], files)

    def translate(self, source: Input, number: int) -> Unit:
        search = SearchPath(tuple(self.options.quote), tuple(self.options.include))
        unit = Unit(source.path, search)
        unit.write(os.path.join(self.folder, f"{number}-translated"))
        if self.options.keep:
            for file in unit.files.values():
                if file.copied:
                    stem, suffix = os.path.splitext(os.path.basename(file.path))
                    shutil.copy(file.copy, stem + ".cudasim" + (".cc" if suffix == ".cu" else suffix))
        return unit

    def dependency_flags(self, source: Input, output: str | None) -> list[str]:
        """-MF and -MT where g++ would derive them from names that are not the learner's."""
        options = self.options
        if not options.dependencies and options.mode not in {"-M", "-MM"}:
            return []
        stem = os.path.splitext(os.path.basename(source.path))[0]
        target = options.output if options.mode in {"-c", "-S"} and options.output else f"{stem}.o"
        flags = []
        if not any(flag in {"-MT", "-MQ"} for flag in options.flags):
            flags += ["-MQ", target]
        if "-MF" in options.flags:
            flags += ["-MF", options.flags[options.flags.index("-MF") + 1]]
        elif options.dependencies:
            flags += ["-MF", os.path.splitext(options.output or stem + ".o")[0] + ".d"]
        else:
            flags += ["-MF", output or os.path.join(self.folder, "dependencies")]
        return flags

    def mend_dependencies(self, path: str, files: list[SourceFile]) -> None:
        """Names the learner's files where g++ named our copies."""
        file = Path(path)
        if not file.is_file():
            return
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
        names = {item.copy if item.copied else item.path: item.spelled for item in files}
        for copy in sorted(names, key=len, reverse=True):
            spelled = re.sub(r"([ #])", r"\\\1", names[copy]).replace("$", "$$")
            written = re.sub(r"([ #])", r"\\\1", copy).replace("$", "$$")
            text = text.replace(written, spelled)
        if self.options.mode in {"-M", "-MM"} and not self.options.output and "-MF" not in self.options.flags:
            sys.stdout.write(text)
        else:
            file.write_text(text, encoding="utf-8", errors="surrogateescape")

    def link(self, objects: dict[int, str | None]) -> None:
        """Instrumented objects first: of a function compiled both ways the linker keeps the first it meets."""
        options = self.options
        first: list[str] = []
        rest: list[str] = []
        for item in options.inputs:
            if isinstance(item, str):
                rest.append(item)
                continue
            path = objects.get(id(item)) or item.path
            device = item.language == "cu" if item.language else self.is_instrumented(path)
            (first if device else rest).append(path)
        # What compiles alone means nothing to the linker; the rest (-shared, -fsanitize=, -pthread) does.
        flags = [flag for flag in options.flags if re.match(r"-(?!D|U|M|I|i|W(?!l))", flag)]
        flags = [flag for flag in flags if flag not in {"-include", "-imacros"}]
        if options.check or any(self.is_instrumented(path) for path in first):
            flags.append("-Wl," + ",".join(f"--wrap={name}" for name in STRING_FUNCTIONS))
        command = [library.compiler(), *flags, *first, *rest]
        for part in dict.fromkeys(options.libraries):
            command += [self.archive(part), *library.link_flags(part)]
        command += [self.archive(None), *library.link_flags(None), "-pthread", "-o", self.program]
        names = {output: source.path for source in options.sources if (output := objects[id(source)])}
        self.execute(command, [], names)

    def archive(self, part: str | None) -> str:
        if self.options.dry_run:
            return f"lib{part or 'cudasim'}.a"
        return str(library.build(part))

    def is_instrumented(self, path: str) -> bool:
        if self.options.dry_run and not os.path.isfile(path):
            return False  # it would be made by a step that was not run
        return path.endswith((".o", ".obj")) and INSTRUMENTED in Path(path).read_bytes()

    def execute(self, command: list[str], files: list[SourceFile], names: dict[str, str] | None = None) -> None:
        """Runs a command and passes on what it says; names: temporary files by what the learner calls them."""
        if self.options.dry_run or self.options.verbose:
            print(shlex.join(command), file=sys.stderr if self.options.verbose else sys.stdout, flush=True)
        if self.options.dry_run:
            return
        try:
            process = subprocess.Popen(command, stderr=subprocess.PIPE, env=self.environment)
        except FileNotFoundError:
            raise UsageError(f"the compiler {command[0]} is not there; install g++, or set CUDASIM_CXX") from None
        try:
            _, errors = process.communicate()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        text = errors.decode("utf-8", "surrogateescape")
        if files:
            text = Diagnostics(files, str(library.INCLUDE)).rewrite(text)
        for temporary, name in (names or {}).items():
            text = text.replace(temporary, name)
        if text:
            sys.stderr.write(
                (colored(text) if self.color else text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            )
            sys.stderr.flush()
        if process.returncode:
            raise Failed(process.returncode if process.returncode > 0 else 1)


def version() -> str:
    found = subprocess.run([library.compiler(), "--version"], capture_output=True, text=True, check=False)
    compiler = found.stdout.splitlines()[0] if found.stdout else library.compiler()
    return f"simcc: CUDA C++ on the CPU, compiled by {compiler}"


def stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(words: list[str]) -> int:
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        options = parse(words, library.parts())
        if options.show:
            print(HELP if options.show == "help" else version(), end="" if options.show == "help" else "\n")
            return 0
        for note in options.notes:
            print(f"simcc: note: {note}", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="simcc-") as folder:
            return Driver(options, folder).run()
    except LocatedError as error:
        print(error.rendered, file=sys.stderr)
        return 1
    except (UsageError, InputError, library.LibraryError) as error:
        print(f"simcc: error: {error}", file=sys.stderr)
        return 1
    except Failed as failed:
        return failed.status
    except KeyboardInterrupt:
        return 130
