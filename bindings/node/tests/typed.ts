// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Not run: a program in TypeScript. tsc must accept it, and refuse the line after each remark that says so.
import {
  Client, ClientOptions, ConnectClient, ConnectProduct, ConnectServer, Environment, Event, HostedFields, LaterError,
  Mock, Outcome, SessionPayError, Status, ThrottledError, WePay, WePaySession,
} from 'sessionpay';

const options: ClientOptions = {
  timeoutMs: 1000, maxConnections: 8, http2: false, event: (event: Event) => void event.idempotencyKey,
  beforeSend: (record) => record.attempt < 3, log: (level, line) => void [level, line],
};
const client = new Client(options);
const wepay = new WePay(client, { environment: Environment.TEST, appId: '1', appToken: 't' });

export async function session(order: string, signal?: AbortSignal): Promise<string> {
  try {
    const made: WePaySession = await wepay.createSession({ type: 'mobile_session' }, { intent: order, signal });
    const state: string | null = made.stateText;
    return made.info.expiresInMs(1000) === null || state === null ? made.sessionToken : made.info.value;
  } catch (error) {
    if (error instanceof ThrottledError && error.retryAfterMs !== null) return String(error.retryAfterMs + 1);
    if (error instanceof LaterError && error.outcome === 'unknown') return error.idempotencyKey;
    throw error;
  }
}

export async function applePay(connect: ConnectServer, validationUrl: string): Promise<string> {
  const request = { productId: ConnectProduct.APPLE_PAY, domainName: 'shop.example', validationUrl };
  const both = await connect.createApplePaySession(request, { serverRequest: { tokens: ['t'] }, timeoutMs: 9000 });
  const account = ConnectClient.fromSession(connect, both.serverSession);
  return (await account.createSession(request)).sessionObject + both.session.productId;
}

export function mocked(): SessionPayError {
  const mock = new Mock();
  mock.reply(201, '{}', { 'Content-Type': 'application/json' });
  mock.fail(Status.TIMEOUT, { sent: true });
  new HostedFields(new Client({ transport: mock }), { bearerToken: 't' }).setBearerToken('u');
  const first = mock.requests[0];
  return new ThrottledError(first ? first.url : 'none', { outcome: 'rejected', retryAfterMs: Outcome.UNKNOWN });
}

// @ts-expect-error: a number is no text
new WePay(client, { appId: 1, appToken: 't' });
// @ts-expect-error: appToken is required
new WePay(client, { appId: '1' });
// @ts-expect-error: there is no such option
new Client({ tmeoutMs: 1 });
// @ts-expect-error: there is no such member
void wepay.createSession({ type: 'mobile_session' }, { idempotencykey: 'k' });
// @ts-expect-error: sessions do not change
void wepay.createSession({ type: 'mobile_session' }).then((made) => { made.id = 'x'; });
// @ts-expect-error: hooks do not wait
new Client({ beforeSend: async () => true });
