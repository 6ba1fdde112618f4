import { once } from "node:events";
import { Worker } from "node:worker_threads";

import {
  alternativeNames,
  basicConstraints,
  certificate,
  der,
  dns,
  keyPair,
  keyUsage,
  name,
} from "@policy-pack/testkit";
import type { KeyPair } from "@policy-pack/testkit";

const DAY_MS = 86_400_000;

/** Servers on 127.0.0.1 in a thread of their own, and the certificates to reach them with. */
export interface Loopback {
  readonly http: string;
  readonly https: string;
  /** PEM of the root that signed the server's certificate and the client's. */
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string };
  close(): Promise<void>;
}

export async function startLoopback(): Promise<Loopback> {
  const root = keyPair();
  const ca = issue("loopback root", root, root, [basicConstraints(true), keyUsage(5)]);
  const address = der(0x87, Buffer.from([127, 0, 0, 1]));
  const serverKey = keyPair();
  const server = issue("loopback", serverKey, root, [alternativeNames(address, dns("localhost"), dns("named.test"))]);
  const clientKey = keyPair();
  const client = issue("a client", clientKey, root, [keyUsage(0)]);
  const worker = new Worker(new URL("./loopback-server.ts", import.meta.url), {
    workerData: { key: pemOf(serverKey), cert: server, ca },
  });
  const [[plain, secure]] = (await once(worker, "message")) as [[number, number]];
  return {
    http: `http://127.0.0.1:${plain}`,
    https: `https://127.0.0.1:${secure}`,
    ca,
    client: { cert: client, key: pemOf(clientKey) },
    close: async () => {
      await worker.terminate();
    },
  };
}

function issue(subject: string, key: KeyPair, issuerKey: KeyPair, extensions: readonly Buffer[]): string {
  const bytes = certificate({
    subject: name(subject),
    issuer: name("loopback root"),
    key,
    issuerKey,
    notBefore: Date.now() - DAY_MS,
    notAfter: Date.now() + DAY_MS,
    extensions,
  });
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function pemOf({ privateKey }: KeyPair): string {
  return String(privateKey.export({ format: "pem", type: "pkcs8" }));
}
