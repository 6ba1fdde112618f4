import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import { runCli } from "../../src/program.ts";
import { createTerminal, withFolder } from "../support.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const ASK = ["readiness", "--service", "graph-api", "--release", "2026.6.1"];

/** A GO is one only while it is new, by the machine's own clock. */
function fromNow(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

const GO = {
  readinessVersion: 1,
  verdict: "GO",
  service: "graph-api",
  releaseId: "2026.6.1",
  environment: "production",
  artifactDigest: DIGEST,
  proven: [{ code: "promotion_ok", message: "the pack says yes" }],
  notProven: [] as readonly object[],
  mustNotClaim: ["anything about the time after"],
  risks: [] as readonly object[],
  unusedAcceptances: [],
  next: { advice: "Promote it.", command: "policy-pack readiness" },
  evidence: [DIGEST],
  packId: "policy-pack-v0",
  packDigest: DIGEST,
  revision: "1",
  decidedAt: fromNow(0),
};
const SLOW = { code: "read_p95_exceeded", message: "read p95 in ms is 400, the limit is 350" };
const RISK = { code: SLOW.code, reason: "known", until: fromNow(3600), acceptedBy: "release manager" };

let server: TestHttpServer;
let handler: RequestListener = () => undefined;

beforeAll(async () => {
  server = await startHttpServer((request, response) => {
    handler(request, response);
  });
});
afterEach(() => {
  handler = () => undefined;
});
afterAll(() => server.close());

function answering(body: unknown, status = 200, type = "application/json"): void {
  handler = (_request, response) => {
    response.writeHead(status, { "content-type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(flags: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
  const terminal = createTerminal({ env: { POLICY_PACK_TOKEN: "abc.def", POLICY_PACK_SERVER: server.url, ...env } });
  const status = await runCli([...ASK, ...flags], terminal);
  return { status, out: terminal.out(), err: terminal.err() };
}

async function codeOf(flags: readonly string[] = [], env: Record<string, string> = {}): Promise<readonly unknown[]> {
  const { status, out } = await run([...flags, "--json"], env);
  return [status, (JSON.parse(out) as { error: { code: string } }).error.code];
}

describe("policy-pack readiness", () => {
  it("exits 0 for GO, and prints what is proven, what must not be claimed and what comes next", async () => {
    answering(GO);
    const { status, out } = await run();
    expect(status).toBe(0);
    expect(out.split("\n")[0]).toBe("GO");
    for (const title of ["Proven:", "Must not be claimed:", "Next:"]) expect(out).toContain(`\n${title}\n`);
    expect(out).not.toContain("Not proven:");
    const { headers, url } = server.requests.at(-1) ?? {};
    expect([headers?.authorization, url]).toEqual(["Bearer abc.def", "/v1/readiness/graph-api/2026.6.1"]);
  });

  it("exits 0 for accepted risks, and names who takes them", async () => {
    answering({ ...GO, verdict: "GO_WITH_ACCEPTED_RISKS", notProven: [SLOW], risks: [RISK] });
    const { status, out } = await run();
    expect(status).toBe(0);
    expect(out).toContain(`accepted by release manager until ${RISK.until}`);
  });

  it("exits 5 for NO_GO and for INSUFFICIENT_PROOF, each with its code and the whole answer", async () => {
    for (const [verdict, code] of [
      ["NO_GO", "PROMOTION_REFUSED"],
      ["INSUFFICIENT_PROOF", "EVIDENCE_INSUFFICIENT"],
    ]) {
      const answer = { ...GO, verdict, notProven: [SLOW] };
      answering(answer);
      const { status, out } = await run(["--json"]);
      expect([status, JSON.parse(out)]).toMatchObject([5, { error: { code }, readiness: answer }]);
      const { err, out: nothing } = await run();
      expect([err.split(":")[0], nothing]).toEqual([`error ${code ?? ""}`, ""]);
      expect(err).toContain("Not proven:\n  read_p95_exceeded");
    }
  });

  it("passes on what the verdict must be about", async () => {
    answering(GO);
    await run(["--target", DIGEST, "--environment", "production"]);
    const expected = `/v1/readiness/graph-api/2026.6.1?target=${encodeURIComponent(DIGEST)}&environment=production`;
    expect(server.requests.at(-1)?.url).toBe(expected);
  });

  it("prints nothing that a terminal would act upon", async () => {
    answering({ ...GO, proven: [{ code: "x", message: "\u001b[2Jgone\nverdict: GO" }] });
    expect((await run()).out).not.toContain("\u001b");
  });
});

/** Answers of 200 that are none: what must not exit 0. */
const LIES: readonly (readonly [string, unknown])[] = [
  ["a GO beside what is not proven", { ...GO, notProven: [SLOW] }],
  ["a GO with risks", { ...GO, notProven: [SLOW], risks: [RISK] }],
  ["accepted risks without one", { ...GO, verdict: "GO_WITH_ACCEPTED_RISKS" }],
  [
    "accepted risks of something else",
    { ...GO, verdict: "GO_WITH_ACCEPTED_RISKS", notProven: [{ code: "a", message: "" }], risks: [RISK] },
  ],
  ["a GO that no pack decided", { ...GO, packDigest: undefined }],
  ["a GO of an hour ago, out of a cache", { ...GO, decidedAt: fromNow(-3600) }],
  ["a GO of an hour ahead", { ...GO, decidedAt: fromNow(3600) }],
  ["a GO of no time", { ...GO, decidedAt: "now" }],
  [
    "a risk whose acceptance had ended",
    { ...GO, verdict: "GO_WITH_ACCEPTED_RISKS", notProven: [SLOW], risks: [{ ...RISK, until: fromNow(-60) }] },
  ],
  ["a GO of another release", { ...GO, releaseId: "2026.6.2" }],
  ["a GO of another service", { ...GO, service: "ingest" }],
  ["a verdict that is none", { ...GO, verdict: "go" }],
  ["another version", { ...GO, readinessVersion: 2 }],
  ["no list of what is not proven", { ...GO, notProven: undefined }],
  ["a digest that is none", { ...GO, artifactDigest: "latest" }],
  ["an empty object", {}],
  ["a list", []],
  ["true", true],
  ["no JSON", "GO"],
  ["nothing", ""],
];

describe("policy-pack readiness, when the answer is no verdict", () => {
  it.each(LIES)("refuses %s", async (_what, body) => {
    answering(body);
    expect(await codeOf()).toEqual([3, "INPUT_INVALID"]);
  });

  it("refuses a GO of another artifact or environment than was asked about", async () => {
    answering(GO);
    expect(await codeOf(["--target", `sha256:${"cd".repeat(32)}`])).toEqual([3, "INPUT_INVALID"]);
    expect(await codeOf(["--environment", "staging"])).toEqual([3, "INPUT_INVALID"]);
  });

  it("refuses one that is too large", async () => {
    answering(" ".repeat(4 * 1024 * 1024 + 1));
    expect(await codeOf()).toEqual([3, "LIMIT_EXCEEDED"]);
  });
});

describe("policy-pack readiness, when there is no answer", () => {
  it("tells the code of the server's problem", async () => {
    const problem = { type: "about:blank", title: "Unauthorized", status: 401, detail: "Too late.", error: "x" };
    answering({ ...problem, code: "TOKEN_EXPIRED" }, 401, "application/problem+json");
    expect(await codeOf()).toEqual([5, "TOKEN_EXPIRED"]);
    answering({ ...problem, code: "NONE_OF_OURS" }, 401, "application/problem+json");
    expect(await codeOf()).toEqual([6, "FETCH_STATUS"]);
  });

  it("follows no redirect with its token", async () => {
    handler = (_request, response) => {
      response.writeHead(302, { location: `${server.url}/elsewhere` });
      response.end();
    };
    const before = server.requests.length;
    expect(await codeOf()).toEqual([6, "FETCH_REJECTED"]);
    expect(server.requests.length).toBe(before + 1);
  });

  it("says that a server without promotions is none, and that one may be tried again", async () => {
    answering({ detail: "Nothing is here." }, 404, "application/problem+json");
    expect(await codeOf()).toEqual([6, "FETCH_STATUS"]);
    answering("busy", 503, "text/plain");
    const { status, out } = await run(["--json"]);
    expect([status, JSON.parse(out)]).toMatchObject([6, { error: { code: "FETCH_STATUS", retryable: true } }]);
  });

  it("takes a page of 200 for no verdict", async () => {
    answering("<html>GO</html>", 200, "text/html");
    expect(await codeOf()).toEqual([6, "FETCH_STATUS"]);
  });

  it("says that nobody listens", async () => {
    const gone = await startHttpServer(() => undefined);
    await gone.close();
    expect(await codeOf(["--server", gone.url])).toEqual([6, "FETCH_FAILED"]);
  });
});

describe("policy-pack readiness, when it is called wrongly", () => {
  const WRONG: readonly (readonly [string, readonly string[], Record<string, string>])[] = [
    ["no token", [], { POLICY_PACK_TOKEN: "" }],
    ["a token with a line end", [], { POLICY_PACK_TOKEN: "abc\r\nx-evil: 1" }],
    ["an address with a password", ["--server", "http://a:b@127.0.0.1"], {}],
    ["an address that is none", ["--server", "file:///etc/passwd"], {}],
    ["a target that is none", ["--target", "latest"], {}],
    ["a summary's flags without --attest", ["--attest-dev-authority"], {}],
  ];

  it.each(WRONG)("refuses %s", async (_what, flags, env) => {
    const before = server.requests.length;
    expect(await codeOf(flags, env)).toEqual([2, "CONFIG_INVALID"]);
    expect(server.requests.length).toBe(before);
  });

  it("wants a service and a release", async () => {
    const terminal = createTerminal({ env: { POLICY_PACK_TOKEN: "abc" } });
    expect(await runCli(["readiness", "--service", "graph-api"], terminal)).toBe(2);
  });

  it("reads the token from a file", async () => {
    answering(GO);
    await withFolder(async (dir) => {
      await writeFile(join(dir, "token"), "from.a.file\n");
      expect((await run(["--token-file", join(dir, "token")])).status).toBe(0);
      expect(server.requests.at(-1)?.headers.authorization).toBe("Bearer from.a.file");
    });
  });
});
