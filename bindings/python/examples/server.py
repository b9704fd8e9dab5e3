# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""A shop's backend with asyncio: a page asks it for what its payment form needs.

    GET /hosted-fields                         the token for Hosted Fields
    POST /apple-pay  {"validationURL": "..."}  the object for completeMerchantValidation()

usage: sessionpay-sandbox -- python3 server.py [PORT]
"""

import asyncio
import json
import os
import sys

import sessionpay


class Shop:
    """Its accounts; one client for all requests."""

    def __init__(self, client):
        self.hosted_fields = sessionpay.AsyncHostedFields(
            client, base_url=os.environ["SPAY_HOSTED_FIELDS_BASE_URL"],
            identity_url=os.environ["SPAY_HOSTED_FIELDS_IDENTITY_URL"],
            api_key=os.environ["SPAY_HOSTED_FIELDS_API_KEY"])
        self.connect = sessionpay.AsyncConnectServer(
            client, base_url=os.environ["SPAY_CONNECT_BASE_URL"], integrator="Example Bikes",
            merchant_id=os.environ["SPAY_CONNECT_MERCHANT_ID"],
            api_key_id=os.environ["SPAY_CONNECT_API_KEY_ID"],
            secret_api_key=os.environ["SPAY_CONNECT_SECRET_API_KEY"])

    async def hosted_fields_session(self):
        session = await self.hosted_fields.create_session(
            processing_terminal_id=os.environ["SPAY_HOSTED_FIELDS_TERMINAL_ID"],
            lib_version=os.environ["SPAY_HOSTED_FIELDS_LIB_VERSION"], scenario="payment")
        return json.dumps({"token": session.token, "expiresAt": session.expires_at})

    async def apple_pay_session(self, validation_url):
        _, session = await self.connect.create_apple_pay_session(
            product_id=sessionpay.ConnectProduct.APPLE_PAY, display_name="Example Bikes",
            domain_name=os.environ["SPAY_APPLE_PAY_DOMAIN_NAME"], validation_url=validation_url)
        return session.session_object  # as Apple made it: do not parse it


# What a page is told of an error: the rest is for the log.
STATUS = ((sessionpay.InvalidArgumentError, 400), (sessionpay.LaterError, 503), (sessionpay.Error, 502))


async def answer(shop, route, body):
    try:
        if route == "GET /hosted-fields":
            return 200, await shop.hosted_fields_session()
        if route == "POST /apple-pay":
            return 200, await shop.apple_pay_session(json.loads(body)["validationURL"])
    except (ValueError, TypeError, KeyError):
        return 400, "{}"
    except sessionpay.Error as error:
        print(error, error.outcome, error.idempotency_key, error.request_id, file=sys.stderr)
        return next(status for kind, status in STATUS if isinstance(error, kind)), "{}"
    return 404, "{}"


async def serve(shop, reader, writer):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        body = await reader.readexactly(min(int(fields.get("content-length", 0)), 65536))
        status, text = await answer(shop, head[0].rsplit(" ", 1)[0], body)
        content = text.encode()
        writer.write(b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                     b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(content), content))
        await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


async def main(port):
    async with sessionpay.AsyncClient(ca_file=os.environ.get("SPAY_CA_FILE")) as client:
        shop = Shop(client)
        server = await asyncio.start_server(lambda *both: serve(shop, *both), "127.0.0.1", port)
        print("http://127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8080))
