import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { IncomingMessage, ServerResponse } from "node:http";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createTempDir, startHttpServer } from "@policy-pack/testkit";
import type { TempDir, TestHttpServer } from "@policy-pack/testkit";
import { runCli } from "../../src/program.ts";
import { createTerminal } from "../support.ts";

const EVIDENCE = {
  service: "graph-api",
  releaseId: "1",
  environment: "production",
  measuredAt: "2026-03-01T00:00:00Z",
};
const RECEIPT = { id: "sha256:00", created: true, ...EVIDENCE, receivedAt: "2026-03-01T00:00:01.000Z" };
const STATEMENT = Buffer.from(JSON.stringify({ predicateType: "https://slsa.dev/provenance/v1" })).toString("base64");
const BUNDLE = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: { publicKey: { hint: "k" } },
  dsseEnvelope: { payload: STATEMENT, payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AAAA" }] },
};

let folder: TempDir;
let server: TestHttpServer;
let bodies: string[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  folder = await createTempDir();
  bodies = [];
  answer = reply(201, RECEIPT);
  server = await startHttpServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      answer(response);
    });
  });
  await writeFile(join(folder.path, "evidence.json"), JSON.stringify(EVIDENCE));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

function reply(status: number, body: object | string): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function push(
  args: readonly string[],
  options: { readonly stdin?: string; readonly token?: string } = {},
): Promise<Run> {
  const { stdin, token = "a.b.c" } = options;
  const terminal = createTerminal({
    cwd: folder.path,
    env: token === "" ? {} : { POLICY_PACK_TOKEN: token },
    ...(stdin === undefined ? {} : { stdin: [stdin] }),
  });
  const at = args.includes("--server") ? [] : ["--server", server.url];
  const status = await runCli(["evidence", "push", ...args, ...at], terminal);
  return { status, out: terminal.out(), err: terminal.err() };
}

describe("policy-pack evidence push", () => {
  it("sends the file with the token in its header, and prints what was kept", async () => {
    const { status, out, err } = await push(["evidence.json"]);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toContain("sha256:00");
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      url: "/v1/evidence",
      headers: { authorization: "Bearer a.b.c", "content-type": "application/json" },
    });
    expect(JSON.parse(bodies[0] ?? "")).toEqual(EVIDENCE);
  });

  it("sends what comes on stdin, below the server's path, with the token of a file", async () => {
    await writeFile(join(folder.path, "token"), "d.e.f\n");
    const args = ["-", "--server", `${server.url}/base`, "--token-file", "token", "--json"];
    const { status, out } = await push(args, { stdin: JSON.stringify(EVIDENCE), token: "" });
    expect([status, JSON.parse(out)]).toEqual([0, RECEIPT]);
    expect(server.requests[0]).toMatchObject({ url: "/base/v1/evidence", headers: { authorization: "Bearer d.e.f" } });
  });

  it("adds attestations to the links under the type that they claim", async () => {
    await writeFile(join(folder.path, "a.sigstore.json"), JSON.stringify(BUNDLE));
    const links = [{ predicateType: "urn:x", url: "https://ci.test" }];
    await writeFile(join(folder.path, "evidence.json"), JSON.stringify({ ...EVIDENCE, links }));
    expect((await push(["evidence.json", "--attestation", "a.sigstore.json"])).status).toBe(0);
    expect(JSON.parse(bodies[0] ?? "")).toEqual({
      ...EVIDENCE,
      links: [...links, { predicateType: "https://slsa.dev/provenance/v1", bundle: BUNDLE }],
    });
  });

  it.each([
    [401, "TOKEN_EXPIRED", 5],
    [403, "TOKEN_FORBIDDEN", 5],
    [409, "EVIDENCE_CONFLICT", 3],
    [422, "EVIDENCE_INVALID", 3],
    [503, "STORE_FAILED", 6],
  ])("fails as the server says: %d with %s exits %d", async (status, code, exitCode) => {
    answer = reply(status, { status, code, detail: "It says why." });
    const run = await push(["evidence.json", "--json"]);
    expect(run.status).toBe(exitCode);
    expect(JSON.parse(run.out)).toMatchObject({ error: { code, message: "It says why." } });
  });

  it.each([
    ["a 404 of something else", 404, "<html>", "FETCH_STATUS"],
    ["a redirect", 302, "", "FETCH_STATUS"],
    ["a code that there is not", 400, { code: "toString", detail: "x" }, "FETCH_STATUS"],
    ["success without an answer", 200, "", "FETCH_STATUS"],
    ["an answer without end", 200, `"${"x".repeat(100_000)}"`, "FETCH_REJECTED"],
  ])("exits 6 at %s", async (_name, status, body, code) => {
    answer = reply(status, body);
    const run = await push(["evidence.json"]);
    expect([run.status, run.out]).toEqual([6, ""]);
    expect(run.err).toContain(`error ${code}`);
  });

  it("takes the address of POLICY_PACK_SERVER, and without one sends nothing", async () => {
    const run = async (env: Readonly<Record<string, string>>) => {
      const terminal = createTerminal({ cwd: folder.path, env: { POLICY_PACK_TOKEN: "a.b.c", ...env } });
      return [await runCli(["evidence", "push", "evidence.json"], terminal), terminal.err()];
    };
    expect(await run({})).toEqual([2, expect.stringContaining("CONFIG_INVALID")]);
    expect(bodies).toHaveLength(0);
    expect(await run({ POLICY_PACK_SERVER: server.url })).toEqual([0, ""]);
    expect(bodies).toHaveLength(1);
  });

  it("exits 6 when nobody listens", async () => {
    await server.close();
    const run = await push(["evidence.json"]);
    expect([run.status, run.err.includes("error FETCH_FAILED")]).toEqual([6, true]);
  });

  it("warns when the token goes over a network unencrypted", async () => {
    const { err } = await push(["evidence.json", "--server", "http://policy-pack.invalid"]);
    expect(err).toContain("unencrypted");
  });

  it.each([
    ["no token", ["evidence.json"], { token: "" }, 2],
    ["a token that is none", ["evidence.json"], { token: "sec ret" }, 2],
    ["no file", ["absent.json"], {}, 2],
    ["a server that is no URL", ["evidence.json", "--server", "policy.example"], {}, 2],
    ["a server with a password", ["evidence.json", "--server", "https://a:b@policy.example"], {}, 2],
    ["no JSON", ["-"], { stdin: "{" }, 3],
    ["a list", ["-"], { stdin: "[]" }, 3],
    ["links that are none", ["-", "--attestation", "a.sigstore.json"], { stdin: '{"links":1}' }, 3],
    ["an attestation that is none", ["-", "--attestation", "evidence.json"], { stdin: "{}" }, 3],
  ])("sends nothing with %s", async (_name, args, options, status) => {
    await writeFile(join(folder.path, "a.sigstore.json"), JSON.stringify(BUNDLE));
    const run = await push(args, options);
    expect([run.status, run.out]).toEqual([status, ""]);
    expect(run.err).not.toContain("sec ret");
    expect(server.requests).toEqual([]);
  });
});
