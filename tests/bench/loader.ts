import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Target } from "./load.ts";

interface Job extends Target {
  readonly connections: number;
  readonly turnMs: number;
}

const END_OF_HEADERS = Buffer.from("\r\n\r\n");

/** Reads the answers on one connection, which come one at a time and with a length. */
class Answers {
  count = 0;
  readonly #status: string;
  #head: Buffer = Buffer.alloc(0);
  #bodyLeft = -1;

  constructor(status: number) {
    this.#status = ` ${status} `;
  }

  /** Whether the answer is complete with these bytes. */
  take(chunk: Buffer): boolean {
    const body = this.#bodyLeft < 0 ? this.#readHead(chunk) : chunk.length;
    this.#bodyLeft -= body;
    if (this.#bodyLeft !== 0) return false;
    this.#bodyLeft = -1;
    this.count++;
    return true;
  }

  /** How many bytes of the body came with the end of the headers. */
  #readHead(chunk: Buffer): number {
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(END_OF_HEADERS);
    if (end < 0) return 0;
    const text = this.#head.toString("latin1", 0, end);
    const came = this.#head.length - end - END_OF_HEADERS.length;
    this.#head = Buffer.alloc(0);
    if (!text.startsWith(this.#status, "HTTP/1.1".length)) throw new Error(`unexpected answer: ${text}`);
    this.#bodyLeft = this.#status === " 304 " ? 0 : Number(/content-length: *(\d+)/i.exec(text)?.[1]);
    if (Number.isNaN(this.#bodyLeft)) throw new Error(`an answer without a length: ${text}`);
    return came;
  }
}

function encodeRequest({ url, headers = {}, body }: Target): Buffer {
  const { host, pathname } = new URL(url);
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = [
    `${body === undefined ? "GET" : "POST"} ${pathname} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

function open(job: Job, request: Buffer): { readonly socket: Socket; readonly answers: Answers } {
  const { hostname, port } = new URL(job.url);
  const answers = new Answers(job.status);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.on("connect", () => socket.write(request));
  socket.on("data", (chunk: Buffer) => {
    if (answers.take(chunk)) socket.write(request);
  });
  return { socket, answers };
}

/** Started with a job as JSON, prints the answers a second. */
const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const request = encodeRequest(job);
const started = process.hrtime.bigint();
const all = Array.from({ length: job.connections }, () => open(job, request));
setTimeout(() => {
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const count = all.reduce((sum, { answers }) => sum + answers.count, 0);
  for (const { socket } of all) socket.destroy();
  process.stdout.write(`${count / seconds}\n`);
}, job.turnMs);
