import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import type { Line } from "./log.ts";

export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly records: readonly Line[];
}

export type Answer = (response: ServerResponse, received: Received, count: number) => void;

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Resolved when so many uploads have come. */
  readonly whenReceived: (count: number) => Promise<void>;
}

export const accept: Answer = (response) => response.writeHead(200).end("{}");

/** A service on this machine that takes decision logs and answers as it is told. */
export async function withReceiver<T>(answer: Answer, action: (receiver: Receiver) => Promise<T>): Promise<T> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method, url, headers } = request;
      const records = JSON.parse(gunzipSync(Buffer.concat(pieces)).toString()) as Line[];
      const it = { method, url, headers, records };
      received.push(it);
      answer(response, it, received.length);
      for (const look of [...waiting]) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const whenReceived = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (received.length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  try {
    return await action({ url: `http://127.0.0.1:${port}`, received, whenReceived });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
