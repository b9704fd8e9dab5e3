# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What was built is hardened, seen in the files themselves, not in the flags that asked for it."""

import os
import re

from common import ADAPTERS, BUILD, CFLAGS, NM, SHARED, STATIC, Tap, run, skip_all

tap = Tap()

# A library has no business with these: other programs, the process's own end and state, output,
# functions that cannot know how much room there is.
NEVER = """system popen execl execle execlp execv execve execvp execvpe fexecve posix_spawn fork vfork
dlopen exit _exit abort raise kill signal sigaction setenv putenv unsetenv chdir umask setlocale srand rand
random printf puts putchar perror vprintf fprintf vfprintf fputs fwrite syslog gets strcpy strcat sprintf
vsprintf stpcpy sscanf strtok tmpnam tempnam mktemp alloca __printf_chk __fprintf_chk __vfprintf_chk
__strcpy_chk __strcat_chk __sprintf_chk __vsprintf_chk""".split()

# All that can be written and is not in a client: forks and threads, the errors for no memory, the gate
# by which tests let allocations fail, and a pointer that keeps memset() from being optimized away.
STATE = """one_fork forking holders generation once out_of_memory out_of_memory_for_input allocation_gate
overwrite""".split()


def readelf(path, *options):
    status, output = run(["readelf", "-W"] + list(options) + [path])
    return output if status == 0 else ""


def symbols(path, *options):
    """(type, name) of each, the name without its version."""
    output = run(NM + list(options) + [path])[1]
    return [(line.split()[-2], line.split()[-1].split("@")[0]) for line in output.splitlines()
            if len(line.split()) >= 2]


def check_file(name, path):
    headers, dynamic = readelf(path, "-l"), readelf(path, "-d")
    stack = re.search(r"GNU_STACK.*\s(R\S*)\s", headers)
    tap.ok(stack and "E" not in stack.group(1), name + ": the stack is not executable", headers)
    tap.ok(not re.search(r"LOAD.*\sRWE\s", headers), name + ": nothing is writable and executable", headers)
    tap.ok("GNU_RELRO" in headers and re.search(r"BIND_NOW|Flags:.*NOW", dynamic),
           name + ": what the linker has filled in is read-only", dynamic)
    tap.ok("TEXTREL" not in dynamic, name + ": code is not relocated", dynamic)
    tap.ok("RPATH" not in dynamic and "RUNPATH" not in dynamic, name + ": no path to other libraries", dynamic)


def check_library(name, path):
    imported = {symbol for kind, symbol in symbols(path, "-D", "--undefined-only") if kind == "U"}
    check_file(name, path)
    tap.empty(imported & set(NEVER), name + ": calls nothing that a library should not")
    tap.ok("__stack_chk_fail" in imported, name + ": has a stack protector")
    fortified = {symbol for symbol in imported if symbol.endswith("_chk")}
    if "-O0" in CFLAGS or not any(flag.startswith("-O") for flag in CFLAGS):
        tap.skip(name + ": has fortified functions", "not optimized")
    elif readelf(path, "-d").find("libc.so.6") < 0:
        tap.skip(name + ": has fortified functions", "only glibc has them")
    else:
        tap.ok(fortified, name + ": has fortified functions")


def check_branches():
    """The notes of each object; the linker keeps them only if the system's own files have them too."""
    machine = re.search(r"Machine: *(.*)", readelf(SHARED, "-h")).group(1)
    wanted = "IBT, SHSTK" if "X86-64" in machine else "BTI, PAC" if "AArch64" in machine else None
    if not wanted:
        tap.skip("functions are marked as targets of jumps", machine)
        return
    notes = readelf(STATIC, "-n")
    objects = notes.count("File: ")
    tap.ok(objects and notes.count(wanted) == objects, "functions are marked as targets of jumps (%s)" % wanted,
           notes[:2000])
    if wanted not in readelf(SHARED, "-n"):
        print("# the shared library is not marked: this system's start files are not")


def check_state():
    rows = [line.split() for line in run([NM[0].replace("nm", "objdump"), "-t", SHARED])[1].splitlines()]
    found = {row[-1].split(".")[0] for row in rows if "O" in row and (".data" in row or ".bss" in row)}
    if not found:
        tap.skip("libsessionpay: no other state of the whole process", "the library has no symbols")
    else:
        tap.empty(found - set(STATE) - {"completed", "__dso_handle", "__TMC_END__"},
                  "libsessionpay: no other state of the whole process")


def main():
    if not readelf(SHARED, "-h"):
        skip_all("needs a shared library and readelf that reads it")
    if any(flag.startswith("-fsanitize") for flag in CFLAGS):
        skip_all("sanitizers bring their own")
    check_library("libsessionpay", SHARED)
    for adapter in sorted(ADAPTERS.values()):
        path = SHARED.replace("/libsessionpay.", "/libsessionpay-%s." % adapter)
        if os.path.exists(path):
            check_file("libsessionpay-" + adapter, path)
    for program in ("sessionpay", "sessionpay-sandbox"):
        path = os.path.join(BUILD, "bin", program)
        if os.path.exists(path):
            check_file(program, path)
            tap.ok("DYN" in readelf(path, "-h"), program + ": is loaded anywhere")
    check_branches()
    check_state()
    tap.done()


main()
