# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Payment sessions from WePay, Payroc Hosted Fields and Worldline Connect.

    client = sessionpay.Client()
    wepay = sessionpay.WePay(client, environment=sessionpay.Environment.TEST, app_id=..., app_token=...)
    session = wepay.create_session(type="mobile_session", account_id=...)
"""

from ._client import Cancel as Cancel
from ._client import Mock as Mock
from ._client import MockRequest as MockRequest
from ._core import Error as Error
from ._core import FieldError as FieldError
from ._generated import *  # noqa: F401,F403
from ._native import ffi as _ffi
from ._native import lib as _lib
from ._stores import FileStore as FileStore
from ._stores import RedisStore as RedisStore
from ._stores import Store as Store
from ._stores import StoreOperation as StoreOperation
from ._transport import Transport as Transport
from ._transport import TransportRequest as TransportRequest
from ._transport import TransportResponse as TransportResponse


def library_version() -> str:
    """The version of libsessionpay in this process."""
    return str(_ffi.string(_lib.spay_version()).decode())
