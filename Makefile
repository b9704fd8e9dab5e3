# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# The whole build of libsessionpay; that of its tests is in tests/check.mk. Needs GNU make 3.81 or
# later, a C99 compiler and pkg-config.
#
#   make               the library, the command line, the sandbox and the examples, all under build/
#   make lib           the library alone
#   make quickstart    one payment session, end to end, against the sandbox
#   make check         every test; the last line is "N passed, N failed";
#                      SUITES=project runs some of them, ONLY=install those with such a name
#   make check-programs  what it runs, built and not run
#   make check-bindings  the bindings of other languages, and their conformance to the library
#   make check-browser the pages, in a headless Chromium: console and checkout; ./bootstrap browser
#   make screenshots   those of the documents, by the same journeys
#   make bench-python  the package for Python: how long it holds up a loop, and what a session costs
#   make soak-python   its memory over 100,000 sessions and 10,000 errors of each kind
#   make valgrind-python  its conformance cases under valgrind
#   make valgrind-php  the tests of the extension for PHP under valgrind
#   make model         every order of DEPTH=8 events of up to three calls; "make check" tries some fewer
#   make torture       the long tests with full figures; "make check" takes a sample of each
#   make torture-oom   of these, every allocation of the process fails in turn: most of an hour
#   make fleet         what processes share through a Redis, as a table; needs redis-server
#   make soak          threads, an event loop, forks and stores under faults, for MINUTES=1 or REQUESTS=n:
#                      nothing grows, and the sandbox received what was told
#   make bench         speed, as ratios to libcurl used by hand
#   make coverage      how much of each file of the library the tests run through; fails below its bounds
#   make asan          the tests under the address and undefined behaviour sanitizers
#   make asan-shared   the shared library under them, where Python loads it
#   make tsan          the tests under the thread sanitizer
#   make valgrind      a sample of them under valgrind's memcheck; ./bootstrap valgrind
#   make fuzz          the fuzzers with libFuzzer, each for SECONDS=60 of CPU time; needs clang
#   make fuzz-afl      the same with AFL++, in build-afl
#   make fuzz-coverage how much of the parsers their corpora run through; needs clang
#   make mutants       changes of the library, SAMPLE=100 of them, and how many the tests see
#   make matrix        quickstart and every test in minimal systems: Debian 12, 13 and sid
#   make cross-check   the library built for other machines, its tests run under emulation
#   make docs-check    doc comments, and links between the documents
#   make tidy          clang-tidy
#   make format        clang-format; make format-check tells what it would change
#   make golden-update expectations of golden cases that fail become what happens
#   make abi-update    the offsets of new public members are recorded
#   make api           share/: the description of the public headers, for bindings (docs/api.md)
#   make man           the manual's section 3, from share/
#   make compile_commands.json  for editors and other tools that want to know the compiler's options
#   make install       prefix, DESTDIR and the other GNU directory variables are honoured
#   make install-lib   builds and installs the library alone
#   make adapters      the stores on files and on Redis, each a library of its own
#   make install-adapters  builds and installs them
#   make uninstall     removes what was installed, and nothing else
#   make dist          the release's tarball
#   make distcheck     the tarball configured elsewhere, built, checked, installed, uninstalled
#   make clean         removes what was built; make distclean also what configure wrote
#   make help          this list
#
# ./configure is optional: all it does is write config.mk, which is read below. The same facts
# can be given on the command line: make CC=clang WITHOUT_CURL=1 DISABLE_WEPAY=1 prefix=/usr
# WITHOUT_STORE=1 leaves out what machines share, and the adapters.
# PROVIDERS="wepay hosted_fields" leaves out all others.
# WITH_NGHTTP2=1 adds HTTP/2 to the event-loop driver, by libnghttp2. The store on Redis is a library of
# its own, and built where libhiredis is: WITH_REDIS=1 insists on that, WITHOUT_REDIS=1 leaves it out.

PACKAGE   := libsessionpay
SOVERSION := 0

O            = build
srcdir       = .
CFLAGS       ?= -O2 -g
PKG_CONFIG   ?= pkg-config
PYTHON       ?= python3
INSTALL      ?= install
NM           ?= nm
CLANG_FORMAT ?= clang-format
CLANG_TIDY   ?= clang-tidy
GCOV         ?= gcov

# A cross build runs its tests through an emulator, against the sandbox of the native build in
# NATIVE; build-aux/cross-check shows how.
EMULATOR =
NATIVE   = $(O)

prefix      = /usr/local
exec_prefix = $(prefix)
bindir      = $(exec_prefix)/bin
libdir      = $(exec_prefix)/lib
includedir  = $(prefix)/include
datarootdir = $(prefix)/share
mandir      = $(datarootdir)/man
docdir      = $(datarootdir)/doc/$(PACKAGE)

-include config.mk

VERSION := $(shell sed -n 's/^AC_INIT.*\[\([0-9.]*\)\].*/\1/p' '$(srcdir)/configure.ac')
TARGET  := $(shell $(CC) -dumpmachine)

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all lib check check-programs cross-check matrix torture torture-oom bench quickstart clean distclean
.PHONY: install install-lib install-adapters uninstall adapters
.PHONY: dist distcheck format format-check tidy docs-check abi-update api man help http2-tests FORCE
.PHONY: asan asan-shared tsan valgrind coverage mutants model soak fleet golden-update compile_commands.json
.PHONY: fuzz fuzz-afl fuzz-coverage fuzzers
.PHONY: check-bindings bench-python soak-python valgrind-python valgrind-php check-browser screenshots

vpath %.c $(srcdir)
vpath %.map $(srcdir)
vpath %.py $(srcdir)
vpath %.json $(srcdir)

# ---- Switches: each is 1 or empty ---------------------------------------------------------------

# Every provider. PROVIDERS on the command line leaves out those that it does not name.
ALL_PROVIDERS := \
	connect_client \
	connect_server \
	hosted_fields \
	wepay
PROVIDERS     := $(ALL_PROVIDERS)

UNKNOWN := $(filter-out $(ALL_PROVIDERS),$(PROVIDERS))
$(if $(UNKNOWN),$(error PROVIDERS names none of ours: $(UNKNOWN)))

switches = $(shell echo '$(1:%=DISABLE_%)' | tr a-z A-Z)
$(foreach s,$(call switches,$(filter-out $(PROVIDERS),$(ALL_PROVIDERS))),$(eval $s := 1))
SWITCHES := WITHOUT_CURL WITHOUT_PLATFORM WITHOUT_STORE DISABLE_THREADS $(call switches,$(ALL_PROVIDERS))

DEFINES   := $(foreach s,$(SWITCHES),$(if $($(s)),-DSPAY_$(s)))
PARTIAL   := $(filter-out -DSPAY_DISABLE_THREADS,$(DEFINES))
TRANSPORT := $(if $(WITHOUT_CURL),none,curl)
DEPENDS   := $(if $(WITHOUT_CURL),,libcurl libssl) $(if $(WITH_NGHTTP2),libnghttp2) libcrypto

# The tests over HTTP/2 take a build that speaks it: this one, or one beside it where that is possible.
HAVE_NGHTTP2 := $(or $(WITH_NGHTTP2),$(shell $(PKG_CONFIG) --exists libnghttp2 2>/dev/null && \
                echo yes))
HTTP2_O      := $(if $(WITH_NGHTTP2),$(O),$(O)/http2)

# What adapters are built: "file" and "redis". Both want the clocks of a complete platform, and the
# latter has a thread.
HAVE_HIREDIS := $(if $(WITHOUT_REDIS)$(DISABLE_THREADS),,$(or $(WITH_REDIS),$(shell $(PKG_CONFIG) \
                --exists hiredis 2>/dev/null && echo yes)))
HAVE_HIREDIS_SSL := $(if $(HAVE_HIREDIS),$(shell $(PKG_CONFIG) --exists hiredis_ssl libssl \
                    2>/dev/null && echo yes))
ADAPTERS := $(if $(WITHOUT_PLATFORM)$(WITHOUT_STORE),,file $(if $(HAVE_HIREDIS),redis))
HIREDIS  := hiredis $(if $(HAVE_HIREDIS_SSL),hiredis_ssl libssl libcrypto)

# ---- Sources ------------------------------------------------------------------------------------

LIB_SRC := \
	lib/base/alloc.c \
	lib/base/arena.c \
	lib/base/ascii.c \
	lib/base/buffer.c \
	lib/base/crypto.c \
	lib/base/date.c \
	lib/base/platform.c \
	lib/base/secret.c \
	lib/base/thread.c \
	lib/base/url.c \
	lib/json/read.c \
	lib/json/scan.c \
	lib/json/write.c \
	lib/api/error.c \
	lib/api/input.c \
	lib/api/options.c \
	lib/api/version.c \
	lib/http/message.c \
	lib/http/own_request.c \
	lib/wire/http1_decode.c \
	lib/wire/http1_encode.c \
	lib/wire/request.c \
	$(if $(WITH_NGHTTP2),lib/wire/http2.c) \
	lib/transport/$(TRANSPORT).c \
	$(if $(WITHOUT_CURL),,lib/transport/connecting.c) \
	$(if $(WITHOUT_CURL),,lib/transport/connection.c) \
	$(if $(WITHOUT_CURL),,lib/transport/exchange.c) \
	lib/transport/mock.c \
	$(if $(WITHOUT_CURL),,lib/transport/monotonic.c) \
	$(if $(WITH_NGHTTP2),lib/transport/multiplex.c) \
	$(if $(WITHOUT_CURL),,lib/transport/pool.c) \
	$(if $(WITHOUT_CURL),,lib/transport/settings.c) \
	$(if $(WITHOUT_CURL),,lib/transport/trust.c) \
	lib/core/account.c \
	lib/core/budget.c \
	lib/core/call.c \
	lib/core/call_parts.c \
	lib/core/call_setup.c \
	$(if $(WITHOUT_STORE),,lib/core/call_share.c) \
	$(if $(WITHOUT_STORE),,lib/core/claims.c) \
	lib/core/client.c \
	lib/core/clock.c \
	lib/core/envelope.c \
	lib/core/event.c \
	lib/core/idempotency.c \
	lib/core/log.c \
	$(if $(WITHOUT_STORE),lib/core/no_store.c) \
	lib/core/random.c \
	lib/core/recorder.c \
	lib/core/redact.c \
	lib/core/reply.c \
	lib/core/retry.c \
	$(if $(WITHOUT_STORE),,lib/core/seal.c) \
	lib/core/session.c \
	$(if $(WITHOUT_STORE),,lib/core/share.c) \
	$(if $(WITHOUT_STORE),,lib/core/store.c) \
	lib/core/token_cache.c \
	lib/core/waiters.c \
	$(if $(DISABLE_CONNECT_CLIENT),,lib/providers/apple_pay.c) \
	lib/providers/body.c \
	$(if $(DISABLE_CONNECT_CLIENT),,lib/providers/connect_client.c) \
	$(if $(DISABLE_CONNECT_SERVER),,lib/providers/connect_server.c) \
	lib/providers/environment.c \
	$(if $(DISABLE_HOSTED_FIELDS),,lib/providers/hosted_fields.c) \
	$(if $(and $(DISABLE_CONNECT_CLIENT),$(DISABLE_CONNECT_SERVER)),,lib/providers/meta_info.c) \
	lib/providers/registry.c \
	$(if $(DISABLE_CONNECT_SERVER),,lib/providers/v1hmac.c) \
	$(if $(DISABLE_WEPAY),,lib/providers/wepay.c) \
	$(if $(or $(DISABLE_CONNECT_CLIENT),$(DISABLE_CONNECT_SERVER)),,lib/drivers/apple_pay_session.c) \
	lib/drivers/blocking.c \
	$(if $(WITHOUT_CURL),,lib/drivers/heap.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/multi.c) \
	$(if $(WITH_NGHTTP2),lib/drivers/multi_http2.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/multi_run.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/multi_slots.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/multi_submit.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/multi_woken.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/queue.c) \
	$(if $(WITHOUT_CURL),,lib/drivers/sockets.c)

# The providers in this build, and those that a switch leaves out.
BUILT    := $(patsubst lib/providers/%.c,%,$(filter $(ALL_PROVIDERS:%=lib/providers/%.c),$(LIB_SRC)))
LEFT_OUT := $(filter-out $(BUILT),$(ALL_PROVIDERS))

file_SRC := \
	adapters/adapter.c \
	adapters/file/clock.c \
	adapters/file/file.c \
	adapters/file/record.c \
	adapters/file/shard.c

redis_SRC := \
	adapters/adapter.c \
	adapters/redis/connection.c \
	adapters/redis/redis.c \
	adapters/redis/scripts.c \
	adapters/redis/socket.c \
	$(if $(HAVE_HIREDIS_SSL),adapters/redis/tls.c,adapters/redis/no_tls.c) \
	adapters/redis/url.c \
	adapters/redis/worker.c

# Programs are made of whatever is in their directory; examples are one program per file.
in = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/$(1)))

SANDBOX_SRC     := $(call in,tools/sandbox/*.c) $(call in,tools/beliefs/*.c)
CLI_SRC         := $(call in,tools/cli/*.c) $(call in,tools/cli/*/*.c) $(call in,tools/beliefs/*.c)
HAVE_LIBUV      := $(shell $(PKG_CONFIG) --exists libuv 2>/dev/null && echo yes)
EXAMPLE_SRC     := $(filter-out $(if $(HAVE_LIBUV),,examples/libuv.c),$(call in,examples/*.c))
CHECKOUT_SRC    := $(call in,examples/checkout/*.c)
UNIT_SRC        := $(call in,tests/unit/*.c)
GOLDEN_SRC      := $(filter-out $(LEFT_OUT:%=tests/golden/%.c),$(call in,tests/golden/*.c))
INTEGRATION_SRC := $(call in,tests/integration/*.c)
HTTP2_SRC       := $(call in,tests/http2/*.c)
BENCH_SRC       := $(call in,tests/bench/*.c)
SUPPORT_SRC     := $(call in,tests/support/*.c)
TORTURE_SRC     := $(call in,tests/torture/*.c)
KIT_SRC         := $(call in,tests/torture/kit/*.c)
SOAK_SRC        := $(call in,tests/soak/*.c)
MODEL_SRC       := $(call in,tests/model/*.c)
FUZZ_SRC        := $(filter-out $(if $(HAVE_HIREDIS),,tests/fuzz/redis.c),$(call in,tests/fuzz/*.c))
FUZZ_SUPPORT    := $(call in,tests/fuzz/support/*.c)
READERS_SRC     := $(call in,tests/wire/readers/*.c)
WIRE_SRC        := $(filter-out $(if $(WITHOUT_CURL),tests/wire/curl.c tests/wire/hosts.c), \
                   $(call in,tests/wire/*.c))
STORE_SRC       := $(call in,tests/store/*.c)
CONFORM_SRC     := $(call in,bindings/conformance/*.c)
STORE_MAINS     := $(if $(WITHOUT_PLATFORM)$(WITHOUT_STORE),,$(ADAPTERS:%=tests/store/%.c))

# Most examples use all providers or the built-in transport. These do with WePay alone.
ifneq ($(PARTIAL),)
EXAMPLE_SRC := $(if $(DISABLE_WEPAY),,$(call in,examples/firmware.c) $(call in,examples/mock.c) \
               $(call in,examples/own_transport.c))
endif

# Many threads and processes, and barriers between them.
ifneq ($(DISABLE_THREADS)$(findstring darwin,$(TARGET)),)
EXAMPLE_SRC := $(filter-out examples/fleet.c,$(EXAMPLE_SRC))
endif

ifdef WITHOUT_STORE
UNIT_SRC    :=
SUPPORT_SRC := $(filter-out tests/support/memory_store.c tests/support/machine.c,$(SUPPORT_SRC))
endif

# What gives its clients no clock is of no use without one.
ifdef WITHOUT_PLATFORM
EXAMPLE_SRC := $(filter examples/mock.c,$(EXAMPLE_SRC))
UNIT_SRC    :=
endif

# ---- Products -----------------------------------------------------------------------------------

STATIC := $(O)/lib/$(PACKAGE).a

ifneq ($(findstring darwin,$(TARGET)),)
SHARED_NAME := $(PACKAGE).$(VERSION).dylib
SHARED_SO   := $(PACKAGE).$(SOVERSION).dylib
SHARED_LINK := $(PACKAGE).dylib
else
SHARED_NAME := $(PACKAGE).so.$(VERSION)
SHARED_SO   := $(PACKAGE).so.$(SOVERSION)
SHARED_LINK := $(PACKAGE).so
endif
SHARED := $(O)/lib/$(SHARED_NAME)

# Those of an adapter, by its name.
archive    = $(O)/lib/$(PACKAGE)-$(1).a
shared     = $(O)/lib/$(subst $(PACKAGE).,$(PACKAGE)-$(1).,$(SHARED_NAME))
shared_so  = $(subst $(PACKAGE).,$(PACKAGE)-$(1).,$(SHARED_SO))
shared_dev = $(subst $(PACKAGE).,$(PACKAGE)-$(1).,$(SHARED_LINK))

ADAPTER_LIBRARIES := $(foreach a,$(ADAPTERS),$(if $(DISABLE_STATIC),,$(call archive,$a)) \
                     $(if $(DISABLE_SHARED),,$(call shared,$a)))

LIBRARIES := $(if $(DISABLE_STATIC),,$(STATIC)) $(if $(DISABLE_SHARED),,$(SHARED))
SANDBOX   := $(if $(SANDBOX_SRC),$(if $(filter $(O),$(NATIVE)),$(O)/bin/sessionpay-sandbox))
# The shop, and the command line, use all providers and the built-in transport.
CHECKOUT  := $(if $(SANDBOX),$(if $(CHECKOUT_SRC),$(if $(PARTIAL)$(DISABLE_THREADS),,$(O)/examples/checkout)))
CLI       := $(if $(CLI_SRC),$(if $(PARTIAL),,$(if $(filter $(O),$(NATIVE)),$(O)/bin/sessionpay)))
EXAMPLES  := $(EXAMPLE_SRC:%.c=$(O)/%) $(CHECKOUT)
TESTS     := $(if $(UNIT_SRC),$(O)/tests/unit) $(if $(GOLDEN_SRC),$(O)/tests/golden)
TESTS     += $(WIRE_SRC:%.c=$(O)/%) $(STORE_MAINS:%.c=$(O)/%)

# These use all providers and the built-in transport.
ifeq ($(PARTIAL),)
TESTS     += $(if $(INTEGRATION_SRC),$(O)/tests/integration)
ifndef DISABLE_THREADS
TESTS     += $(if $(MODEL_SRC),$(O)/tests/model)
TORTURES  := $(TORTURE_SRC:%.c=$(O)/%)
endif
endif

all: lib adapters $(CLI) $(SANDBOX) $(EXAMPLES)

# The list at the top of this file.
help:
	@sed -n '/^$$/q; s/^#   make/  make/p; s/^#      /     /p' '$(srcdir)/Makefile'

lib: $(LIBRARIES)

adapters: $(ADAPTER_LIBRARIES)

# ---- Flags: ours first, the user's last ---------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
            -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wundef -Wvla

# assert() is for development: make DEBUG=1. A released library never ends its host.
NDEBUG := $(if $(DEBUG),,-DNDEBUG)

# Fortified string functions need an optimiser and get in the way of the sanitizers.
FORTIFY := $(if $(filter -O1 -O2 -O3 -Os -Oz,$(CFLAGS)),-D_FORTIFY_SOURCE=2)
ifneq ($(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS) $(CC))$(findstring -fsanitize,$(CFLAGS)),)
FORTIFY :=
endif
THREADS := $(if $(DISABLE_THREADS),,-pthread)

# What this compiler has for this machine against overflows of the stack and jumps to where nothing
# should begin; tests/project/hardening.py looks for it in what was built.
accepted = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
HARDENED := $(foreach f,-fstack-protector-strong -fstack-clash-protection -fcf-protection \
                        -mbranch-protection=standard,$(call accepted,$f))

# On 32-bit systems: times beyond 2038, and files on any disk. None of it shows in include/.
WIDE := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64

SPAY_CPPFLAGS := -D_POSIX_C_SOURCE=200809L $(WIDE) $(FORTIFY) $(DEFINES) \
                 $(if $(WITH_NGHTTP2),-DSPAY_WITH_NGHTTP2) \
                 $(if $(DISABLE_HOSTED_FIELDS),-DSPAY_WITHOUT_ISO_DATES) -I'$(srcdir)/include'
# Without unwind tables: nothing is thrown through C, and a debugger has its own with -g.
SPAY_CFLAGS   := -std=c99 $(WARNINGS) -fvisibility=hidden $(HARDENED) \
                 -fno-asynchronous-unwind-tables -fno-unwind-tables $(THREADS)
SPAY_LDFLAGS  := $(THREADS)

ifneq ($(findstring darwin,$(TARGET)),)
SPAY_CPPFLAGS += -D_DARWIN_C_SOURCE
SHARED_FLAGS   = -dynamiclib -install_name '$(libdir)/$(SHARED_SO)' \
                 -Wl,-exported_symbols_list,$(O)/obj/exports
ADAPTER_FLAGS  = -dynamiclib -install_name '$(libdir)/$(call shared_so,$(1))' \
                 -Wl,-exported_symbol,'_spay_$(1)_*'
$(SHARED): $(O)/obj/exports
else
SPAY_LDFLAGS  += -Wl,-z,relro,-z,now
# A build that leaves something out lacks names that the map has; not every linker lets that pass.
LENIENT := $(if $(PARTIAL),$(shell $(CC) $(LDFLAGS) -shared -Wl,--undefined-version -x c /dev/null \
           -o /dev/null 2>/dev/null && echo -Wl,--undefined-version))
# Relocations in the compact form, for most a bit instead of 24 bytes, where the linker writes it and
# glibc reads it: since 2.36.
COMPACT  = $(if $(findstring linux-gnu,$(TARGET)),$(shell echo 'int has[__GLIBC_PREREQ(2, 36) ? 1 : -1];' | \
           $(CC) $(LDFLAGS) -include features.h -shared -Wl,--fatal-warnings,-z,pack-relative-relocs \
           -x c - -o /dev/null 2>/dev/null && echo -Wl,-z,pack-relative-relocs))
SHARED_FLAGS   = -shared -Wl,-soname,$(SHARED_SO) -Wl,--no-undefined -Wl,-Bsymbolic-functions $(LENIENT) \
                 $(COMPACT) -Wl,--version-script='$(srcdir)/lib/$(PACKAGE).map'
ADAPTER_FLAGS  = -shared -Wl,-soname,$(call shared_so,$(1)) -Wl,--no-undefined $(COMPACT) \
                 -Wl,--version-script='$(srcdir)/adapters/$(1)/$(PACKAGE)-$(1).map'
endif

# The oldest versions that have what the code uses. configure reads them here.
OLDEST_hiredis       := 0.14.0
OLDEST_libcjson      := 1.7.13
OLDEST_libcrypto     := 3.0.0
OLDEST_libcurl       := 7.87.0
OLDEST_libmicrohttpd := 0.9.71
OLDEST_libssl        := 3.0.0

# Asked at most once, and only when something is compiled or linked: "make clean" needs no libcurl.
ask  = $(eval $(1) := $$(call pkg,$(2),$(3)))$($(1))
pkg  = $(foreach m,$(2),$(call need,$m))$(shell $(PKG_CONFIG) $(1) $(2))
need = $(if $(shell $(PKG_CONFIG) --exists '$(1) >= $(or $(OLDEST_$(1)),0)' && echo yes),,$(call \
       lack,$(1),$(shell $(PKG_CONFIG) --modversion $(1) 2>/dev/null)))
lack = $(error $(1) $(addsuffix $() or later,$(OLDEST_$(1))) is needed, and $(or $(2),none) found by \
       $(PKG_CONFIG); $(if $(2),PKG_CONFIG_PATH may name a newer one,./bootstrap installs it))

DEPENDS_CFLAGS = $(call ask,DEPENDS_CFLAGS,--cflags,$(DEPENDS))
DEPENDS_LIBS   = $(call ask,DEPENDS_LIBS,--libs,$(DEPENDS))
HIREDIS_FLAGS  = $(call ask,HIREDIS_FLAGS,--cflags,$(HIREDIS))
HIREDIS_CFLAGS = $(patsubst -I%,-isystem %,$(HIREDIS_FLAGS)) # its headers convert as they like
HIREDIS_LIBS   = $(call ask,HIREDIS_LIBS,--libs,$(HIREDIS))
CHECK_CFLAGS   = $(call ask,CHECK_CFLAGS,--cflags,check)
CHECK_LIBS     = $(call ask,CHECK_LIBS,--libs,check)
CJSON_CFLAGS   = $(call ask,CJSON_CFLAGS,--cflags,libcjson)
CJSON_LIBS     = $(call ask,CJSON_LIBS,--libs,libcjson)
SANDBOX_CFLAGS = $(call ask,SANDBOX_CFLAGS,--cflags,libmicrohttpd libcjson libcrypto)
SANDBOX_LIBS   = $(call ask,SANDBOX_LIBS,--libs,libmicrohttpd libcjson libcrypto)

# ---- Compiling and linking ----------------------------------------------------------------------

Q := $(if $(V),,@)

compile = $(CC) -MMD -MP -MF $@.d $(SPAY_CPPFLAGS) $(DIR_CFLAGS) $(SPAY_CFLAGS) \
          $(CPPFLAGS) $(CFLAGS) $(OPTIMIZE) -c -o $@ $<
link    = $(CC) $(SPAY_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.lo,$^) $(filter %.a,$^)

# A program, of the objects and archives that it depends on, and these libraries.
define program
@mkdir -p $(@D)
@echo '  LINK    $@'
$(Q)$(link) $(1) $(LIBS)
endef

# A library to be preloaded: nothing of ours is in it.
define preloaded
@mkdir -p $(@D)
@echo '  LINK    $@'
$(Q)$(CC) -std=c99 -O2 $(WARNINGS) -shared -fPIC -o $@ $<
endef

PRIVATE = -I'$(srcdir)/lib' -I'$(srcdir)/tests' $(DEPENDS_CFLAGS) $(CJSON_CFLAGS)

$(O)/obj/lib/%:        DIR_CFLAGS = -I'$(srcdir)/lib' $(NDEBUG) $(DEPENDS_CFLAGS)
$(O)/obj/adapters/%:   DIR_CFLAGS = -I'$(srcdir)/adapters' $(NDEBUG)
$(O)/obj/adapters/redis/%: DIR_CFLAGS = -I'$(srcdir)/adapters' $(NDEBUG) $(HIREDIS_CFLAGS)
$(O)/obj/tools/%:      DIR_CFLAGS = -I'$(srcdir)/tools' -I'$(O)/obj/tools' -DSANDBOX_VERSION='"$(VERSION)"' $(SANDBOX_CFLAGS)
$(O)/obj/tools/beliefs/%: DIR_CFLAGS = $(CJSON_CFLAGS)
$(O)/obj/tools/cli/%:  DIR_CFLAGS = -I'$(srcdir)/tools' $(CJSON_CFLAGS) $(DEPENDS_CFLAGS)
$(O)/obj/examples/%:   DIR_CFLAGS = $(DEPENDS_CFLAGS)
$(O)/obj/tests/%:      DIR_CFLAGS = $(PRIVATE)
$(O)/obj/tests/fuzz/%: DIR_CFLAGS = -I'$(srcdir)/tests/fuzz' -I'$(srcdir)/adapters' -I'$(srcdir)/tools' -I'$(srcdir)/tools/sandbox' $(PRIVATE)
$(O)/obj/bindings/%:   DIR_CFLAGS = -I'$(O)/obj/bindings' $(DEPENDS_CFLAGS) $(CJSON_CFLAGS)
$(O)/obj/tests/store/%: DIR_CFLAGS = -I'$(srcdir)/adapters' $(CHECK_CFLAGS)
$(O)/obj/tests/store/waiting.o: DIR_CFLAGS = $(PRIVATE)
$(O)/obj/tests/unit/% $(O)/obj/tests/http2/%: DIR_CFLAGS = $(PRIVATE) $(CHECK_CFLAGS)
GOLDEN_CFLAGS = '-DEACH_PROVIDER(name)=$(patsubst %,name(%),$(BUILT))' '-DLEFT_OUT="$(LEFT_OUT)"'
$(O)/obj/tests/golden/main.o: DIR_CFLAGS = $(PRIVATE) $(GOLDEN_CFLAGS)

# The library is to be small as well as fast: where -O2 is asked for, the files get it whose loops
# are most of a call's time, and the others are compiled for size: with -Oz, which gcc has since 12.
# (gcc then makes of memcpy() a string instruction, which begins slowly, but not of memmove().)
FAST := lib/base/buffer.c lib/json/read.c lib/json/scan.c

$(O)/obj/lib/%: OPTIMIZE = $(if $(filter $(FAST),$(<:$(srcdir)/%=%)),,$(SMALL))
SMALL := $(if $(filter -O2 -O3,$(CFLAGS)),$(shell $(CC) -Oz -E -x c /dev/null >/dev/null 2>&1 && \
         echo -Oz || echo -Os))

# It looks at the stack from within a signal handler of its own.
$(O)/obj/tests/torture/kit/crash_site.o: OPTIMIZE = -fasynchronous-unwind-tables

$(O)/obj/%.o: %.c $(O)/obj/flags
	@mkdir -p $(@D)
	@echo '  CC      $*.c'
	$(Q)$(compile)

$(O)/obj/%.lo: %.c $(O)/obj/flags
	@mkdir -p $(@D)
	@echo '  CC PIC  $*.c'
	$(Q)$(compile) -fPIC

# Other flags, another compiler or version: compile again.
FLAGS := $(VERSION) $(CC) $(SPAY_CPPFLAGS) $(SPAY_CFLAGS) $(NDEBUG) $(CPPFLAGS) $(CFLAGS) $(SMALL) $(LDFLAGS) \
         $(LIB_SRC) $(redis_SRC)
$(O)/obj/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@

objects = $(1:%.c=$(O)/obj/%.o)
OBJECTS := $(call objects,$(LIB_SRC) $(CLI_SRC) $(SANDBOX_SRC) $(EXAMPLE_SRC) $(CHECKOUT_SRC) $(UNIT_SRC) $(GOLDEN_SRC) \
           $(INTEGRATION_SRC) $(SUPPORT_SRC) $(TORTURE_SRC) $(KIT_SRC) $(BENCH_SRC) $(HTTP2_SRC) \
           $(WIRE_SRC) $(READERS_SRC) $(FUZZ_SRC) $(FUZZ_SUPPORT) $(STORE_SRC) $(SOAK_SRC) $(MODEL_SRC) $(CONFORM_SRC) $(foreach a,$(ADAPTERS),$($a_SRC)))
-include $(OBJECTS:=.d) $(patsubst %.c,$(O)/obj/%.lo.d,$(LIB_SRC) $(foreach a,$(ADAPTERS),$($a_SRC)))

$(STATIC): $(call objects,$(LIB_SRC))
	@mkdir -p $(@D)
	@echo '  AR      $@'
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(SHARED): $(LIB_SRC:%.c=$(O)/obj/%.lo) lib/$(PACKAGE).map
	@mkdir -p $(@D)
	@echo '  LINK    $@'
	$(Q)$(link) $(SHARED_FLAGS) $(DEPENDS_LIBS) $(LIBS)
	$(Q)cd $(@D) && ln -sf $(SHARED_NAME) $(SHARED_SO) && ln -sf $(SHARED_SO) $(SHARED_LINK)

# An adapter: adapter,name,libraries that it links.
define adapter
$(call archive,$(1)): $(call objects,$($(1)_SRC))
	@mkdir -p $$(@D)
	@echo '  AR      $$@'
	$(Q)rm -f $$@ && $(AR) rcs $$@ $$^

$(call shared,$(1)): $($(1)_SRC:%.c=$(O)/obj/%.lo) adapters/$(1)/$(PACKAGE)-$(1).map $(SHARED)
	@mkdir -p $$(@D)
	@echo '  LINK    $$@'
	$(Q)$$(link) $$(call ADAPTER_FLAGS,$(1)) $(SHARED) $(2) $(LIBS)
	$(Q)cd $$(@D) && ln -sf $$(@F) $(call shared_so,$(1)) && \
	    ln -sf $(call shared_so,$(1)) $(call shared_dev,$(1))
endef

$(eval $(call adapter,file,))
$(eval $(call adapter,redis,$$(HIREDIS_LIBS)))

# For Apple's linker: the names in the map that this build defines.
$(O)/obj/exports: $(LIB_SRC:%.c=$(O)/obj/%.lo)
	$(Q)$(NM) -gU $^ | sed -n 's/.* T _//p' | sort -u >$@.defined
	$(Q)sed -n 's/^ *\(spay_[a-z0-9_]*\);.*/\1/p' '$(srcdir)/lib/$(PACKAGE).map' | sort -u | \
	    comm -12 - $@.defined | sed 's/^/_/' >$@

$(O)/bin/sessionpay-sandbox: $(call objects,$(SANDBOX_SRC))
	$(call program,$(SANDBOX_LIBS))

# The sandbox's console is part of the program.
CONSOLE := $(sort $(wildcard $(srcdir)/tools/sandbox/console/*))
$(O)/obj/tools/assets.h: $(srcdir)/build-aux/embed $(CONSOLE)
	@mkdir -p $(@D)
	$(Q)sh '$(srcdir)/build-aux/embed' $(CONSOLE) >$@
$(O)/obj/tools/sandbox/console.o: $(O)/obj/tools/assets.h

# So is what it has for checkout pages.
SCRIPTS := $(sort $(wildcard $(srcdir)/tools/sandbox/pages/*))
$(O)/obj/tools/scripts.h: $(srcdir)/build-aux/embed $(SCRIPTS)
	@mkdir -p $(@D)
	$(Q)sh '$(srcdir)/build-aux/embed' $(SCRIPTS) >$@
$(O)/obj/tools/sandbox/pages.o: $(O)/obj/tools/scripts.h

$(O)/bin/sessionpay: $(call objects,$(CLI_SRC)) $(STATIC)
	@mkdir -p $(@D)
	@echo '  LINK    $@'
	$(Q)$(link) $(CJSON_LIBS) $(DEPENDS_LIBS) $(LIBS)

$(O)/examples/%: $(O)/obj/examples/%.o $(STATIC)
	$(call program,$(EXAMPLE_LIBS) $(DEPENDS_LIBS))

# Shares tokens and sessions through the adapters.
$(O)/examples/fleet: | $(foreach a,$(ADAPTERS),$(call archive,$a))
$(O)/examples/fleet: EXAMPLE_LIBS = $(foreach a,$(ADAPTERS),$(call archive,$a)) $(STATIC) \
                     $(if $(filter redis,$(ADAPTERS)),$(HIREDIS_LIBS))
$(O)/obj/examples/fleet.o: DIR_CFLAGS = $(if $(filter redis,$(ADAPTERS)),-DFLEET_REDIS)

# A shop, of several files, with the HTTP server of the sandbox.
$(O)/examples/checkout: $(call objects,$(CHECKOUT_SRC)) $(STATIC)
	$(call program,$(DEPENDS_LIBS) $(SANDBOX_LIBS))
$(O)/obj/examples/checkout/%: DIR_CFLAGS = $(SANDBOX_CFLAGS)

# Its own TLS stack.
$(O)/examples/firmware: EXAMPLE_LIBS = $(shell $(PKG_CONFIG) --libs libssl)

# Somebody else's event loop.
$(O)/examples/libuv: EXAMPLE_LIBS = $(shell $(PKG_CONFIG) --libs libuv)
$(O)/obj/examples/libuv.o: DIR_CFLAGS = $(DEPENDS_CFLAGS) $(shell $(PKG_CONFIG) --cflags libuv)

# ---- Tests --------------------------------------------------------------------------------------

# A tree without its tests still builds.
-include $(srcdir)/tests/check.mk

# ---- Installation -------------------------------------------------------------------------------

ADAPTER_HEADERS := $(foreach a,file redis,$(srcdir)/include/sessionpay/$a.h)
HEADERS := $(filter-out $(ADAPTER_HEADERS),$(wildcard $(srcdir)/include/sessionpay/*.h))
DOCS    := $(wildcard $(srcdir)/docs/*.md $(srcdir)/docs/*.svg)
SHOTS   := $(wildcard $(srcdir)/docs/screenshots/*.png)
TEXTS   := $(foreach f,LICENSE README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md,$(srcdir)/$f)
SAMPLES := $(wildcard $(srcdir)/examples/*.[ch])
SHOP    := $(wildcard $(srcdir)/examples/checkout/*.[ch])
PAGES   := $(wildcard $(srcdir)/examples/checkout/pages/*)
API     := $(wildcard $(srcdir)/share/*)
apidir   = $(datarootdir)/sessionpay

# The manual's section 3 is made where there is a Python, and installed then.
MANUAL   = $(if $(shell $(PYTHON) -c '' 2>/dev/null && echo yes),$(shell $(PYTHON) -B '$(srcdir)/build-aux/manual' \
           '$(srcdir)/share/sessionpay.api.json' --list))

# Where the shells look for completions.
bashdir = $(datarootdir)/bash-completion/completions
zshdir  = $(datarootdir)/zsh/site-functions

D = $(DESTDIR)

install-lib: lib
	$(INSTALL) -d "$(D)$(includedir)/sessionpay" "$(D)$(libdir)/pkgconfig" "$(D)$(apidir)"
	$(INSTALL) -m 644 $(HEADERS) "$(D)$(includedir)/sessionpay"
	$(INSTALL) -m 644 $(API) "$(D)$(apidir)"
ifeq ($(DISABLE_STATIC),)
	$(INSTALL) -m 644 $(STATIC) "$(D)$(libdir)"
endif
ifeq ($(DISABLE_SHARED),)
	$(INSTALL) -m 755 $(SHARED) "$(D)$(libdir)"
	ln -sf $(SHARED_NAME) "$(D)$(libdir)/$(SHARED_SO)"
	ln -sf $(SHARED_SO) "$(D)$(libdir)/$(SHARED_LINK)"
endif
	$(pc) '$(srcdir)/pkgconfig/$(PACKAGE).pc.in' >"$(D)$(libdir)/pkgconfig/$(PACKAGE).pc"

# An adapter: its header, its libraries, its .pc file.
define install_adapter
	$(INSTALL) -m 644 '$(srcdir)/include/sessionpay/$(1).h' "$(D)$(includedir)/sessionpay"
	$(if $(DISABLE_STATIC),,$(INSTALL) -m 644 $(call archive,$(1)) "$(D)$(libdir)")
	$(if $(DISABLE_SHARED),,$(INSTALL) -m 755 $(call shared,$(1)) "$(D)$(libdir)")
	$(if $(DISABLE_SHARED),,ln -sf $(notdir $(call shared,$(1))) "$(D)$(libdir)/$(call shared_so,$(1))")
	$(if $(DISABLE_SHARED),,ln -sf $(call shared_so,$(1)) "$(D)$(libdir)/$(call shared_dev,$(1))")
	$(pc) '$(srcdir)/pkgconfig/$(PACKAGE)-$(1).pc.in' >"$(D)$(libdir)/pkgconfig/$(PACKAGE)-$(1).pc"

endef

install-adapters: adapters
	$(INSTALL) -d "$(D)$(includedir)/sessionpay" "$(D)$(libdir)/pkgconfig"
	$(foreach a,$(ADAPTERS),$(call install_adapter,$a))

man:
	$(Q)$(PYTHON) -B '$(srcdir)/build-aux/manual' '$(srcdir)/share/sessionpay.api.json' $(O)/man/man3

install: all install-lib install-adapters
ifneq ($(SANDBOX),)
	$(INSTALL) -d "$(D)$(bindir)"
	$(INSTALL) -m 755 $(SANDBOX) "$(D)$(bindir)"
endif
ifneq ($(CLI),)
	$(INSTALL) -d "$(D)$(bindir)" "$(D)$(mandir)/man1" "$(D)$(bashdir)" "$(D)$(zshdir)"
	$(INSTALL) -m 755 $(CLI) "$(D)$(bindir)"
	$(INSTALL) -m 644 '$(srcdir)/tools/cli/sessionpay.1' "$(D)$(mandir)/man1"
	$(INSTALL) -m 644 '$(srcdir)/tools/cli/completion/sessionpay.bash' "$(D)$(bashdir)/sessionpay"
	$(INSTALL) -m 644 '$(srcdir)/tools/cli/completion/sessionpay.zsh' "$(D)$(zshdir)/_sessionpay"
endif
	$(if $(MANUAL),@$(MAKE) --no-print-directory man)
	$(if $(MANUAL),$(INSTALL) -d "$(D)$(mandir)/man3")
	$(if $(MANUAL),$(INSTALL) -m 644 $(MANUAL:%=$(O)/man/man3/%) "$(D)$(mandir)/man3")
	$(INSTALL) -d "$(D)$(docdir)/docs/screenshots" "$(D)$(docdir)/examples/checkout/pages"
	$(INSTALL) -m 644 $(TEXTS) "$(D)$(docdir)"
	$(INSTALL) -m 644 $(DOCS) "$(D)$(docdir)/docs"
	$(INSTALL) -m 644 $(SHOTS) "$(D)$(docdir)/docs/screenshots"
	$(INSTALL) -m 644 $(SAMPLES) "$(D)$(docdir)/examples"
	$(INSTALL) -m 644 $(SHOP) "$(D)$(docdir)/examples/checkout"
	$(INSTALL) -m 644 $(PAGES) "$(D)$(docdir)/examples/checkout/pages"

# By name: whatever else is in these directories belongs to somebody else.
remove = [ ! -d "$(D)$(1)" ] || (cd "$(D)$(1)" && rm -f $(2))
prune  = rmdir "$(D)$(1)" 2>/dev/null || :

uninstall:
	$(call remove,$(includedir)/sessionpay,$(notdir $(HEADERS) $(ADAPTER_HEADERS)))
	$(call remove,$(libdir),$(notdir $(STATIC)) $(SHARED_NAME) $(SHARED_SO) $(SHARED_LINK))
	$(call remove,$(libdir),$(foreach a,file redis,$(notdir $(call archive,$a) $(call shared,$a)) \
	    $(call shared_so,$a) $(call shared_dev,$a)))
	$(call remove,$(libdir)/pkgconfig,$(PACKAGE).pc $(PACKAGE)-file.pc $(PACKAGE)-redis.pc)
	$(call remove,$(bindir),sessionpay-sandbox)
	$(if $(CLI),$(call remove,$(bindir),sessionpay))
	$(if $(CLI),$(call remove,$(mandir)/man1,sessionpay.1))
	$(if $(MANUAL),$(call remove,$(mandir)/man3,$(MANUAL)))
	$(if $(CLI),$(call remove,$(bashdir),sessionpay))
	$(if $(CLI),$(call remove,$(zshdir),_sessionpay))
	$(call remove,$(apidir),$(notdir $(API)))
	$(call remove,$(docdir),$(notdir $(TEXTS)) $(addprefix docs/,$(notdir $(DOCS))) \
	    $(addprefix docs/screenshots/,$(notdir $(SHOTS))) \
	    $(addprefix examples/,$(notdir $(SAMPLES))) $(addprefix examples/checkout/,$(notdir $(SHOP))) \
	    $(addprefix examples/checkout/pages/,$(notdir $(PAGES))))
	$(foreach d,$(docdir)/docs/screenshots $(docdir)/docs $(docdir)/examples/checkout/pages $(docdir)/examples/checkout \
	    $(docdir)/examples $(docdir) $(apidir) $(includedir)/sessionpay,$(call prune,$d);)

# A static-only library makes its users link what it links; a shared one keeps that to itself.
relative = $(patsubst $(prefix)/%,$${prefix}/%,$(1))
pc = sed -e 's|@prefix@|$(prefix)|' -e 's|@includedir@|$(call relative,$(includedir))|' \
    -e 's|@libdir@|$(call relative,$(libdir))|' -e 's|@apidir@|$(call relative,$(apidir))|' -e 's|@VERSION@|$(VERSION)|' \
    -e 's|@REQUIRES@|$(if $(DISABLE_SHARED),$(DEPENDS))|' \
    -e 's|@REQUIRES_PRIVATE@|$(if $(DISABLE_SHARED),,$(DEPENDS))|' \
    -e 's|@LIBS@|$(if $(DISABLE_SHARED),$(THREADS))|' \
    -e 's|@HIREDIS@|$(if $(DISABLE_SHARED),$(HIREDIS))|' \
    -e 's|@HIREDIS_PRIVATE@|$(if $(DISABLE_SHARED),,$(HIREDIS))|' \
    -e 's|@LIBS_PRIVATE@|$(if $(DISABLE_SHARED),,$(THREADS))|' -e 's| *$$||'

# ---- Releases -----------------------------------------------------------------------------------

configure: configure.ac
	cd '$(srcdir)' && autoconf && rm -rf autom4te.cache

dist:
	sh '$(srcdir)/build-aux/dist' '$(srcdir)' $(O) $(PACKAGE)-$(VERSION)

distcheck: dist
	MAKE='$(MAKE)' sh '$(srcdir)/build-aux/distcheck' $(O) $(PACKAGE)-$(VERSION)

# ---- Tidiness -----------------------------------------------------------------------------------

C_FILES := $(sort $(foreach d,lib adapters tools examples tests include bindings,$(shell find '$(srcdir)/$d' -name '*.[ch]')))

format:
	@$(CLANG_FORMAT) -i $(C_FILES)

# Tells the files that "make format" would change.
format-check:
	@unformatted=$$($(CLANG_FORMAT) --dry-run $(C_FILES) 2>&1 | sed -n 's/:[0-9].*warning.*//p' | sort -u); \
	test -z "$$unformatted" || { echo 'make format would change:'; echo "$$unformatted"; exit 1; }

# Every C file that this machine can compile, by .clang-tidy; what is in order is not looked at again
# until a source changes. With -j, several at once.
NODE_INCLUDE := $(dir $(firstword $(wildcard /usr/include/node/node_api.h /usr/include/nodejs/src/node_api.h)))
TIDY_SRC    := $(filter-out tests/abi/sized.c bindings/php/% $(if $(NODE_INCLUDE),,bindings/node/%) $(if $(HAVE_NGHTTP2),,%/http2.c %/multiplex.c %/multi_http2.c tests/http2/%) \
               $(if $(HAVE_LIBUV),,examples/libuv.c) $(if $(HAVE_HIREDIS),,adapters/redis/% tests/store/redis.c tests/fuzz/redis.c) \
               $(if $(HAVE_HIREDIS_SSL),,adapters/redis/tls.c),$(patsubst $(srcdir)/%,%,$(filter %.c,$(C_FILES))))
TIDY_CFLAGS  = -std=c99 $(SPAY_CPPFLAGS) -I'$(srcdir)/tests/fuzz' -I'$(srcdir)/tools' -I'$(srcdir)/tools/sandbox' $(if $(HAVE_NGHTTP2),-DSPAY_WITH_NGHTTP2) \
               -DSANDBOX_VERSION='"$(VERSION)"' $(PRIVATE) $(SANDBOX_CFLAGS) $(CHECK_CFLAGS) \
               -I'$(srcdir)/adapters' -I'$(O)/obj/bindings' -I'$(O)/obj/tools' $(NODE_INCLUDE:%=-I%) \
               $(if $(HAVE_HIREDIS),-DFLEET_REDIS $(HIREDIS_CFLAGS)) \
               $(GOLDEN_CFLAGS)
$(O)/tidy/bindings/conformance/layout.ok $(O)/tidy/bindings/conformance/run.ok: $(O)/obj/bindings/layouts.h
$(O)/tidy/tools/sandbox/console.ok $(O)/tidy/tools/sandbox/pages.ok: $(O)/obj/tools/assets.h $(O)/obj/tools/scripts.h

tidy: $(TIDY_SRC:%.c=$(O)/tidy/%.ok)

$(O)/tidy/%.ok: %.c $(filter %.h,$(C_FILES)) $(wildcard $(srcdir)/.clang-tidy $(srcdir)/*/.clang-tidy)
	@mkdir -p $(@D)
	@echo '  TIDY    $*.c'
	$(Q)$(CLANG_TIDY) --quiet $< -- $(TIDY_CFLAGS) 2>$@.err || { cat $@.err; exit 1; }
	@rm -f $@.err && touch $@

# Everything that a complete build compiles, whether it is up to date or not.
compile_commands.json:
	@$(MAKE) --no-print-directory -Bn V=1 Q= all $(TESTS) $(TORTURES) | \
	    $(PYTHON) '$(srcdir)/build-aux/compile-commands' >$@
	@echo '  JSON    $@'

clean:
	rm -rf $(O) build-afl build-asan build-coverage build-fuzz build-fuzz-coverage build-mutants build-tsan

distclean: clean
	rm -f config.mk config.log config.status compile_commands.json $(if $(filter-out .,$(srcdir)),Makefile)
