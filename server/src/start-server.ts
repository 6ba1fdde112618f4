import type { AddressInfo } from "node:net";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./build-app.ts";
import type { AppOptions } from "./build-app.ts";
import { DEFAULTS } from "./config.ts";
import { LIMITS } from "./limits.ts";
import { readPromotion } from "./promotion-config.ts";
import type { PromotionSource } from "./promotion-config.ts";

export interface ListenOptions {
  /** Loopback unless said: who listens on the network decides so. */
  readonly host?: string;
  /** 8080 unless said; 0 lets the system choose. */
  readonly port?: number;
}

export interface RunningServer {
  /** `http://<host>:<port>`, without a trailing slash. */
  readonly url: string;
  /** Stops listening, lets answers in flight finish (25 s at most), then resolves. Calling it again changes nothing. */
  close(): Promise<void>;
}

const LISTEN_ERRORS: ReadonlySet<string | undefined> = new Set([
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EACCES",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * Serves the packs below `root` and, with a promotion configuration, keeps evidence and judges promotions.
 * @throws ConfigError CONFIG_INVALID when host and port cannot be listened on, or the configuration cannot be used
 * @throws TransportError STORE_FAILED when the evidence store cannot be opened
 */
export async function startServer(options: AppOptions & ListenOptions & PromotionSource): Promise<RunningServer> {
  const { host = DEFAULTS.host, port = DEFAULTS.port } = options;
  const app = buildApp({ ...options, promotion: await readPromotion(options) });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    if (!LISTEN_ERRORS.has(systemCodeOf(error))) throw error;
    const message = `Cannot listen on ${host}:${port} (${messageOf(error)}); choose another HOST or PORT.`;
    throw new ConfigError("CONFIG_INVALID", message, { cause: error });
  }
  let closing: Promise<void> | undefined;
  return { url: urlOf(app), close: () => (closing ??= drain(app)) };
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function drain(app: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => {
    app.log.warn("answers still in flight are cut off");
    app.server.closeAllConnections();
  }, LIMITS.drainTimeoutMs);
  // Closing ends the connections that are idle now; those that become idle later would stay open for their keep-alive.
  const sweep = setInterval(() => {
    app.server.closeIdleConnections();
  }, LIMITS.sweepMs);
  await app.close();
  clearTimeout(deadline);
  clearInterval(sweep);
}

/**
 * Drains the server at the first SIGTERM or SIGINT, after which the process ends by itself with status 0; a second
 * signal ends it at once.
 */
export function drainOnSignal(server: RunningServer): void {
  const signals = ["SIGTERM", "SIGINT"] as const;
  const onSignal = (): void => {
    for (const signal of signals) {
      process.off(signal, onSignal);
    }
    void server.close();
  };
  for (const signal of signals) process.on(signal, onSignal);
}
