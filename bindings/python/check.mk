# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# Python: any that can build the package. It is made from a copy, since setuptools writes beside its sources.
PY_MODULES := setuptools, wheel, cffi, pip
PY         = $(firstword $(foreach p,$(PYTHON) /usr/bin/python3,$(shell $p -c 'import $(PY_MODULES)' 2>/dev/null && echo $p)))
PY_PACKAGE = $(O)/bindings/python
PY_RUN     = PYTHONPATH=$(PY_PACKAGE) $(SANDBOXED) $(PY) $(srcdir)/bindings/python/tests
PY := $(PY)
ifeq ($(PY),)
bindings  += $(call without,bindings/python,python3 lacks one of $(PY_MODULES); ./bootstrap python installs them)
else
JOURNALS  += $(O)/bindings/python.journal $(O)/bindings/asyncio.journal
bindings  += 'bindings/python=PYTHONPATH=$(PY_PACKAGE) $(WITH_REDIS) $(PY) $(srcdir)/bindings/python/tests/binding.py' \
             'bindings/python/conformance=$(PY_RUN)/conformance.py $(O)/bindings/python.journal $(CASES)' \
             'bindings/python/asyncio=$(PY_RUN)/conformance.py --async $(O)/bindings/asyncio.journal $(CASES)' \
             'bindings/python/memory=$(PY_RUN)/soak.py' \
             'bindings/python/readme=PYTHONPATH=$(PY_PACKAGE) $(SANDBOXED) $(PY) $(srcdir)/bindings/python/tests/readme.py' \
             'bindings/python/installed?$(SANDBOXED) sh $(srcdir)/bindings/python/tests/installed.sh $(PY) $(abspath $(O))'
check-bindings: $(PY_PACKAGE)/sessionpay/__init__.py
endif

PY_SRC := $(filter-out %/_native.c,$(wildcard $(addprefix $(srcdir)/bindings/python/,*.py *.toml README.md sessionpay/*.py*)))
$(O)/bindings/python/sessionpay/__init__.py: $(PY_SRC) $(SHARED) $(ADAPTER_LIBRARIES) $(wildcard $(srcdir)/share/* $(srcdir)/include/*/*)
	@echo '  PIP     $(PY_PACKAGE)'
	$(Q)rm -rf $(PY_PACKAGE) $(O)/bindings/tree
	$(Q)mkdir -p $(O)/bindings/tree/bindings
	$(Q)cp -R '$(srcdir)/share' '$(srcdir)/include' $(O)/bindings/tree
	$(Q)cp -R '$(srcdir)/bindings/python' $(O)/bindings/tree/bindings
	$(Q)SESSIONPAY_BUILD='$(abspath $(O))' $(PY) -m pip install --quiet --no-build-isolation --no-deps --no-index \
	    --root-user-action=ignore --target $(PY_PACKAGE) $(O)/bindings/tree/bindings/python
	$(Q)touch $@

soak-python: $(PY_PACKAGE)/sessionpay/__init__.py $(SANDBOX)
	@$(PY_RUN)/soak.py 100000 10000

valgrind-python: $(PY_PACKAGE)/sessionpay/__init__.py $(SANDBOX)
	@PYTHONPATH=$(PY_PACKAGE) $(SANDBOXED) sh $(srcdir)/bindings/python/tests/valgrind.sh $(PY) $(O)/bindings/valgrind $(CASES)

bench-python: $(PY_PACKAGE)/sessionpay/__init__.py $(SANDBOX)
	@$(PY_RUN)/bench.py $(ROUNDS)
