/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#ifndef SUPPORT_CERTIFICATE_H
#define SUPPORT_CERTIFICATE_H

/* A certificate of nobody's, until 2126. */
#define TEST_CERTIFICATE                                                                           \
    "-----BEGIN CERTIFICATE-----\n"                                                                \
    "MIIBdTCCARugAwIBAgIUaRwcAnA1/xrrPRvWHRMvnLrLRa8wCgYIKoZIzj0EAwIw\n"                           \
    "DzENMAsGA1UEAwwEdW5pdDAgFw0yNjExMjExOTAzNTFaGA8yMTI2MTAyODE5MDM1\n"                           \
    "MVowDzENMAsGA1UEAwwEdW5pdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDFz\n"                           \
    "BO6uB7PHMWJIvPhvKsKdMiUJVOeHOP1R+Y+xI4SXsYt8gf6AVTIZIfo5s70+Y/ya\n"                           \
    "sih5Ns3xmL7Zjj4IJyajUzBRMB0GA1UdDgQWBBR4XfKkz8d9s4EbI9A7zFo4pAi1\n"                           \
    "njAfBgNVHSMEGDAWgBR4XfKkz8d9s4EbI9A7zFo4pAi1njAPBgNVHRMBAf8EBTAD\n"                           \
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDTIwpdCKcOyO6zAOqAzDYH3oEew9ButWko\n"                           \
    "2liW4FU+4gIgBaTUqKKdTONrjZVA9Mdxf5Me3pNnlHRIwuWjeAkR2rY=\n"                                   \
    "-----END CERTIFICATE-----\n"

#endif
