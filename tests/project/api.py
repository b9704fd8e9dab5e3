# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""share/ describes the public headers: all of them, as they are now, with what a binding needs."""

import ctypes
import glob
import importlib.util
import os
import re
import shutil
import sys
import tempfile

from common import (CC, EMULATOR, HEADERS, SHARED, SRCDIR, Tap, description, functions, is_sized,
                    link, map_names, public_headers, read, run, runs_here, structs,
                    without_comments, write)

TOOL = os.path.join(SRCDIR, "build-aux", "api")
SHARE = os.path.join(SRCDIR, "share")
MISSING = "pycparser is not installed; ./bootstrap installs it"

tap = Tap()
has_module = importlib.util.find_spec


# ---- The files are what the tool makes -----------------------------------------------------------

def describe(srcdir, outdir):
    return run([sys.executable, "-B", TOOL, srcdir, outdir], env=dict(os.environ, CC=" ".join(CC)))


def check_fresh():
    with tempfile.TemporaryDirectory() as outdir:
        status, output = describe(SRCDIR, outdir)
        tap.ok(status == 0, "make api reads the headers", output)
        made = {name: read(os.path.join(outdir, name)) for name in os.listdir(outdir)}
    there = {os.path.basename(path): read(path) for path in glob.glob(os.path.join(SHARE, "*"))}
    tap.empty({name for name in set(made) | set(there) if made.get(name) != there.get(name)},
              "share/ is up to date: make api")


# What a header may not have, and what the tool says of it.
REFUSED = {
    "typedef union spay_a { int32_t b; } spay_a;": "not all languages have",
    "SPAY_API extern int32_t spay_variable;": "cannot describe",
    "enum { SPAY_WITHOUT };": "has no number",
    "/** Text. @sercet */ typedef struct spay_b spay_b;": "unknown word @sercet",
    "/** @param b what. */\nSPAY_API void spay_c(int32_t a);": "has no parameter b",
    "typedef int32_t = spay_h;": "bad.h:4:",
    "#include <stdio.h>": "stdio.h",
    "SPAY_API char *spay_d(void);": "who owns what it returns",
    "SPAY_API void spay_e(spay_nothing **f);": "who frees f",
    "typedef struct spay_g { void (*call)(void *ctx); } spay_g;": "what does call get as ctx?",
    "typedef struct spay_f { char *names; /** @count(amount) */ int32_t *ids; } spay_f;":
        "has no amount to count with",
}


def check_refusals():
    for number, (text, wanted) in enumerate(sorted(REFUSED.items())):
        with tempfile.TemporaryDirectory() as work:
            headers = os.path.join(work, "include", "sessionpay")
            os.makedirs(headers)
            for name in public_headers():
                write(os.path.join(headers, name), read(os.path.join(HEADERS, name)))
            write(os.path.join(headers, "bad.h"), "#include <sessionpay/abi.h>\n"
                  "typedef struct spay_nothing spay_nothing;\n\n" + text.replace(" */ ", " */\n") + "\n")
            status, output = describe(work, work)
            tap.ok(status and wanted in output and not os.path.exists(
                os.path.join(work, "sessionpay.api.json")), "refused: " + wanted, text, output)


# ---- Everything is in it -------------------------------------------------------------------------

def check_complete():
    text = without_comments("\n".join(read(os.path.join(HEADERS, name)) for name in public_headers()))
    described = {entry["name"] for entry in functions()}
    tap.empty(set(map_names()) - described, "every exported function is in it")
    tap.ok(text.count("\nSPAY_API ") == len(described), "as many as the headers declare",
           "%d, %d" % (text.count("\nSPAY_API "), len(described)))
    constants = {entry["name"]: entry["value"] for entry in description()["constants"]}
    tap.empty({word for word in re.findall(r"\bSPAY_\w+(?=\s+=\s)", text)} ^
              {entry["name"] for entry in description()["constants"] if "enumeration" in entry},
              "every constant is in it")
    tap.ok(constants["SPAY_VERSION_STRING"] == description()["version"], "and the version")
    table = read(os.path.join(SRCDIR, "tests", "abi", "offsets-lp64.txt"))
    tap.empty({line.split()[0] for line in table.splitlines()} ^
              {"%s.%s" % (struct["name"], member["name"])
               for struct in structs() for member in struct["members"]} ^
              {struct["name"] for struct in structs()}, "every struct member is in it")
    check_holes(table)


def check_holes(table):
    """A member that is missing would leave a hole in its struct."""
    holes, end = set(), 0
    for line in table.splitlines():
        words = line.split()
        size = int(words[-1])
        if "." in words[0]:
            if int(words[1]) != (end + size - 1) // size * size:
                holes.add(words[0])
            end = int(words[1]) + size
        else:
            if size != (end + 7) // 8 * 8 and size != end:
                holes.add(words[0])
            end = 0
    tap.empty(holes, "no member is missing: the structs have no holes")


def check_values(directory):
    """The constants, as the compiler has them."""
    numbers = [entry for entry in description()["constants"] if isinstance(entry["value"], int)]
    program = os.path.join(directory, "values")
    write(program + ".c", "#include <sessionpay/sessionpay.h>\n#include <stdio.h>\nint main(void)\n{\n" +
          "".join('    printf("%s %%d\\n", (int)%s);\n' % (entry["name"], entry["name"])
                  for entry in numbers) + "    return 0;\n}\n")
    link(program, program + ".c")
    if not runs_here(program):
        tap.skip("constants have their values", "the compiler makes programs for another machine")
        return
    told = dict(line.split() for line in run(EMULATOR + [program])[1].splitlines())
    tap.empty({entry["name"] for entry in numbers if told.get(entry["name"]) != str(entry["value"])},
              "constants have their values")


# ---- It says what a binding needs ----------------------------------------------------------------

def check_ownership():
    names = {entry["name"] for entry in functions()}
    pointers = [(entry["name"], entry["returns"]) for entry in functions()
                if entry["returns"]["type"].endswith("*")]
    pointers += [("%s: %s" % (entry["name"], parameter["name"]), parameter) for entry in functions()
                 for parameter in entry["parameters"] if parameter["type"].endswith("**")]
    tap.empty({name for name, value in pointers if "ownership" not in value},
              "every pointer that is handed out has an owner")
    frees = {name: value.get("free") for name, value in pointers}
    frees.update({entry["name"]: entry.get("free") for entry in description()["opaque"]})
    tap.empty({name for name, free in frees.items() if free and free not in names},
              "what frees it exists")
    tap.empty({name for name, value in pointers
               if value.get("ownership") == "owned" and not frees[name]}, "and is told")


def secrets_of_code():
    """The members that the library itself takes for secrets."""
    text = "\n".join(read(path) for path in glob.glob(os.path.join(SRCDIR, "lib", "providers", "*.c")))
    return set(re.findall(r'spay__input_text\(input, "(\w+)",[^;]*SPAY__SECRET', text)) | \
        set(re.findall(r"http_request_add_secret\([^;]*->(\w+)\);", text))


def check_secrets():
    secret = {member["name"] for struct in structs() for member in struct["members"]
              if member.get("secret")}
    tap.ok(len(secrets_of_code()) >= 5, "the library marks secrets", *secrets_of_code())
    tap.empty(secrets_of_code() - secret, "what it wipes or masks is marked secret")
    named = re.compile(r"(^|_)(secret|password|credentials|token|bearer_token|api_key|app_token|"
                       r"session_object|raw_json|client_session_id)$")
    tap.empty({"%s::%s" % (struct["name"], member["name"]) for struct in structs()
               for member in struct["members"] if named.search(member["name"]) and
               member["type"].endswith("*") and not member.get("secret")},
              "and every member with the name of a credential")
    results = [struct for struct in structs() if "free" in struct]
    tap.empty({struct["name"] for struct in results
               if not any(member.get("secret") for member in struct["members"])},
              "every session holds one")


def check_counts():
    lonely = []
    groups = [(struct["name"], struct["members"]) for struct in structs()]
    groups += [(entry["name"], entry["parameters"] + [dict(entry["returns"], name="returns")])
               for entry in functions() + description()["callbacks"]]
    for name, values in groups:
        counts = {value.get("count") for value in values}
        lonely += ["%s: %s" % (name, value["name"]) for value in values
                   if value["type"] in ("size_t", "size_t *") and value["name"] not in counts and
                   re.search(r"(^|_)(count|length|size)$", value["name"]) and
                   value["name"] not in ("struct_size", "body_length")]
        lonely += ["%s: %s" % (name, value["name"]) for value in values
                   if "count" not in value and re.fullmatch(
                       r"const char \*const \*|const int32_t \*|const void \*", value["type"])]
    tap.empty(lonely, "arrays and their lengths know each other")


# ---- The declarations ----------------------------------------------------------------------------

def check_directions():
    wrong = set()
    for entry in functions() + description()["callbacks"]:
        for parameter in entry["parameters"]:
            kind = parameter["type"]
            handed_in = parameter["name"] == "ctx" or kind.startswith("const ") or "*" not in kind
            handed_out = kind.endswith("**") or kind == "size_t *" or \
                kind == "void *" and entry["name"].endswith("_init")
            if handed_in and parameter["direction"] != "in" or \
                    handed_out and parameter["direction"] != "out":
                wrong.add("%s: %s" % (entry["name"], parameter["name"]))
            if "NULL" in parameter.get("doc", "").replace("NULL on failure", "") and \
                    not parameter.get("nullable"):
                wrong.add("%s: NULL as %s" % (entry["name"], parameter["name"]))
    contexts = {value["name"]: value.get("context")
                for entry in structs() + functions()
                for value in entry.get("members", []) + entry.get("parameters", [])
                if "callback" in value}
    tap.ok(contexts["log_destroy"] == contexts["log"] == "log_ctx" and contexts["done"] == "ctx" and
           contexts["wake_in"] == "loop_ctx" and contexts["perform"] == "ctx" and
           all(contexts.values()), "callbacks know their context", contexts)
    tap.empty(wrong, "directions follow from types, and what may be NULL is @nullable")


def check_cdef():
    names = ["sessionpay", "sessionpay-file", "sessionpay-redis"]
    texts = [read(os.path.join(SHARE, name + ".cdef.h")) for name in names]
    tap.empty({line for text in texts for line in text.splitlines()
               if line.startswith("#") or "__" in line}, "no directives, no attributes")
    if not has_module("cffi"):
        tap.skip("cffi reads them", "cffi is not installed; ./bootstrap installs it")
        return
    import cffi  # pylint: disable=import-outside-toplevel,import-error
    ffi = cffi.FFI()
    for text in texts:
        ffi.cdef(text)
    missing = {struct["name"] for struct in structs()
               if {name for name, _ in ffi.typeof(struct["name"]).fields} !=
               {member["name"] for member in struct["members"]}}
    tap.empty(missing, "cffi reads them")


def is_complete_here():
    try:
        library = ctypes.CDLL(os.path.abspath(SHARED)) if SHARED else None
    except OSError:
        return False
    return all(hasattr(library, name) for name in map_names())


def check_php():
    name = "PHP's FFI reads them"
    php = shutil.which("php")
    if not php or "FFI" not in run([php, "-m"])[1].split():
        tap.skip(name, "there is no php with FFI")
    elif not is_complete_here():
        tap.skip(name, "it needs the complete shared library, and of this machine")
    else:
        status, output = run([php, "-d", "ffi.enable=1", "-r", """
            $ffi = FFI::cdef(file_get_contents($argv[1]), $argv[2]);
            $options = $ffi->new('spay_wepay_options');
            $ffi->spay_wepay_options_init(FFI::addr($options), FFI::sizeof($options));
            echo $ffi->spay_version(), ' ', $ffi->SPAY_E_BUSY, ' ',
                $options->struct_size == FFI::sizeof($options);
            """, os.path.join(SHARE, "sessionpay.cdef.h"), os.path.abspath(SHARED)])
        tap.ok(status == 0 and output == description()["version"] + " -36 1", name, output)


if has_module("pycparser"):
    check_fresh()
    check_refusals()
else:
    tap.skip("share/ is up to date", MISSING)
check_complete()
with tempfile.TemporaryDirectory() as temporary:
    check_values(temporary)
check_ownership()
check_secrets()
check_counts()
check_directions()
check_cdef()
check_php()

tap.done()
