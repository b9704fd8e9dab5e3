# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# How the tests are built and run; a part of the Makefile. "make help" lists the targets.

# ---- Programs -----------------------------------------------------------------------------------

$(O)/tests/unit:        $(call objects,$(UNIT_SRC))
$(O)/tests/golden:      $(call objects,$(GOLDEN_SRC))
$(O)/tests/integration: $(call objects,$(INTEGRATION_SRC))
$(O)/tests/unit $(O)/tests/integration: TEST_LIBS = $(CHECK_LIBS) $(CJSON_LIBS)
$(O)/tests/golden: TEST_LIBS = $(CJSON_LIBS)

$(O)/tests/unit $(O)/tests/golden $(O)/tests/integration: $(call objects,$(SUPPORT_SRC)) $(STATIC)
	$(call program,$(TEST_LIBS) $(DEPENDS_LIBS))

$(TORTURES): $(call objects,$(KIT_SRC) $(SUPPORT_SRC)) $(STATIC)
$(O)/tests/torture/%: $(O)/obj/tests/torture/%.o
	$(call program,$(CJSON_LIBS) $(DEPENDS_LIBS))

# The call machine, in every order of events.
$(O)/tests/model: $(call objects,$(MODEL_SRC) $(SUPPORT_SRC)) $(STATIC)
	$(call program,$(CJSON_LIBS) $(DEPENDS_LIBS))

# A process of the soak test.
$(O)/tests/soak/worker: $(call objects,$(SOAK_SRC) $(KIT_SRC) $(SUPPORT_SRC)) \
        $(foreach a,$(ADAPTERS),$(call archive,$a)) $(STATIC)
	$(call program,$(if $(filter redis,$(ADAPTERS)),$(HIREDIS_LIBS)) $(CJSON_LIBS) $(DEPENDS_LIBS))
$(O)/obj/tests/soak/%: DIR_CFLAGS = $(PRIVATE) $(if $(filter redis,$(ADAPTERS)),-DSOAK_REDIS)

# Each tests/fuzz/NAME.c by itself. What drives it is FUZZ_ENGINE, or a program of ours that plays files.
# "make check" plays some of them with the build that speaks HTTP/2.
FUZZERS     := $(FUZZ_SRC:%.c=$(O)/%)
FUZZ_PARTS  := $(call objects,$(foreach p,accounts machine memory_store,tests/support/$p.c))
FUZZ_ENGINE  =
FUZZ_LIBS    =
FUZZ_HTTP2  := $(addprefix $(HTTP2_O)/tests/fuzz/,$(if $(HAVE_NGHTTP2),connection http2 tls))
FUZZ_HERE   := $(filter-out $(if $(HAVE_NGHTTP2),%/connection %/http2 %/tls),$(FUZZERS))

# The driver, and unit tests of what only such a build has.
HTTP2_DRIVER_SRC := tests/http2/driver.c tests/http2/loops.c
HTTP2_TESTS      := $(HTTP2_O)/tests/http2/driver $(HTTP2_O)/tests/http2/unit

ifdef WITH_NGHTTP2
$(O)/tests/http2/driver: $(call objects,$(HTTP2_DRIVER_SRC))
$(O)/tests/http2/unit: $(call objects,$(filter-out $(HTTP2_DRIVER_SRC),$(HTTP2_SRC)))
$(O)/tests/http2/unit: TEST_LIBS = $(CHECK_LIBS)
$(HTTP2_TESTS): $(call objects,$(SUPPORT_SRC)) $(STATIC)
	$(call program,$(TEST_LIBS) $(DEPENDS_LIBS))

http2-tests: $(HTTP2_TESTS) $(FUZZ_HTTP2)
else
http2-tests:
	@$(MAKE) --no-print-directory O='$(HTTP2_O)' NATIVE='$(NATIVE)' WITH_NGHTTP2=1 $@
endif

$(WIRE_SRC:%.c=$(O)/%): $(O)/%: $(O)/obj/%.o $(STATIC)
	$(call program,$(DEPENDS_LIBS))
$(O)/tests/wire/hosts: $(call objects,$(READERS_SRC))

$(O)/tests/fuzz/parts.a: $(FUZZ_PARTS) $(srcdir)/tests/check.mk
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $(FUZZ_PARTS)

$(FUZZERS): $(O)/%: $(O)/obj/%.o $(O)/obj/tests/fuzz/support/input.o $(O)/tests/fuzz/parts.a $(STATIC)
	$(call program,$(FUZZ_ENGINE) $(FUZZ_LIBS) $(CJSON_LIBS) $(DEPENDS_LIBS))
$(FUZZERS): $(if $(FUZZ_ENGINE),,$(O)/obj/tests/fuzz/support/replay.o)
$(O)/tests/fuzz/url: $(call objects,$(READERS_SRC))
$(O)/tests/fuzz/sandbox: $(filter-out %/main.o,$(call objects,$(SANDBOX_SRC)))
$(O)/tests/fuzz/sandbox: FUZZ_LIBS = $(SANDBOX_LIBS)
# An adapter's operations end in the harness, in place of the core.
$(O)/tests/fuzz/file: $(O)/obj/tests/store/operation.o $(call archive,file)
$(O)/tests/fuzz/file: FUZZ_LIBS = $(call archive,file) $(STATIC)
$(O)/tests/fuzz/redis: $(O)/obj/tests/store/operation.o $(call archive,redis)
$(O)/tests/fuzz/redis: FUZZ_LIBS = -Wl,--wrap=spay__redis_socket_open $(call archive,redis) $(STATIC) $(HIREDIS_LIBS)
# Waits are served, and take no time.
$(O)/tests/fuzz/connection $(O)/tests/fuzz/tls: $(call objects,$(addprefix tests/fuzz/support/,calls.c server.c))
$(O)/tests/fuzz/connection $(O)/tests/fuzz/tls: FUZZ_LIBS = $(patsubst %,-Wl$(comma)--wrap=%,$(FUZZ_WRAPPED))
FUZZ_WRAPPED := clock_gettime curl_multi_poll nanosleep poll spay__connecting_done
comma := ,

# The allocator and the system calls that fail for the whole process; for glibc alone.
PRELOADS := $(if $(findstring linux-gnu,$(TARGET)),$(addprefix $(O)/tests/torture/preload/,fail_heap.so fail_call.so))
ifneq ($(findstring -fsanitize,$(CFLAGS)),)
PRELOADS :=
endif
$(addprefix $(O)/tests/torture/,no_memory no_memory_start system_calls): | $(PRELOADS)
$(O)/tests/torture/preload/%.so: tests/torture/preload/%.c
	$(call preloaded)

# An adapter's tests end its operations themselves, in place of the core.
$(STORE_MAINS:%.c=$(O)/%): $(call objects,tests/store/conformance.c tests/store/no_memory.c \
                            tests/store/operation.c) | $(PRELOADS)
$(O)/tests/store/redis: $(call objects,tests/store/redis_server.c)
$(O)/tests/store/waiting: $(O)/obj/tests/store/waiting.o $(call objects,$(SUPPORT_SRC)) $(STATIC)
	$(call program,$(CJSON_LIBS) $(DEPENDS_LIBS))
$(STORE_MAINS:%.c=$(O)/%): $(O)/tests/store/%: $(O)/obj/tests/store/%.o $(O)/lib/$(PACKAGE)-%.a $(STATIC)
	$(call program,$(if $(findstring redis,$@),$(HIREDIS_LIBS)) $(CHECK_LIBS) $(DEPENDS_LIBS))

BENCHES := $(O)/tests/bench/ours $(O)/tests/bench/raw $(O)/tests/bench/count_heap.so

$(O)/tests/bench/ours $(O)/tests/bench/raw: $(O)/tests/bench/%: $(O)/obj/tests/bench/%.o \
        $(O)/obj/tests/bench/meter.o
	$(call program,$(DEPENDS_LIBS))
$(O)/tests/bench/ours: $(STATIC)

$(O)/tests/bench/count_heap.so: tests/bench/count_heap.c
	$(call preloaded)

# Plays the conformance cases of the bindings with the library itself.
$(O)/obj/bindings/layouts.h: bindings/layouts.py bindings/description.py share/sessionpay.api.json
	@mkdir -p $(@D)
	$(Q)$(PYTHON) -B $< '$(srcdir)/share/sessionpay.api.json' $@ $(@:.h=.c)
$(O)/obj/bindings/layouts.c: $(O)/obj/bindings/layouts.h ;
$(O)/obj/bindings/layouts.o: $(O)/obj/bindings/layouts.c
	@echo '  CC      $@'
	$(Q)$(compile)
$(call objects,$(CONFORM_SRC)): $(O)/obj/bindings/layouts.h

$(O)/bindings/conformance: $(call objects,$(CONFORM_SRC)) $(O)/obj/bindings/layouts.o $(STATIC)
	$(call program,$(CJSON_LIBS) $(DEPENDS_LIBS))

# ---- Suites -------------------------------------------------------------------------------------
#
# A test is name=command (prints TAP) or name?command (exit status 0 is success); a suite is a list
# of them. "make check SUITES=unit" runs one suite.

SUITES    := unit wire golden fuzz model sandbox cli integration http2 store examples ctypes abi project torture
SANDBOXED = $(NATIVE)/bin/sessionpay-sandbox --

# The address sanitizer has to be there before what it watches, and whatever loads that loses memory of
# its own.
LOADING = $(if $(findstring -fsanitize=address,$(CFLAGS)),env LD_PRELOAD="$$($(CC) -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0)

scripts = $(sort $(wildcard $(1:%=$(srcdir)/tests/%)))
without = '$(1)=echo "1..0 \# SKIP $(2)"'

unit        := $(if $(UNIT_SRC),'unit=$(EMULATOR) $(O)/tests/unit')
golden      := $(if $(GOLDEN_SRC),'golden=$(EMULATOR) $(O)/tests/golden \
               $(srcdir)/tests/fixtures')
# A forked child leaves its parent's token alone, and does not free it.
model       := 'model=ASAN_OPTIONS=detect_leaks=0 $(EMULATOR) $(O)/tests/model'
wire        := $(foreach t,$(call scripts,wire/differential.py),'wire=$(PYTHON) $t') \
               $(if $(filter tests/wire/hosts.c,$(WIRE_SRC)),'wire/hosts=$(EMULATOR) $(O)/tests/wire/hosts')
sandbox     := $(foreach t,$(call scripts,sandbox/sandbox_test.py), \
               'sandbox=$(SANDBOXED) $(PYTHON) $t')
cli         := $(foreach t,$(call scripts,cli/*.py), \
               '$(t:$(srcdir)/tests/%=%)=$(SANDBOXED) $(PYTHON) $t')
integration := $(if $(INTEGRATION_SRC),'integration=$(SANDBOXED) $(EMULATOR) \
               $(O)/tests/integration')
http2       := 'http2/unit=$(EMULATOR) $(HTTP2_O)/tests/http2/unit' \
               $(foreach t,$(call scripts,http2/http2_test.py), \
               'http2=$(SANDBOXED) $(PYTHON) $t $(HTTP2_O)/tests/http2/driver')
# What has threads, for the thread sanitizer: make tsan SUITES=threads takes a minute, all of it ten.
threads     := $(foreach t,client pool token_cache, \
               'threads/$t=CK_RUN_SUITE=$t $(EMULATOR) $(O)/tests/unit') \
               $(foreach t,connections multi multi_loop multi_queue sessions store submit threads trust, \
               'threads/$t=CK_RUN_SUITE=$t $(SANDBOXED) $(EMULATOR) $(O)/tests/integration') \
               $(foreach a,$(ADAPTERS),'threads/store/$a=$(EMULATOR) $(O)/tests/store/$a')

# For valgrind, which takes thirty times as long: whole sessions, a few cases of each provider, and what
# reads the bytes of others. What libcheck keeps for each test is no leak of ours.
MEMCHECK   = valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect \
             --errors-for-leak-kinds=definite,indirect --num-callers=25
memcheck   := $(foreach e,quickstart errors mock,'memcheck/$e?$(SANDBOXED) $(MEMCHECK) $(O)/examples/$e') \
             $(foreach p,$(BUILT),'memcheck/golden/$p=$(MEMCHECK) $(O)/tests/golden $(srcdir)/tests/fixtures $p') \
             $(foreach t,call http1 json json_scan session url,'memcheck/$t=CK_RUN_SUITE=$t $(MEMCHECK) $(O)/tests/unit') \
             $(foreach t,connections sessions,'memcheck/$t=CK_RUN_SUITE=$t $(SANDBOXED) $(MEMCHECK) $(O)/tests/integration')

store       := $(foreach a,$(ADAPTERS),'store/$a=$(EMULATOR) $(O)/tests/store/$a')
fleet        = $(SANDBOXED) $(PYTHON) $(srcdir)/tests/store/fleet.py $(O)/examples/fleet
store       += $(if $(filter redis,$(ADAPTERS)),$(if $(filter examples/fleet.c,$(EXAMPLE_SRC)), \
               'store/fleet=$(fleet)'))
examples    := $(foreach e,$(EXAMPLE_SRC:%.c=%),'$e?$(SANDBOXED) $(EMULATOR) $(O)/$e') \
               $(if $(PARTIAL)$(HAVE_LIBUV),,$(call without,examples/libuv,libuv is not installed)) \
               $(foreach t,$(call scripts,$(EXAMPLE_SRC:%.c=%.py)), \
               '$(t:$(srcdir)/tests/%=%)=$(PYTHON) $t')
ctypes      := $(foreach t,$(call scripts,ctypes/*.py), \
               '$(t:$(srcdir)/tests/%=%)=SPAY_LIBRARY=$(SHARED) $(SANDBOXED) $(LOADING) $(PYTHON) $t')
torture     := $(foreach t,$(TORTURE_SRC:tests/%.c=%),'$t=$(SANDBOXED) $(O)/tests/$t') \
               $(foreach t,$(if $(DISABLE_SHARED),,$(call scripts,torture/*.py)), \
               '$(t:$(srcdir)/tests/%=%)=SPAY_LIBRARY=$(SHARED) SPAY_BUILD=$(O) \
               $(SANDBOXED) $(LOADING) $(PYTHON) $t')
faults      := $(foreach t,cancel crash environments fork hosts injection no_memory system_calls, \
               'torture/$t=$(SANDBOXED) $(O)/tests/torture/$t')
abi         := $(foreach t,$(call scripts,abi/*.py),'$(t:$(srcdir)/tests/%=%)=$(PYTHON) $t')
fuzz        := 'fuzz=$(PYTHON) $(srcdir)/tests/fuzz/replay.py $(O)/tests/fuzz-inputs $(FUZZ_HERE) $(FUZZ_HTTP2)'
project     := $(foreach t,$(call scripts,project/*.py project/*.sh), \
               '$(t:$(srcdir)/tests/%=%)=$(if $(filter %.py,$t),$(PYTHON),sh) $t')

ifeq ($(HAVE_NGHTTP2),)
http2       := $(call without,http2,libnghttp2 is not installed; ./bootstrap installs it)
endif
ifeq ($(filter redis,$(ADAPTERS)),)
store       += $(call without,store/redis,built without libhiredis; ./bootstrap redis installs it)
endif
ifdef WITHOUT_PLATFORM
store       := $(call without,store,the adapters use the clocks of the library)
unit        := $(call without,unit,its clients use the clocks of the library)
endif
ifdef WITHOUT_STORE
store       := $(call without,store,built without stores)
unit        := $(call without,unit,its clients share a store)
endif
ifneq ($(PARTIAL),)
fuzz        := $(call without,fuzz,built with $(PARTIAL))
FUZZ_HERE   :=
cli         := $(call without,cli,built with $(PARTIAL))
integration := $(call without,integration,built with $(PARTIAL))
http2       := $(call without,http2,built with $(PARTIAL))
examples    += $(call without,examples/others,they need a complete build)
endif
ifneq ($(PARTIAL)$(DISABLE_SHARED),)
ctypes      := $(call without,ctypes,needs the complete shared library)
endif
ifneq ($(PARTIAL)$(DISABLE_THREADS),)
model       := $(call without,model,its accounts are at all providers and it simulates forks)
torture     := $(call without,torture,needs threads and all that a complete build has)
endif

# What the project tests want to know.
environment = PYTHONDONTWRITEBYTECODE=1 \
    SRCDIR='$(srcdir)' BUILD='$(O)' VERSION='$(VERSION)' DEFINES='$(DEFINES)' \
    STATIC='$(filter %.a,$(LIBRARIES))' SHARED='$(filter-out %.a,$(LIBRARIES))' \
    CC='$(CC)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' \
    LIBRARIES='$(DEPENDS_LIBS) $(THREADS) $(LIBS)' \
    EMULATOR='$(EMULATOR)' NM='$(NM)' PKG_CONFIG='$(PKG_CONFIG)' MAKE='$(MAKE)' \
    GCOV='$(GCOV)' ONLY='$(ONLY)'
run_tests = $(environment) sh '$(srcdir)/build-aux/tap-run' $(O)/tests/log

check-programs: all $(TESTS) $(if $(filter torture faults,$(SUITES)),$(TORTURES)) \
        $(if $(filter fuzz,$(SUITES)),$(FUZZ_HERE)) \
        $(if $(filter http2 fuzz,$(SUITES)),$(if $(HAVE_NGHTTP2),$(if $(PARTIAL),,http2-tests)))

check: check-programs
	@$(run_tests) $(foreach s,$(SUITES),$($(s)))

# The bindings: journals of the conformance cases are compared with that of C. How a binding is built and
# tested is said in its own check.mk; what this machine lacks for one leaves it out, and is said.
CASES     = $(srcdir)/bindings/conformance/defaults.json \
            $(filter-out %/defaults.json,$(sort $(wildcard $(srcdir)/bindings/conformance/*.json)))
WITH_REDIS = $(SANDBOXED) $(PYTHON) $(srcdir)/bindings/conformance/redis.py
JOURNALS  = $(O)/bindings/c.journal
bindings  = 'bindings/c=$(SANDBOXED) $(O)/bindings/conformance $(O)/bindings/c.journal $(CASES)'
ifneq ($(filter check-bindings %-python %-php,$(MAKECMDGOALS)),)
include $(sort $(wildcard $(srcdir)/bindings/*/check.mk))
endif

bindings += 'bindings/journals=$(PYTHON) $(srcdir)/bindings/conformance/journal.py --equal $(JOURNALS)'

check-bindings: $(SHARED) $(SANDBOX) $(O)/bindings/conformance
	@rm -f $(O)/bindings/*.journal
	@$(environment) sh '$(srcdir)/build-aux/tap-run' $(O)/bindings/log $(bindings)

# Pages, in a browser. Any Python that has selenium will do.
BROWSER_PY = $(firstword $(foreach p,$(PYTHON) /usr/bin/python3,$(shell $p -c 'import selenium' 2>/dev/null && echo $p)) \
             $(PYTHON))
browser    = $(foreach t,$(call scripts,browser/*_pages.py),'$(t:$(srcdir)/tests/%=%)=$(SANDBOXED) $(BROWSER_PY) $t')
check-browser: $(SANDBOX) $(STATIC) $(O)/examples/quickstart $(CHECKOUT)
	@$(environment) sh '$(srcdir)/build-aux/tap-run' $(O)/tests/browser-log $(browser)

# All of them are in build/screenshots; these explain something.
SCREENSHOTS := console-refused-desktop-light checkout-card-phone-light checkout-card-refused-phone-light \
               checkout-apple-pay-phone-light checkout-outage-phone-dark
screenshots:
	@SPAY_SCREENSHOTS='$(O)/screenshots' $(MAKE) --no-print-directory check-browser
	cp $(SCREENSHOTS:%='$(O)/screenshots/%.png') '$(srcdir)/docs/screenshots'

# The tests on other machines, as far as this one can stand in for them.
CROSS := armhf arm64 musl
cross-check: $(SANDBOX)
	@NATIVE='$(NATIVE)' MAKE='$(MAKE)' sh '$(srcdir)/build-aux/cross-check' '$(O)/cross' $(CROSS)

# What a new user does, in minimal systems of several releases, which "make clean" leaves alone. VARIANTS
# are builds of other kinds there; build-aux/matrix describes them.
ROOTS := debian12 debian13 sid
matrix:
	@MATRIX_DIR='$(or $(MATRIX_DIR),build-matrix)' TARGETS='$(TARGETS)' VARIANTS='$(VARIANTS)' \
	    SUITES='$(if $(filter command%,$(origin SUITES)),$(SUITES))' sh '$(srcdir)/build-aux/matrix' $(ROOTS)

# The programs of the torture suite take a sample each; here they go all the way.
torture: all $(TESTS) $(TORTURES)
	@SPAY_TORTURE=1 TAP_TIMEOUT=$${TAP_TIMEOUT:-3600} $(run_tests) \
	    $(unit) $(wire) $(integration) $(torture)

OOM_TESTS := $(O)/tests/torture/no_memory $(O)/tests/torture/no_memory_start
torture-oom: $(SANDBOX) $(O)/tests/unit $(OOM_TESTS)
	@SPAY_TORTURE=1 TAP_TIMEOUT=$${TAP_TIMEOUT:-3600} $(run_tests) \
	    'unit/no_memory=CK_RUN_SUITE=no_memory $(EMULATOR) $(O)/tests/unit' \
	    $(foreach t,$(OOM_TESTS),'$(t:$(O)/tests/%=%)=$(SANDBOXED) $t')

# The model to a depth. 8 takes a minute of processor time, and each event more four times as long.
DEPTH = 8
model: $(O)/tests/model
	@TAP_TIMEOUT=$${TAP_TIMEOUT:-100000} $(environment) sh '$(srcdir)/build-aux/tap-run' $(O)/tests/model-log \
	    'model=$(O)/tests/model $(DEPTH)'
	@cat $(O)/tests/model-log/model.out

# The figures of docs/fleet.md; "make check" takes a sample.
fleet: $(SANDBOX) $(O)/examples/fleet $(O)/tests/bench/count_heap.so $(O)/tests/store/waiting
	@$(environment) SPAY_FLEET=1 $(fleet)

# MINUTES=n, or REQUESTS=n for a bounded run.
MINUTES = 1
soak: $(SANDBOX) $(O)/tests/soak/worker
	@TAP_TIMEOUT=$${TAP_TIMEOUT:-100000} $(environment) SOAK_MINUTES='$(MINUTES)' SOAK_REQUESTS='$(REQUESTS)' \
	    sh '$(srcdir)/build-aux/tap-run' $(O)/tests/soak-log \
	    'soak=$(SANDBOXED) $(PYTHON) $(srcdir)/tests/soak/soak.py $(O)/tests/soak/worker'
	@grep '^#' $(O)/tests/soak-log/soak.out

# Figures against libcurl by hand; make bench FIGURES="cpu heap" takes some of them.
bench: all $(BENCHES)
	@$(environment) $(PYTHON) '$(srcdir)/tests/bench/run' $(FIGURES)

quickstart: $(O)/bin/sessionpay-sandbox $(O)/examples/quickstart
	@$(SANDBOXED) $(O)/examples/quickstart

docs-check:
	@$(run_tests) 'documented=$(PYTHON) $(srcdir)/tests/project/documented.py'

# Expectations of golden cases that fail become what happens; "git diff" shows whether that is right.
golden-update: $(O)/tests/golden
	$(O)/tests/golden --update $(srcdir)/tests/fixtures | grep -v '^ok'

# A build that counts what tests run through, those where memory and system calls fail included. The
# bounds are those of the library's lines and branches, in percent; in these files no branch is left out.
COVERED  := lib/base/url.c lib/core/call_share.c lib/core/claims.c lib/core/redact.c lib/core/retry.c \
            lib/core/seal.c lib/core/share.c lib/core/store.c lib/core/token_cache.c lib/providers/v1hmac.c
COVERAGE  = $(PYTHON) -B '$(srcdir)/build-aux/coverage'
COUNTED   = '$(GCOV)' build-coverage lib
coverage:
	@mkdir -p build-coverage
	@find build-coverage -name '*.gcda' -exec rm -f '{}' +
	CK_FORK=no TAP_TIMEOUT=$${TAP_TIMEOUT:-900} $(MAKE) check O=build-coverage DISABLE_SHARED=1 \
	    $(if $(HAVE_NGHTTP2),WITH_NGHTTP2=1) SUITES='unit golden wire integration http2 store faults' \
	    CFLAGS='-O0 -g --coverage -fprofile-update=atomic -DSPAY_COVERAGE'
	@$(COVERAGE) -u $(COUNTED) >build-coverage/missed
	@$(COVERAGE) $(COUNTED) 98 93 $(COVERED) || { echo 'What was missed is in build-coverage/missed'; exit 1; }

# The table of struct layouts is add-only; this adds what is new.
abi-update:
	@$(environment) $(PYTHON) '$(srcdir)/tests/abi/offsets.py' --update

# What bindings are made of. The files are committed; python3-pycparser is needed to make them anew.
api:
	@CC='$(CC)' $(PYTHON) -B '$(srcdir)/build-aux/api' '$(srcdir)' '$(srcdir)/share'

# The same tests under the sanitizers, each in a build directory of its own; and without a process
# for each test, whose end would be searched for leaks each time.
SANITIZE_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZE_tsan := -fsanitize=thread
SANITIZED := $(if $(filter command%,$(origin SUITES)),$(SUITES),unit golden fuzz sandbox cli integration http2 store examples)

asan tsan:
	CK_FORK=no TSAN_OPTIONS='die_after_fork=0 suppressions=$(abspath $(srcdir))/tests/tsan.suppressions' \
	    LSAN_OPTIONS='print_suppressions=0 suppressions=$(abspath $(srcdir))/tests/lsan.suppressions' \
	    $(MAKE) check O=build-$@ DEBUG=1 DISABLE_SHARED=1 SUITES='$(SANITIZED)' \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer $(SANITIZE_$@)'

# Reads of what was never written, which the sanitizers above do not see.
valgrind:
	CK_FORK=no $(MAKE) check SUITES=memcheck

# The same of the shared library, from Python.
asan-shared:
	$(MAKE) check O=build-asan DEBUG=1 SUITES='ctypes torture' ONLY=.py \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer $(SANITIZE_asan)'

# Each for SECONDS of CPU time, as many at once as JOBS; FUZZ="NAME..." chooses. What it finds is in
# build-fuzz/NAME-crash-..., the corpus in build-fuzz/corpus/NAME, from where the next run goes on, and what
# all runs have done in build-fuzz/ledger.json. AFL++ does the same in build-afl; it counts by the clock.
SECONDS    = 60
JOBS       = 2
FUZZ       = $(notdir $(FUZZERS))
FUZZ_BUILD = DEBUG=1 DISABLE_SHARED=1 $(if $(HAVE_NGHTTP2),WITH_NGHTTP2=1) FUZZ='$(FUZZ)'
FUZZ_FLAGS = -O1 -gline-tables-only -fno-omit-frame-pointer $(SANITIZE_asan)

fuzz:
	@$(MAKE) --no-print-directory fuzzers O=build-fuzz CC=clang $(FUZZ_BUILD) FUZZ_ENGINE=-fsanitize=fuzzer \
	    CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link'
	@TAP_TIMEOUT=1000000 sh '$(srcdir)/build-aux/tap-run' build-fuzz/log \
	    'fuzz=$(PYTHON) -B $(srcdir)/tests/fuzz/run.py libfuzzer $(SECONDS) $(JOBS) build-fuzz $(FUZZ)'
	@sed -n 's/^ok [0-9]* - /  /p' build-fuzz/log/fuzz.out

fuzz-afl:
	@$(MAKE) --no-print-directory fuzzers O=build-afl CC=afl-clang-fast $(FUZZ_BUILD) FUZZ_ENGINE=-fsanitize=fuzzer \
	    CFLAGS='$(FUZZ_FLAGS)'
	@TAP_TIMEOUT=1000000 sh '$(srcdir)/build-aux/tap-run' build-afl/log \
	    'fuzz=$(PYTHON) -B $(srcdir)/tests/fuzz/run.py afl $(SECONDS) $(JOBS) build-afl $(FUZZ)'
	@sed -n 's/^ok [0-9]* - /  /p' build-afl/log/fuzz.out

# What the corpora of "make fuzz" run through, the seeds among them; each line and branch that is missed by
# all is in build-fuzz-coverage/lines.txt.
fuzz-coverage:
	@$(MAKE) --no-print-directory fuzzers O=build-fuzz-coverage CC=clang $(FUZZ_BUILD) \
	    CFLAGS='-O1 -g -fprofile-instr-generate -fcoverage-mapping'
	@$(PYTHON) -B '$(srcdir)/tests/fuzz/coverage.py' '$(srcdir)' build-fuzz-coverage build-fuzz/corpus $(FUZZ)

fuzzers: $(FUZZ:%=$(O)/tests/fuzz/%)

# Which changes are chosen follows from SEED; FILES='lib/json/*' looks at these alone.
SAMPLE = 100
SEED   = 1
FILES  = *
mutants:
	@cd '$(srcdir)' && $(PYTHON) -B tests/mutants/mutants.py '$(CURDIR)/build-mutants' $(SAMPLE) $(SEED) $(JOBS) '$(FILES)'
