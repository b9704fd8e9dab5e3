# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
import os
import sys

from setuptools import setup

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import build_native  # noqa: E402

setup(cffi_modules=["build_native.py:" + name for name in ("ffibuilder", "file_builder", "redis_builder")
                    if getattr(build_native, name)])
