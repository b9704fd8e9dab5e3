# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# Go: all of it finds an installed library with pkg-config, as a program would. The tests are built with the race
# detector, where there is one, and with the strict checks of cgo; up to Go 1.20 these are set when they run.
GO        ?= go
GO_DIR     = $(abspath $(O))/bindings/go
GO_ENV     = PKG_CONFIG_PATH=$(GO_DIR)/prefix/lib/pkgconfig LD_LIBRARY_PATH=$(GO_DIR)/prefix/lib CGO_ENABLED=1 \
             GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOPROXY=off GOCACHE=$(GO_DIR)/cache GOPATH=$(GO_DIR)/path
GO_TESTS   = $(GO_ENV) $(WITH_REDIS) $(PYTHON) $(srcdir)/bindings/go/tests
GO_STRICT  = $(if $(filter go1.19% go1.20%,$(GO_VERSION)),,GOEXPERIMENT=cgocheck2)
GO_RACE    = $(if $(filter %/amd64 %/arm64 %/ppc64le %/s390x,$(GO_VERSION)),-race)
GO_TAGS    = $(if $(filter redis,$(ADAPTERS)),-tags redis)
GO_VERSION := $(shell $(GO) version 2>/dev/null)
ifeq ($(GO_VERSION),)
bindings  += $(call without,bindings/go,there is no go; ./bootstrap go installs it)
else
JOURNALS  += $(O)/bindings/go.journal
bindings  += 'bindings/go=$(GO_TESTS)/package.py $(GO) $(GO_DIR)/tests' \
             'bindings/go/conformance=$(GO_ENV) $(SANDBOXED) $(GO_DIR)/conformance $(O)/bindings/go.journal $(CASES)' \
             'bindings/go/readme=$(GO_TESTS)/readme.py $(GO) $(GO_DIR)/readme'
check-bindings: $(O)/bindings/go/conformance $(O)/bindings/go/tests
endif

GO_SRC := $(wildcard $(addprefix $(srcdir)/bindings/go/,*.go *.c *.h */*.go internal/*/*.go))
$(O)/bindings/go/prefix: $(SHARED) $(ADAPTER_LIBRARIES) $(wildcard $(srcdir)/include/*/*)
	$(Q)rm -rf $@
	$(Q)$(MAKE) -s install-lib install-adapters O=$(O) prefix=$(GO_DIR)/prefix libdir=$(GO_DIR)/prefix/lib DESTDIR=
	$(Q)touch $@

$(O)/bindings/go/conformance: $(GO_SRC) $(O)/bindings/go/prefix
	@echo '  GO      $@'
	$(Q)cd '$(srcdir)/bindings/go' && $(GO_ENV) $(GO) build -o $(GO_DIR)/conformance ./internal/conformance

$(O)/bindings/go/tests: $(GO_SRC) $(O)/bindings/go/prefix
	@echo '  GO      $@'
	$(Q)cd '$(srcdir)/bindings/go' && $(GO_ENV) $(GO_STRICT) $(GO) test -c $(GO_TAGS) $(GO_RACE) -o $(GO_DIR)/tests .
