# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
{
    "targets": [{
        "target_name": "sessionpay",
        "sources": ["src/addon.c", "src/call.c", "src/client.c", "src/layouts.c", "src/loop.c", "src/mock.c",
                    "src/queue.c", "src/store.c", "src/values.c"],
        "cflags": ["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wshadow", "-Wconversion",
                   "<!@(node configure.js cflags)"],
        "cflags!": ["-Wno-unused-parameter"],
        "libraries": ["<!@(node configure.js libs)"],
    }],
}
