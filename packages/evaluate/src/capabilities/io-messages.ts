/** What a decision asks of the thread that does its input and output: plain data both ways. */
export type IoTask = HttpTask | LookupTask;

export interface HttpTask {
  readonly kind: "http";
  readonly method: string;
  readonly url: string;
  /** Names as they are sent; `Host` among them replaces the URL's. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly followsRedirects: boolean;
  /** Exact names or addresses, of redirects too. */
  readonly hosts: readonly string[];
  readonly tls: TlsTask;
  /** Further attempts after a network error. */
  readonly retries: number;
  /** For one attempt, redirects included. */
  readonly attemptMs: number;
  /** For all attempts. */
  readonly totalMs: number;
  readonly maxResponseBytes: number;
}

export interface TlsTask {
  /** PEM; none means the roots that Node carries. */
  readonly trusted: readonly string[];
  readonly trustsSystem: boolean;
  readonly certificate?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly verifies: boolean;
}

export interface LookupTask {
  readonly kind: "lookup";
  readonly name: string;
  readonly totalMs: number;
}

export type IoAnswer =
  | HttpAnswer
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  /** `stage` is where Go's client would have met it: on the way to the headers, or in the body. */
  | {
      readonly kind: "failed";
      readonly stage: "request" | "body";
      readonly message: string;
      readonly isTimeout: boolean;
    }
  | { readonly kind: "too-large" };

export interface HttpAnswer {
  readonly kind: "response";
  readonly statusCode: number;
  /** With the reason, as on the wire. */
  readonly status: string;
  /** Each line by itself, in the order that they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}
