# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# PHP: the extension, built in a copy, and the classes for FFI, which need no build.
PHP        ?= php
PHP_NEEDS  := pcntl posix openssl FFI
PHP_EXT     = $(O)/bindings/php/modules/sessionpay.so
PHP_WITH    = -d extension=$(abspath $(PHP_EXT))
PHP_TESTS   = $(srcdir)/bindings/php/tests
PHP_RUN     = SESSIONPAY_PHP='\''$(PHP) $(PHP_WITH)'\'' $(WITH_REDIS) $(PHP) $(PHP_WITH) $(PHP_TESTS)
FFI_RUN     = SESSIONPAY_LIBRARY=$(abspath $(SHARED)) $(WITH_REDIS) $(PHP) $(PHP_TESTS)
upper = $(subst redis,REDIS,$(subst file,FILE,$1))
PHP_LACKS  := $(shell command -v phpize >/dev/null || echo phpize; for e in $(PHP_NEEDS); do \
                  $(PHP) -r "exit(extension_loaded('$$e') ? 0 : 1);" >/dev/null 2>&1 || echo $$e; done)
PHP_FPM    := $(shell PATH=$$PATH:/usr/sbin; command -v cgi-fcgi >/dev/null && \
                  command -v php-fpm$$($(PHP) -r 'echo PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION;' 2>/dev/null) php-fpm | head -n 1)
ifneq ($(PHP_LACKS),)
bindings   += $(call without,bindings/php,PHP lacks $(PHP_LACKS); ./bootstrap php installs it)
else
JOURNALS   += $(O)/bindings/php.journal $(O)/bindings/php-ffi.journal
bindings   += 'bindings/php=$(PHP_RUN)/binding.php' \
              'bindings/php/conformance=$(PHP_RUN)/conformance.php $(O)/bindings/php.journal $(CASES)' \
              'bindings/php/memory=$(PHP_RUN)/memory.php' \
              'bindings/php/readme=$(PHP_RUN)/readme.php $(PHP) $(PHP_WITH)' \
              'bindings/php/ffi=$(FFI_RUN)/binding.php' \
              'bindings/php/ffi/memory=$(FFI_RUN)/memory.php' \
              'bindings/php/ffi/conformance=$(FFI_RUN)/conformance.php $(O)/bindings/php-ffi.journal $(CASES)' \
              $(if $(PHP_FPM),'bindings/php/fpm=$(PHP_RUN)/fpm.php $(PHP_FPM) $(PHP_WITH)', \
              $(call without,bindings/php/fpm,there is no php-fpm or cgi-fcgi; ./bootstrap php installs them)) \
              'bindings/php/installed?$(SANDBOXED) sh $(PHP_TESTS)/installed.sh $(PHP) $(abspath $(O))'
check-bindings: $(PHP_EXT)
endif

PHP_SRC := $(wildcard $(addprefix $(srcdir)/bindings/php/,config.m4 src/*))
$(PHP_EXT): $(PHP_SRC) $(SHARED) $(ADAPTER_LIBRARIES) $(wildcard $(srcdir)/include/*/*)
	@echo '  PHPIZE  $(@D)'
	$(Q)rm -rf $(O)/bindings/php
	$(Q)mkdir -p $(O)/bindings
	$(Q)cp -R '$(srcdir)/bindings/php' $(O)/bindings/php
	$(Q)cd $(O)/bindings/php && unset MAKEFLAGS MFLAGS && { phpize && ./configure CC='$(CC)' \
	    SESSIONPAY_CFLAGS='-I$(abspath $(srcdir))/include' SESSIONPAY_LIBS='-L$(abspath $(O))/lib -lsessionpay' \
	    $(foreach a,$(ADAPTERS),SESSIONPAY_$(call upper,$a)_CFLAGS=' ' SESSIONPAY_$(call upper,$a)_LIBS=-lsessionpay-$a) && \
	    $(MAKE); } >phpize.log 2>&1 || { tail -n 30 phpize.log; exit 1; }

valgrind-php: $(PHP_EXT) $(SANDBOX)
	@SESSIONPAY_PHP='$(PHP) $(PHP_WITH)' $(SANDBOXED) sh $(PHP_TESTS)/valgrind.sh $(O)/bindings/valgrind-php $(PHP) $(PHP_WITH) -- $(CASES)
