import { expect } from "@jest/globals";
import { digestOf, hexOf, MEDIA_TYPES } from "@policy-pack/pack";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

export const PACK_PATH = "/v1/policy/packs/test-pack-v0";
export const ATTESTATION_PATH = `${PACK_PATH}/attestation`;
export const BYTES = Buffer.from("not a real pack, but bytes with a digest");
export const BUNDLE = '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}';

export type Headers = Record<string, string | string[] | number | undefined>;

let current: TestHttpServer | undefined;

/** One server at a time; `stopServer` belongs into afterEach. */
export async function serve(handler: RequestListener): Promise<TestHttpServer> {
  await stopServer();
  current = await startHttpServer(handler);
  return current;
}

/** How many requests the running server has seen. */
export function requestCount(): number | undefined {
  return current?.requests.length;
}

export async function stopServer(): Promise<void> {
  await current?.close();
  current = undefined;
}

/** What a good server says of these bytes. */
export function packHeaders(bytes: Uint8Array, changed: Headers = {}): Headers {
  const digest = digestOf(bytes);
  return {
    "content-type": MEDIA_TYPES.packTar,
    "content-length": bytes.length,
    digest: `sha-256=${hexOf(digest)}`,
    etag: `W/"sha-256:${hexOf(digest)}"`,
    ...changed,
  };
}

/** Sends a 200, or another status, with exactly the headers that have a value. */
export function send(response: ServerResponse, headers: Headers, body: Uint8Array | string, status = 200): void {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  response.writeHead(status, Object.fromEntries(given));
  response.end(body);
}

export interface Served {
  readonly pack?: Headers;
  readonly attestation?: Headers;
  readonly bytes?: Uint8Array;
  readonly bundle?: string | Uint8Array;
  readonly attestationStatus?: number;
}

/** A server that does everything right but for what is said. */
export function server(served: Served = {}): RequestListener {
  const { bytes = BYTES, bundle = BUNDLE } = served;
  const etag = `W/"sha-256:${hexOf(digestOf(bytes))}"`;
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === PACK_PATH) send(response, packHeaders(bytes, served.pack), bytes);
    else if (path === ATTESTATION_PATH) {
      const headers = { "content-type": MEDIA_TYPES.sigstoreBundle, etag, ...served.attestation };
      send(response, headers, bundle, served.attestationStatus);
    } else send(response, {}, "", 404);
  };
}

/** A raw HTTP/1.1 answer, as broken as it is written. */
export function raw(...lines: string[]): RequestListener {
  return (request) => {
    request.socket.end(lines.join("\r\n"));
  };
}

export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly retryable?: boolean;
}

/** Awaits a rejection and compares its class and code, never its prose. */
export async function expectFailure(work: Promise<unknown>, failure: Failure): Promise<Error> {
  const thrown: unknown = await work.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject(failure);
  return thrown as Error;
}
