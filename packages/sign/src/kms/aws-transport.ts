import { exchange } from "./http.ts";
import type { Service } from "./http.ts";

/** What the AWS SDK hands over to be sent. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** How the SDK's requests are sent: as all others here, with a cap on answers and no redirects. */
export interface SdkTransport {
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>;
}

export function sdkTransport(service: Service, ca: string | undefined): SdkTransport {
  return {
    handle: async ({ protocol, hostname, port, path, method, headers, body }, { abortSignal } = {}) => {
      const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
      const signal = abortSignal instanceof AbortSignal ? abortSignal : new AbortController().signal;
      const answer = await exchange({ url, method, headers, body: toBytes(body), ca }, service, signal);
      const told = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      return {
        response: {
          statusCode: answer.status,
          headers: Object.fromEntries(told) as Record<string, string>,
          body: answer.body,
        },
      };
    },
  };
}

function toBytes(body: unknown): Uint8Array | undefined {
  if (body === undefined) return undefined;
  if (typeof body === "string" || ArrayBuffer.isView(body)) {
    return typeof body === "string" ? Buffer.from(body) : new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  throw new TypeError("the AWS SDK handed over a body that is neither text nor bytes");
}
