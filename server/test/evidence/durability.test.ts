import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EvidenceStore } from "../../src/evidence/evidence.ts";
import { ask } from "../support/ask.ts";
import type { Answer } from "../support/ask.ts";
import { createPackRoot } from "../support/pack-root.ts";
import type { PackRoot } from "../support/pack-root.ts";
import { createPromotion, evidenceOf, seconds } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";
import { runProcess, startProcess } from "../support/server-process.ts";
import type { ServerProcess } from "../support/server-process.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const MAIN = join(import.meta.dirname, "../../dist/main.js");

/** Whether another user can run the server of this checkout: only root may start programs as somebody else. */
function canRunAsNobody(): boolean {
  const look = `require("node:fs").accessSync(${JSON.stringify(MAIN)})`;
  return isRoot && spawnSync(process.execPath, ["-e", look], { uid: NOBODY, gid: NOBODY }).status === 0;
}

/** Root in a container may often not. */
function canMount(): boolean {
  if (!isRoot || process.platform !== "linux") return false;
  const path = mkdtempSync(join(tmpdir(), "policy-pack-mount-"));
  try {
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]).status !== 0) return false;
    return spawnSync("umount", [path]).status === 0;
  } finally {
    rmdirSync(path);
  }
}

let promotion: TestPromotion;
let root: PackRoot;
let token: string;
let running: ServerProcess[];

beforeEach(async () => {
  promotion = await createPromotion();
  root = await createPackRoot();
  running = [];
  const now = new Date();
  token = await promotion.token({ iat: seconds(now), exp: seconds(now, 600) });
});

afterEach(async () => {
  for (const server of running) await server.kill("SIGKILL");
  await root.remove();
  await promotion.remove();
});

function environment(): Record<string, string> {
  return { MC_PACK_ROOT: root.path, MC_PROMOTION_CONFIG: promotion.file, MC_LOG_LEVEL: "info" };
}

async function start(): Promise<ServerProcess> {
  const server = await startProcess({ env: environment() });
  running.push(server);
  return server;
}

function post({ url }: ServerProcess, fields: object): Promise<Answer> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  return ask(`${url}/v1/evidence`, { method: "POST", headers, body: JSON.stringify(evidenceOf(fields)) });
}

function idOf(answer: Answer): string {
  return (answer.json() as { readonly id: string }).id;
}

function keptIds(): ReadonlySet<string> {
  const database = new DatabaseSync(promotion.store);
  const ids = database.prepare("SELECT id FROM evidence").all();
  database.close();
  return new Set(ids.map(({ id }) => String(id)));
}

describe("evidence that was acknowledged", () => {
  it("is there after the server is killed amid a stream of it", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const server = await start();
      let sent = 0;
      // Eight writers at once; the kill comes while the answers of some are on their way.
      const writers = Array.from({ length: 8 }, async () => {
        for (;;) {
          const answer = await post(server, { releaseId: `r${round}-${(sent += 1)}` });
          expect(answer.status).toBe(201);
          acknowledged.push(idOf(answer));
          if (acknowledged.length % 40 === 0) void server.kill("SIGKILL");
        }
      });
      const ends = await Promise.allSettled(writers);
      expect(ends.map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
      await server.kill("SIGKILL");
    }
    const kept = keptIds();
    expect(acknowledged.length).toBeGreaterThanOrEqual(80);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    // And it can be gone on with.
    expect((await post(await start(), { releaseId: "after" })).status).toBe(201);
  });

  it("is kept once when two servers on one file are sent the same at once", async () => {
    const servers = await Promise.all([start(), start()]);
    const statuses: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      const answers = await Promise.all(servers.map((server) => post(server, { releaseId: `r${i}` })));
      expect(new Set(answers.map(idOf)).size).toBe(1);
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(40);
    expect(statuses.filter((status) => status === 200)).toHaveLength(40);
    expect(keptIds().size).toBe(40);
  });

  it("is one of two when two servers on one file are sent different ones of one moment", async () => {
    const servers = await Promise.all([start(), start()]);
    for (let i = 0; i < 20; i += 1) {
      const answers = await Promise.all(
        servers.map((server, side) => post(server, { releaseId: `r${i}`, soakSeconds: side })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    }
    expect(keptIds().size).toBe(20);
  });

  it("is closed properly on SIGTERM, and nothing is printed about SQLite", async () => {
    const server = await start();
    await post(server, {});
    await server.kill("SIGTERM");
    expect(await server.stderr).toBe("");
    expect(keptIds().size).toBe(1);
  });
});

describe("a server whose store cannot be written", () => {
  it("does not start on a folder that is not there", async () => {
    await promotion.rewrite({ store: "absent/evidence.sqlite" });
    const { status, stderr } = await runProcess({ env: environment() });
    expect([status, stderr.split(":")[0]]).toEqual([6, "STORE_FAILED"]);
    expect(stderr).not.toContain("    at ");
  });

  it("does not start with a configuration that cannot be used", async () => {
    await promotion.rewrite({ services: [] });
    const { status, stderr } = await runProcess({ env: environment() });
    expect([status, stderr.split(":")[0]]).toEqual([2, "CONFIG_INVALID"]);
  });

  (canRunAsNobody() ? it : it.skip)("does not start on a file that it may only read [needs root]", async () => {
    const path = join(promotion.dir, "kept");
    mkdirSync(path);
    await promotion.rewrite({ store: "kept/evidence.sqlite" });
    EvidenceStore.open(join(path, "evidence.sqlite"), { environment: "production" }).close();
    chmodSync(promotion.dir, 0o755);
    chmodSync(root.path, 0o755);
    const { status, stderr } = await runProcess({ env: environment(), uid: NOBODY });
    expect([status, stderr.split(":")[0]]).toEqual([6, "STORE_FAILED"]);
    chownSync(path, NOBODY, NOBODY);
    chownSync(join(path, "evidence.sqlite"), NOBODY, NOBODY);
    const server = await startProcess({ env: environment(), uid: NOBODY });
    running.push(server);
    expect((await post(server, {})).status).toBe(201);
  });

  const disk = canMount() ? it : it.skip;
  disk(
    "answers 503 on a full disk, keeps what it acknowledged, and goes on once there is room [needs mount]",
    async () => {
      const path = join(promotion.dir, "disk");
      mkdirSync(path);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", path]);
      try {
        await promotion.rewrite({ store: "disk/evidence.sqlite" });
        const server = await start();
        const acknowledged: string[] = [];
        let answer: Answer | undefined;
        for (let i = 0; answer === undefined || answer.status === 201; i += 1) {
          answer = await post(server, { releaseId: `r${i}`, links: LINKS });
          if (answer.status === 201) acknowledged.push(idOf(answer));
        }
        expect(answer.json()).toMatchObject({ status: 503, code: "STORE_FAILED" });
        execFileSync("mount", ["-o", "remount,size=4m", path]);
        expect((await post(server, { releaseId: "after" })).status).toBe(201);
        await server.kill("SIGKILL");
        const database = new DatabaseSync(join(path, "evidence.sqlite"));
        const kept = new Set(
          database
            .prepare("SELECT id FROM evidence")
            .all()
            .map(({ id }) => String(id)),
        );
        database.close();
        expect(acknowledged.length).toBeGreaterThan(5);
        expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      } finally {
        for (const server of running) await server.kill("SIGKILL");
        execFileSync("umount", [path]);
      }
    },
  );
});

/** Some kilobytes. */
const LINKS = Array.from({ length: 8 }, (_, i) => ({
  predicateType: "https://slsa.dev/provenance/v1",
  url: `https://ci.test/${i}/${"x".repeat(1_000)}`,
}));
