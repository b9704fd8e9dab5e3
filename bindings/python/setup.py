# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
from setuptools import setup

setup(cffi_modules=["build_native.py:ffibuilder"])
