/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * How functions are exported and how structs are sized. Every other header includes this one.
 *
 * Structs that the caller fills begin with `size_t struct_size` and may grow at their end in a
 * later version. Initialize them with their SPAY_..._INIT macro, or from another language with
 * their spay_..._init() function, then set the members that you need: zero means "not set"
 * everywhere. The library reads as many bytes as `struct_size` says. It refuses a struct that is
 * smaller than in the first release, or larger than it knows if a byte beyond that is not zero.
 */
#ifndef SESSIONPAY_ABI_H
#define SESSIONPAY_ABI_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SPAY_API __attribute__((visibility("default")))
#else
#define SPAY_API
#endif

#ifdef __cplusplus
template <typename Struct> inline Struct spay_sized()
{
    Struct sized = Struct();
    sized.struct_size = sizeof(Struct);
    return sized;
}
/** All zero except for `struct_size`; the SPAY_..._INIT macros are made of it. */
#define SPAY_SIZED(type) spay_sized<type>()
#else
/** All zero except for `struct_size`; the SPAY_..._INIT macros are made of it. */
/* clang-format off */
#define SPAY_SIZED(type) {.struct_size = sizeof(type)}
/* clang-format on */
#endif

/** An optional boolean: 0 leaves the default. @enum(choice) */
enum {
    SPAY_DEFAULT = 0,
    SPAY_YES = 1,
    SPAY_NO = 2
};

#endif
