// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The part of the types that is not in the description of the interface.

import {
  ClientOptions, ConnectServerSession, Event, LogLevel, RedisOptions, SendRecord, Stage, Status,
} from '../index.js';

/** The version of libsessionpay in this process. */
export declare const libraryVersion: string;

/** Options of a client that JavaScript has of its own. Hooks are called on the thread that made the client. */
export interface ClientExtras {
  /** A log line: no secret, no body. */
  log?: ((level: LogLevel, line: string) => void) | undefined;
  /** The end of an attempt, or of a call; before the call's promise is settled. */
  event?: ((event: Event) => void) | undefined;
  /**
   * Before each attempt is sent; all calls of the client wait for it. `false` ends the call with CanceledError,
   * and so does what it throws, which is then the error's `cause`. It must not return a promise.
   */
  beforeSend?: ((record: SendRecord) => boolean | void) | undefined;
  /** Send to a mock, in tests. */
  transport?: Mock | undefined;
  /** Share bearer tokens, and sessions of providers without idempotency keys, with other processes and machines. */
  store?: FileStore | RedisStore | undefined;
}

/** A store in a directory of this machine, best one in memory. Needs libsessionpay-file. */
export declare class FileStore {
  /** An absolute path; the directory is made if only its last part is missing. */
  constructor(directory: string);
  #private;
}

/** A store in Redis or Valkey. Needs libsessionpay-redis. */
export declare class RedisStore {
  /** `url`: "redis://[[user]:password@]host[:port][/database]", "rediss://..." with TLS, "unix://...". */
  constructor(url: string, options?: Omit<RedisOptions, 'url'>);
  #private;
}

/** What all accounts share: connections, timeouts, hooks. A program needs one. */
export declare class Client {
  constructor(options?: ClientOptions);
  /** The last attempts as JSON, for a support ticket: no secret, no body. */
  flightRecord(): string;
  /** Calls that run end with CanceledError; nothing can be done with the client any more. */
  close(): Promise<void>;
}

/** Options of a call that JavaScript has of its own. */
export interface CallExtras {
  /** Cancels the call, which then ends with CanceledError; its `cause` is the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Handed back in the events and records of this call, to know it by. */
  callCtx?: unknown;
}

/** What accounts have in common. */
export declare abstract class Account {
  protected constructor();
}

/** What SessionInfo can do. */
export declare class Expiring {
  /** How long the session can still be used; null if that is not known. */
  expiresInMs(marginMs?: number): number | null;
}

/** A part of the request, or of the reply, that is wrong. */
export declare class FieldError {
  private constructor();
  /** The name of the struct member in C for input, a path such as "$.expire_time" for JSON. */
  readonly path: string;
  /** The rule that it broke: the library's word, or the provider's. */
  readonly code: string;
  readonly message: string;
}

/** What happened at the provider: with "unknown", repeat the call with the error's idempotencyKey. */
export type OutcomeName = 'not_sent' | 'rejected' | 'unknown';

export interface ErrorMembers {
  /** One line for a log or a developer. */
  message: string;
  /** The name of the status, such as "SPAY_E_THROTTLED". */
  code: string;
  status: Status;
  /** A word that narrows the status down, such as "dns_failed"; "" if that says everything. */
  reason: string;
  /** The step that failed; 0 if none did. */
  stage: Stage | 0;
  /** "wepay", "hosted_fields", "connect_server", "connect_client"; "none" if none is concerned. */
  provider: string;
  /** The provider's own code, verbatim. */
  providerCode: string;
  /** Of the last reply; 0 if there was none. */
  httpStatus: number;
  /** The provider's reference for support. */
  requestId: string;
  attempts: number;
  /** How many attempts put bytes on the wire. */
  requestsSent: number;
  elapsedMs: number;
  /** Whether the same request with the same key can succeed later. */
  retryable: boolean;
  /** How long the provider asked to wait; null if it did not say. */
  retryAfterMs: number | null;
  outcome: OutcomeName;
  /** The key that every attempt carried; "" if the call had none. */
  idempotencyKey: string;
  fieldErrors: readonly FieldError[];
}

/** A call failed, or an argument is not accepted. Make one to test what handles it. */
export declare class SessionPayError extends Error implements ErrorMembers {
  constructor(message: string, members?: Partial<ErrorMembers> & { body?: Uint8Array; cause?: unknown });
  readonly code: string;
  readonly status: Status;
  readonly reason: string;
  readonly stage: Stage | 0;
  readonly provider: string;
  readonly providerCode: string;
  readonly httpStatus: number;
  readonly requestId: string;
  readonly attempts: number;
  readonly requestsSent: number;
  readonly elapsedMs: number;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly outcome: OutcomeName;
  readonly idempotencyKey: string;
  readonly fieldErrors: readonly FieldError[];
  /** What a hook has thrown, or why the signal was aborted. */
  readonly cause?: unknown;
  /** The raw body of the last reply. It may repeat parts of the request, and hold a session. */
  get body(): Uint8Array;
  /** Of an Apple Pay call whose second step failed: the session that the first one made. */
  readonly serverSession?: ConnectServerSession;
}

/** A request that a mock was sent. */
export declare class MockRequest {
  private constructor();
  readonly method: string;
  readonly url: string;
  /** Milliseconds on the mock's clock. */
  readonly atMs: number;
  get headers(): readonly (readonly [name: string, value: string])[];
  get body(): Uint8Array;
}

/** A scripted transport with virtual time: `new Client({ transport: mock })` sends nothing. */
export declare class Mock {
  /** Queue a reply; without headers, its type is application/json. */
  reply(httpStatus: number, body?: string | Uint8Array, headers?: Readonly<Record<string, string>>): void;
  /** Queue a failure of the network, such as Status.TIMEOUT. */
  fail(status: Status, how: { sent: boolean }): void;
  /** Later requests take so much virtual time. */
  setLatency(durationMs: number): void;
  /** Move the clocks forward. */
  advance(durationMs: number): void;
  /** Set the wall clock. */
  setWall(unixMs: number): void;
  /** Virtual milliseconds since the mock was made. */
  get nowMs(): number;
  /** What has been sent. */
  get requests(): MockRequest[];
}
