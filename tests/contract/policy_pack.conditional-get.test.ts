import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { startBuiltServer } from "../support/built-server.ts";
import type { BuiltServer } from "../support/built-server.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly size: number;
}

let server: BuiltServer;
let size: number;
let etag: string;
let modified: Date;

beforeAll(async () => {
  server = await startBuiltServer("policy-pack-v0", {});
  size = (await server.publish("conditional")).length;
  const { headers } = await ask({});
  etag = headers.etag ?? "";
  modified = new Date(headers["last-modified"] ?? "");
});

afterAll(async () => {
  await server.close();
});

/** Not fetch: it keeps a cache's hands off conditional headers by changing them. */
function ask(headers: Readonly<Record<string, string | string[]>>, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(server.url, { method, headers }, (response) => {
      let received = 0;
      response.on("data", (piece: Buffer) => (received += piece.length));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, size: received });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

function later(seconds: number): string {
  return new Date(modified.getTime() + seconds * 1000).toUTCString();
}

describe("If-None-Match", () => {
  it.each([
    ["the tag itself", () => etag],
    ["the tag as a strong one", () => etag.slice(2)],
    ["a list with the tag", () => `"a", "b,c", ${etag}`],
    ["a list with empty members", () => `, ,${etag},`],
    ["the wildcard", () => "*"],
    ["two fields", () => ['"a"', etag]],
  ])("answers 304 to %s, for GET and HEAD", async (_name, value) => {
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask({ "if-none-match": value() }, method);
      expect([answer.status, answer.size]).toEqual([304, 0]);
    }
  });

  it("answers 304 with ETag, Last-Modified and Cache-Control, and nothing about a body", async () => {
    const { headers } = await ask({ "if-none-match": etag });
    expect(headers).toMatchObject({
      etag,
      "last-modified": modified.toUTCString(),
      "cache-control": "public, max-age=60, immutable",
    });
    for (const name of ["content-type", "content-length", "transfer-encoding", "digest"]) {
      expect(headers[name]).toBeUndefined();
    }
  });

  it.each([
    ["another tag", () => '"sha-256:0"'],
    ["the tag without quotes", () => etag.replaceAll('"', "")],
    ["a list that breaks after the tag", () => `${etag}, "open`],
    ["the wildcard in a list", () => `"a", *`],
    ["nothing", () => ""],
  ])("answers 200 to %s", async (_name, value) => {
    const answer = await ask({ "if-none-match": value() });
    expect([answer.status, answer.size]).toEqual([200, size]);
  });
});

describe("If-Modified-Since", () => {
  it.each([
    ["the file's own date", 0, 304],
    ["a later date", 3600, 304],
    ["a second earlier", -1, 200],
  ])("answers as the date says: %s", async (_name, seconds, status) => {
    expect((await ask({ "if-modified-since": later(seconds) })).status).toBe(status);
  });

  it.each(["yesterday", "2099-01-01T00:00:00Z", "4102444800", "Thu, 31 Feb 2099 00:00:00 GMT", ""])(
    "answers 200 to what is no HTTP date: %s",
    async (date) => {
      expect((await ask({ "if-modified-since": date })).status).toBe(200);
    },
  );

  it("does not count when there is an If-None-Match, matching or not", async () => {
    const newer = { "if-modified-since": later(3600) };
    const older = { "if-modified-since": later(-3600) };
    expect((await ask({ ...newer, "if-none-match": '"other"' })).status).toBe(200);
    expect((await ask({ ...newer, "if-none-match": "malformed" })).status).toBe(200);
    expect((await ask({ ...older, "if-none-match": etag })).status).toBe(304);
  });
});

describe("HEAD", () => {
  it("has the status and headers of GET and no body", async () => {
    const [get, head] = [await ask({}), await ask({}, "HEAD")];
    expect({ ...head.headers, date: "" }).toEqual({ ...get.headers, date: "" });
    expect([get.size, head.size]).toEqual([size, 0]);
  });
});

describe("the tag of a pack that was rebuilt", () => {
  it("does not match any more", async () => {
    await server.publish("rebuilt");
    const answer = await ask({ "if-none-match": etag });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).not.toBe(etag);
  });
});
