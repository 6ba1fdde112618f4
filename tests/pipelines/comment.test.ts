import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { zipSync } from "fflate";
import { readOnlyFile } from "../../scripts/comment/zip.ts";
import { tame } from "../../scripts/comment/tame.ts";

const SCRIPT = join(import.meta.dirname, "../../scripts/comment/main.ts");
const MARKER = "<!-- policy-pack: decision diff -->";
const SHA = "a".repeat(40);
const RUN = {
  id: 7,
  event: "pull_request",
  head_sha: SHA,
  head_branch: "feature/$(touch x)&state=closed",
  html_url: "https://github.example/o/r/actions/runs/7",
  head_repository: { owner: { login: "forker" } },
};
const PULL = { number: 12, head: { sha: SHA }, base: { repo: { full_name: "o/r" } } };

interface Site {
  pulls: unknown[];
  artifacts: { id: number; size_in_bytes: number }[];
  zip: Uint8Array;
  comments: unknown[];
  readonly requests: { method: string; url: string; token: string; body: string }[];
}

let site: Site;
let temp: TempDir;
let api: Server;
let storage: Server;

const encoder = new TextEncoder();
const zipOf = (text: string, name = "decision-diff.md"): Uint8Array => zipSync({ [name]: encoder.encode(text) });
const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  const zip = zipOf("# 2 decisions change\n");
  site = { pulls: [PULL], artifacts: [{ id: 3, size_in_bytes: zip.length }], zip, comments: [], requests: [] };
  temp = await createTempDir();
  storage = createServer((request, response) => {
    site.requests.push({ method: "GET", url: "storage", token: request.headers.authorization ?? "none", body: "" });
    response.end(site.zip);
  }).listen(0, "127.0.0.1");
  await once(storage, "listening");
  api = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      site.requests.push({ method, url, token: headers.authorization ?? "none", body });
      if (url.endsWith("/zip")) return response.writeHead(302, { location: `${addressOf(storage)}/zip` }).end();
      return response.end(JSON.stringify(answerTo(url)));
    });
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
});
afterEach(async () => {
  api.close();
  storage.close();
  await temp.remove();
});

function answerTo(url: string): unknown {
  if (url.startsWith("/repos/o/r/pulls?")) return site.pulls;
  if (url.startsWith("/repos/o/r/actions/runs/7/artifacts?")) return { artifacts: site.artifacts };
  return url.startsWith("/repos/o/r/issues/12/comments?") ? site.comments : {};
}

async function run(change: object = {}): Promise<{ status: number | null; output: string }> {
  const event = join(temp.path, "event.json");
  await writeFile(event, JSON.stringify({ workflow_run: { ...RUN, ...change } }));
  const env = {
    GITHUB_EVENT_PATH: event,
    GITHUB_API_URL: addressOf(api),
    GITHUB_REPOSITORY: "o/r",
    GH_TOKEN: "secret",
  };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", SCRIPT], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (output += piece.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}

const writes = (): readonly string[] =>
  site.requests.filter(({ method }) => method !== "GET").map(({ method, url }) => `${method} ${url}`);
const written = (): string => (JSON.parse(site.requests.at(-1)?.body ?? "{}") as { body: string }).body;

describe("scripts/comment/main.ts", () => {
  it("shows the report of a fork's run, below where it comes from", async () => {
    expect(await run()).toEqual({ status: 0, output: "shown in #12\n" });
    expect(writes()).toEqual(["POST /repos/o/r/issues/12/comments"]);
    expect(written()).toBe(
      `${MARKER}\n*Computed by this pull request's own code at ${SHA}, in [this run](${RUN.html_url}).*\n\n# 2 decisions change\n`,
    );
  });

  it("asks for the pull request by the event's branch, encoded whole", async () => {
    await run();
    const url = site.requests[0]?.url ?? "";
    expect(new URL(url, "http://x").searchParams.get("head")).toBe(`forker:${RUN.head_branch}`);
    expect(new URL(url, "http://x").searchParams.getAll("state")).toEqual(["open"]);
  });

  it("never sends its token to where the artifact is stored", async () => {
    await run();
    const tokens = site.requests.map(({ url, token }) => `${url === "storage" ? url : "api"} ${token}`);
    expect(new Set(tokens)).toEqual(new Set(["api Bearer secret", "storage none"]));
  });

  it("writes over its own earlier comment, and over nobody else's", async () => {
    site.comments = [
      { id: 1, body: MARKER, user: { login: "someone" } },
      { id: 2, body: MARKER, user: null },
      { id: 3, body: `quoting ${MARKER}`, user: { login: "github-actions[bot]" } },
      { id: 4, body: `${MARKER}\nold`, user: { login: "github-actions[bot]" } },
    ];
    await run();
    expect(writes()).toEqual(["PATCH /repos/o/r/issues/comments/4"]);
  });

  it.each([
    ["has moved on", { head: { sha: "b".repeat(40) } }],
    ["is into another repository", { base: { repo: { full_name: "o/other" } } }],
  ])("comments on no pull request that %s", async (_, change) => {
    site.pulls = [{ ...PULL, ...change }];
    expect(await run()).toMatchObject({ status: 0, output: expect.stringContaining("no open pull request") });
    expect(writes()).toEqual([]);
  });

  it.each([
    ["was not for a pull request", { event: "push" }],
    ["came from a fork that is gone", { head_repository: null }],
  ])("writes nothing for a run that %s", async (_, change) => {
    expect((await run(change)).status).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("writes nothing for a run without an artifact", async () => {
    site.artifacts = [];
    expect(await run()).toEqual({ status: 0, output: "the run left no decision diff\n" });
    expect(writes()).toEqual([]);
  });

  it.each([
    ["says that it is large", () => (site.artifacts = [{ id: 3, size_in_bytes: 200_000 }])],
    ["is larger than it says", () => (site.zip = Buffer.alloc(200_000))],
    ["unpacks to too much", () => (site.zip = zipOf("x".repeat(100_000)))],
    ["holds another file", () => (site.zip = zipOf("x", "../../etc/passwd"))],
    ["is no archive", () => (site.zip = encoder.encode("# no archive"))],
    ["is no text", () => (site.zip = zipSync({ "decision-diff.md": Uint8Array.of(0xff, 0xfe) }))],
  ])("fails on an artifact that %s, and writes nothing", async (_, prepare) => {
    prepare();
    expect((await run()).status).not.toBe(0);
    expect(writes()).toEqual([]);
  });

  it("says where a report is that is too long for a comment", async () => {
    site.zip = zipOf("@a ".repeat(20_000));
    await run();
    expect(written()).toContain("too long for a comment");
    expect(written().length).toBeLessThan(1000);
  });
});

describe("tame", () => {
  it.each([
    "# A heading\n\n| rule | count |\n|---|---:|\n| `cos/abac/allow` | **3** |\n",
    '<details><summary>more</summary>\n\n```json\n{"a": [1, 2]}\n```\n\n</details><br>',
    "a &lt; b &amp;&amp; c &gt; d, 5 % of 3 < 4",
  ])("leaves a report's own markup alone", (text) => {
    expect(tame(text)).toBe(text);
  });

  it.each([
    ["a mention", "@admin", "@\u2060admin"],
    ["a mention of a name outside ASCII", "@\u00e4", "@\u2060\u00e4"],
    ["a mention spelled as an entity", "&#64;admin &commat;admin", "&\u2060#\u206064;admin &\u2060commat;admin"],
    ["an issue", "closes #1, o/r#2, GH-3", "closes #\u20601, o/r#\u20602, GH\u2060-3"],
    ["a link", "[x](javascript:y) [x][y]", "[x]\u2060(javascript:y) [x]\u2060[y]"],
    ["an image", "![x](//h/p.png)", "![x]\u2060(//h/p.png)"],
    ["a reference definition", "[x]: h", "[x]\u2060: h"],
    ["an address", "https://h www.h mailto:a", "https:\u2060//h www\u2060.h mailto\u2060:a"],
    ["an address and an issue in emphasis", "_www.h_ _GH-3_", "_www\u2060.h_ _GH\u2060-3_"],
    ["an address in angle brackets", "<https://h>", "<\u2060https:\u2060//h>"],
    [
      "HTML",
      "<img src=x> <!-- --> </div> <Details open>",
      "<\u2060img src=x> <\u2060!-- --> <\u2060/div> <\u2060Details open>",
    ],
    ["a command of a formula", "$\\href{/o/r}{x}$", "$\\\u2060href{/o/r}{x}$"],
    ["a drawn block", "```mermaid\nx\n```", "```\nx\n```"],
    ["controls and what turns text around", "a\u0000\u202eb\u2060\u200b\r\nc", "a\ufffd\ufffdb\ufffd\ufffd\nc"],
  ])("takes the effect of %s", (_, text, tamed) => {
    expect(tame(text)).toBe(tamed);
  });
});

describe("readOnlyFile", () => {
  it("reads a stored and a deflated file", () => {
    const bytes = encoder.encode("text ".repeat(50));
    for (const level of [0, 9] as const) {
      const zip = Buffer.from(zipSync({ "a.md": [bytes, { level }] }));
      expect(readOnlyFile(zip, "a.md", 1000)).toBe("text ".repeat(50));
    }
  });

  it.each([
    ["two files", zipSync({ "a.md": encoder.encode("a"), "b.md": encoder.encode("b") })],
    ["none", zipSync({})],
    ["a directory that points nowhere", zipSync({ "a.md": encoder.encode("a") }).fill(0xff, -6, -2)],
  ])("throws on an archive with %s", (_, zip) => {
    expect(() => readOnlyFile(Buffer.from(zip), "a.md", 1000)).toThrow();
  });

  it("stops at a file that unpacks to too much before all of it is there", () => {
    const zip = Buffer.from(zipOf("x".repeat(100_000), "a.md"));
    const stopped = expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }) as unknown as Error;
    expect(() => readOnlyFile(zip, "a.md", 1000)).toThrow(stopped);
  });

  it("throws on a stored file that is too large", () => {
    const zip = Buffer.from(zipSync({ "a.md": [encoder.encode("text"), { level: 0 }] }));
    expect(() => readOnlyFile(zip, "a.md", 3)).toThrow("more than 3 bytes");
  });
});
