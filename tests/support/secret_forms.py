# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""How a secret may show without saying so."""

import base64
import json
import urllib.parse


def encodings(secret):
    """As in tests/torture/secrets.c: as it is, reversed, in hexadecimal, base64 and so on; bytes."""
    text = secret.encode()
    forms = {text, text[::-1], text.hex().encode(), text.hex().upper().encode(),
             urllib.parse.quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode(),
             secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + text)[(4 if shift else 0):]
        forms |= {whole[:len(whole) // 4 * 4 - 4], base64.urlsafe_b64encode(
            b"\0" * shift + text)[(4 if shift else 0):][:len(whole) // 4 * 4 - 4]}
    return {form for form in forms if len(form) >= 8}
