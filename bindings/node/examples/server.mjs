// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// A shop's backend: a page asks it for what its payment form needs.
//
//     GET /hosted-fields                         the token for Hosted Fields
//     POST /apple-pay  {"validationURL": "..."}  the object for completeMerchantValidation()
//
// usage: sessionpay-sandbox -- node server.mjs [PORT]
import { createServer } from 'node:http';
import {
  Client, ConnectServer, HostedFields, InvalidArgumentError, LaterError, SessionPayError,
} from 'sessionpay';

const { env } = process;
const client = new Client({ caFile: env.SPAY_CA_FILE });
const hostedFields = new HostedFields(client, {
  baseUrl: env.SPAY_HOSTED_FIELDS_BASE_URL, identityUrl: env.SPAY_HOSTED_FIELDS_IDENTITY_URL,
  apiKey: env.SPAY_HOSTED_FIELDS_API_KEY,
});
const connect = new ConnectServer(client, {
  baseUrl: env.SPAY_CONNECT_BASE_URL, integrator: 'Example Bikes', merchantId: env.SPAY_CONNECT_MERCHANT_ID,
  apiKeyId: env.SPAY_CONNECT_API_KEY_ID, secretApiKey: env.SPAY_CONNECT_SECRET_API_KEY,
});

async function hostedFieldsSession(options) {
  const session = await hostedFields.createSession({
    processingTerminalId: env.SPAY_HOSTED_FIELDS_TERMINAL_ID, libVersion: env.SPAY_HOSTED_FIELDS_LIB_VERSION,
    scenario: 'payment',
  }, options);
  return JSON.stringify({ token: session.token, expiresAt: session.expiresAt });
}

async function applePaySession(validationUrl, options) {
  const { session } = await connect.createApplePaySession({
    displayName: 'Example Bikes', domainName: env.SPAY_APPLE_PAY_DOMAIN_NAME, validationUrl,
  }, options);
  return session.sessionObject; // as Apple made it: do not parse it
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > 65536) throw new SyntaxError('too long');
  }
  return JSON.parse(text);
}

async function answer(request, options) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /hosted-fields':
      return [200, await hostedFieldsSession(options)];
    case 'POST /apple-pay':
      return [200, await applePaySession((await bodyOf(request)).validationURL, options)];
    default:
      return [404, '{}'];
  }
}

// What a page is told of an error: the rest is for the log.
function statusOf(error) {
  if (error instanceof SyntaxError || error instanceof TypeError || error instanceof InvalidArgumentError) return 400;
  if (!(error instanceof SessionPayError)) throw error;
  console.error(error.message, error.outcome, error.idempotencyKey, error.requestId);
  return error instanceof LaterError ? 503 : 502;
}

const server = createServer(async (request, response) => {
  const gone = new AbortController(); // the page does not wait any more
  response.on('close', () => gone.abort());
  const [status, text] = await answer(request, { signal: gone.signal }).catch((error) => [statusOf(error), '{}']);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(text);
});

server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
