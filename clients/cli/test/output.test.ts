import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createOutput } from "../src/output.ts";
import { withFolder } from "./support.ts";

/** In place of Node's stream: keeps what it is given, and counts how often it was opened. */
function createStream(): { open: () => NodeJS.WriteStream; opened: () => number; text: () => string } {
  const pieces: Buffer[] = [];
  let count = 0;
  const stream = Object.create(process.stdout, {
    write: { value: (piece: string | Uint8Array) => pieces.push(Buffer.from(piece)) > 0 },
  }) as NodeJS.WriteStream;
  const open = (): NodeJS.WriteStream => {
    count++;
    return stream;
  };
  return { open, opened: () => count, text: () => Buffer.concat(pieces).toString() };
}

async function withPipe(use: (reader: number, writer: number) => void): Promise<void> {
  await withFolder(async (dir) => {
    const path = join(dir, "pipe");
    execFileSync("mkfifo", [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await Promise.resolve();
      use(reader, writer);
    } finally {
      closeSync(writer);
    }
  });
}

describe("createOutput", () => {
  it("writes to a file without opening the stream", () =>
    withFolder((dir) => {
      const file = openSync(join(dir, "f"), "w");
      const { open, opened } = createStream();
      const output = createOutput(file, open);
      output.write("añ");
      output.write("b\n");
      closeSync(file);
      expect([readFileSync(join(dir, "f"), "utf8"), opened(), output.isTTY]).toEqual(["añb\n", 0, undefined]);
      return Promise.resolve();
    }));

  it("hands what a full pipe does not take to the stream, and all that follows, in order", () =>
    withPipe((reader, writer) => {
      const { open, opened, text } = createStream();
      const output = createOutput(writer, open);
      const long = "0123456789abcdef".repeat(1 << 17);
      output.write(long);
      const taken = Buffer.alloc(long.length);
      const size = readSync(reader, taken);
      output.write("end");
      closeSync(reader);
      expect(opened()).toBe(1);
      expect(size).toBeGreaterThan(0);
      expect(`${taken.toString("utf8", 0, size)}${text()}`).toBe(`${long}end`);
    }));

  it("hands all to the stream when the reader went away", () =>
    withPipe((reader, writer) => {
      closeSync(reader);
      const { open, text } = createStream();
      createOutput(writer, open).write("x");
      expect(text()).toBe("x");
    }));

  it("is the stream itself for a device, and for what is not open", () => {
    const device = openSync("/dev/null", "w");
    const { open } = createStream();
    expect(createOutput(device, open)).toBe(open());
    closeSync(device);
    expect(createOutput(1 << 20, open)).toBe(open());
  });
});
