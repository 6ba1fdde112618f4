import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { ConfigError, FormatError, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import type { ErrorCode } from "@policy-pack/pack";
import type { DevAuthority } from "./authority.ts";
import { ROUTES } from "./http-routes.ts";
import type { Answer } from "./http-routes.ts";
import { DEV_LIMITS } from "./limits.ts";
import { toSigningConfig } from "./signing-config.ts";
import type { RekorVersion } from "./transparency-log.ts";

/** Every other code is the asker's mistake. */
const STATUS_BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = Object.freeze({
  LIMIT_EXCEEDED: 413,
  AUTHORITY_INVALID: 500,
  AUTHORITY_LOCKED: 503,
});

export interface AuthorityServerOptions {
  /** Default 127.0.0.1: whoever reaches the server and has a token of this authority gets signatures. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
}

export interface AuthorityServer {
  /** `http://host:port`, the base URL of all services; timestamps are at `/api/v1/timestamp`. */
  readonly url: string;
  /** A signing config (v0.2) that sends cosign and other clients here, with the log of that version. */
  signingConfig(rekorVersion?: RekorVersion): string;
  /** Ends when open requests have been answered. */
  close(): Promise<void>;
}

/**
 * Serves the authority to Sigstore clients: Fulcio v2 (`POST /api/v2/signingCert`), Rekor v1 and v2
 * (`POST /api/v1/log/entries`, `/api/v2/log/entries`) and a timestamp authority (`POST /api/v1/timestamp`).
 * Certificates are given only for identity tokens that this authority minted, to whoever proves to hold the key. Logs
 * take only signatures that hold, by the keys that Sigstore's logs take (`logLimit`). There is no TLS and no limit on the number of requests: for loopback only.
 * @throws ConfigError CONFIG_INVALID when the address cannot be listened on
 */
export async function startAuthorityServer(
  authority: DevAuthority,
  options: AuthorityServerOptions = {},
): Promise<AuthorityServer> {
  const { host = "127.0.0.1", port = 0 } = options;
  const server = createServer((request, response) => void respond(authority, request, response));
  server.requestTimeout = DEV_LIMITS.requestTimeoutMs;
  await listen(server, host, port);
  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`;
  return {
    url,
    signingConfig: (rekorVersion = 1) => toSigningConfig(url, rekorVersion),
    close: () => close(server),
  };
}

async function respond(authority: DevAuthority, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await answerTo(authority, request).catch(toProblem);
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(`${JSON.stringify(answer.body)}\n`);
  const type = Buffer.isBuffer(answer.body) ? "application/timestamp-reply" : "application/json";
  // A body that was not read to its end would be taken for the next request.
  const connection = request.complete ? {} : { connection: "close" };
  response.writeHead(answer.status, {
    ...answer.headers,
    ...connection,
    "content-type": type,
    "content-length": body.length,
  });
  response.end(body);
}

async function answerTo(authority: DevAuthority, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) return problem(404, "There is no such service here.");
  if (request.method !== "POST") return { ...problem(405, "Only POST is answered here."), headers: { allow: "POST" } };
  return route({
    authority,
    body: await readBody(request),
    contentType: (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
    authorization: request.headers.authorization,
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > DEV_LIMITS.maxRequestBytes) {
      throw new FormatError("LIMIT_EXCEEDED", `A request has at most ${DEV_LIMITS.maxRequestBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toProblem(error: unknown): Answer {
  if (!(error instanceof PolicyPackError)) return problem(500, "The authority failed unexpectedly.");
  return problem(STATUS_BY_CODE[error.code] ?? 400, error.message);
}

/** In the form of Sigstore's services, which their clients read. */
function problem(status: number, message: string): Answer {
  return { status, body: { code: status, message } };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const reason = systemCodeOf(error) ?? "unknown";
      reject(
        new ConfigError("CONFIG_INVALID", `Cannot listen on ${host}:${port} (${reason}); choose another address.`, {
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}
