# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# Node: npm builds the package in a copy, since node-gyp writes beside its sources.
NODE_PACKAGE = $(O)/bindings/node/node_modules/sessionpay
NODE_PATHS   = NODE_PATH='$(abspath $(dir $(NODE_PACKAGE)))'
NODE_TESTS   = $(srcdir)/bindings/node/tests
NODE_PREFIX := $(shell npm --version >/dev/null 2>&1 && \
                 node -p 'parseInt(process.versions.node) >= 18 ? path.resolve(process.execPath, "../..") : ""' 2>/dev/null)
ifeq ($(NODE_PREFIX),)
bindings  += $(call without,bindings/node,node 18 or npm is missing; ./bootstrap node installs them)
else
# Debian's node-gyp finds the headers itself; others would fetch them.
NPM        = env $(if $(wildcard $(NODE_PREFIX)/include/node/node_api.h),npm_config_nodedir=$(NODE_PREFIX)) npm
JOURNALS  += $(O)/bindings/node.journal
bindings  += 'bindings/node=$(NODE_PATHS) PYTHON=$(PYTHON) $(WITH_REDIS) node $(NODE_TESTS)/binding.js' \
             'bindings/node/conformance=$(NODE_PATHS) $(SANDBOXED) node $(NODE_TESTS)/conformance.js $(O)/bindings/node.journal $(CASES)' \
             'bindings/node/readme=$(SANDBOXED) node $(NODE_TESTS)/readme.mjs $(abspath $(O))/bindings/node' \
             'bindings/node/installed?NPM="$(NPM)" $(SANDBOXED) sh $(NODE_TESTS)/installed.sh $(abspath $(O))'
check-bindings: $(NODE_PACKAGE)/build/Release/sessionpay.node
endif

NODE_SRC := $(wildcard $(addprefix $(srcdir)/bindings/node/,*.js *.json *.gyp *.d.ts lib/* src/*))
$(NODE_PACKAGE)/build/Release/sessionpay.node: $(NODE_SRC) $(SHARED) $(ADAPTER_LIBRARIES) $(wildcard $(srcdir)/include/*/*)
	@echo '  NPM     $(NODE_PACKAGE)'
	$(Q)rm -rf $(O)/bindings/node $(O)/bindings/node-tree
	$(Q)mkdir -p $(O)/bindings/node $(O)/bindings/node-tree/bindings
	$(Q)cp -R '$(srcdir)/include' $(O)/bindings/node-tree
	$(Q)cp -R '$(srcdir)/bindings/node' $(O)/bindings/node-tree/bindings
	$(Q)rm -rf $(O)/bindings/node-tree/bindings/node/build
	$(Q)echo '{}' >$(O)/bindings/node/package.json
	$(Q)cd $(O)/bindings/node && SESSIONPAY_BUILD='$(abspath $(O))' $(NPM) install --no-install-links --offline --no-audit --no-fund \
	    --loglevel=error ../node-tree/bindings/node >npm.log 2>&1 || { cat npm.log; exit 1; }
	$(Q)touch $@
