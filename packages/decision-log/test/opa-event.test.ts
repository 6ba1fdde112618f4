import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import { createInstance, recordInstance } from "@policy-pack/evaluate";
import { compilePack, findTestOpa, withTempDir } from "@policy-pack/testkit";

import { httpSink } from "../src/index.ts";
import { compileMask, openLog } from "./support/log.ts";
import type { Line } from "./support/log.ts";
import { accept, withReceiver } from "./support/receiver.ts";

const ENTRYPOINT = "# METADATA\n# entrypoint: true\n";
const POLICY = `package t

${ENTRYPOINT}allow if input.n > 1

${ENTRYPOINT}twice := 1 if input.one
twice := 2 if input.two
`;
const MASK = `@mask contains "/input/secret"
mask contains "/input/list/1"
mask contains "/input/deep/key with space"
mask contains "/input/not/there"
mask contains {"op": "upsert", "path": "/input/name", "value": {"masked": true}}
mask contains {"op": "upsert", "path": "/input/new/path", "value": 1}
mask contains {"op": "remove", "path": "/result"} if input.path == "t/allow"
@drop if input.input.health`;
const INPUTS = [
  { n: 2, secret: "s", name: "x", list: [1, 2, 3], deep: { "key%20with%20space": 1, other: 2 } },
  { n: 2, health: true },
  { n: 1 },
  { n: 2.5, name: null, list: [] },
];

/** Asks stock OPA over a socket, and returns the events that it sends to its service. */
async function opaEvents(dir: string): Promise<readonly Line[]> {
  return withReceiver(accept, async ({ url, received, whenReceived }) => {
    const files = { "t.rego": POLICY, "mask.rego": `package system.log\n\n${MASK.replaceAll("@", "")}\n` };
    const config = {
      services: { receiver: { url } },
      decision_logs: { service: "receiver", reporting: { min_delay_seconds: 1, max_delay_seconds: 1 } },
    };
    for (const [name, text] of Object.entries({ ...files, "config.json": JSON.stringify(config) })) {
      await writeFile(join(dir, name), text);
    }
    const socketPath = join(dir, "opa.sock");
    const args = ["run", "--server", "--addr", `unix://${socketPath}`, "--config-file", "config.json"];
    const opa = spawn(await findTestOpa(), [...args, ...Object.keys(files)], { cwd: dir, stdio: "ignore" });
    try {
      while ((await ask(socketPath, "/health", {})) !== 200);
      for (const input of INPUTS) await ask(socketPath, "/v1/data/t/allow", { input });
      for (let uploads = 1; received.flatMap(({ records }) => records).length < 3; uploads++)
        await whenReceived(uploads);
      return received.flatMap(({ records }) => records);
    } finally {
      opa.kill();
      await once(opa, "exit");
    }
  });
}

function ask(socketPath: string, path: string, body: unknown): Promise<number | undefined> {
  return new Promise((resolve) => {
    const method = path === "/health" ? "GET" : "POST";
    const asking = request({ socketPath, path, method }, (answer) => {
      answer.resume().on("end", () => {
        resolve(answer.statusCode);
      });
    });
    asking.on("error", () => {
      resolve(undefined);
    });
    asking.end(method === "GET" ? undefined : JSON.stringify(body));
  });
}

async function ownEvents(): Promise<readonly Line[]> {
  return withReceiver(accept, async ({ url, received }) => {
    const { contents } = await compilePack({ "opa/t/t.rego": POLICY });
    const mask = await createInstance(await compileMask(MASK));
    const { log } = await openLog({ sinks: [httpSink({ url })], mask, labels: { id: "own", version: "1" } });
    const instance = recordInstance(await createInstance(contents), log, contents);
    for (const input of INPUTS) {
      try {
        instance.decide(input, "t/allow", { requestedBy: "own" });
      } catch {
        // Undefined: on record all the same.
      }
    }
    await log.close();
    return received.flatMap(({ records }) => records).filter(({ dropped }) => dropped === undefined);
  });
}

/** What differs from decision to decision and from program to program. */
const OWN_WORDS = [
  "labels",
  "decision_id",
  "timestamp",
  "metrics",
  "requested_by",
  "req_id",
  "bundles",
  "pack_digest",
  "chain",
];

function content(event: Line): Record<string, unknown> {
  const lists = { erased: sorted(event["erased"]), masked: sorted(event["masked"]) };
  return Object.fromEntries(Object.entries({ ...event, ...lists }).filter(([name]) => !OWN_WORDS.includes(name)));
}

const sorted = (list: unknown) => (Array.isArray(list) ? list.toSorted() : undefined);

describe("an event", () => {
  it("is what stock OPA sends of the same decision [needs opa]", async () => {
    await withTempDir(async (dir) => {
      const [theirs, ours] = await Promise.all([opaEvents(dir), ownEvents()]);
      expect(ours.map(content)).toEqual(theirs.map(content));
      for (const [index, event] of theirs.entries()) {
        const own = ours[index] ?? {};
        const typesOf = (it: object) => Object.entries(it).map(([name, value]) => [name, typeof value]);
        const common = typesOf(event).filter(([name]) => name !== "req_id");
        expect(typesOf(own)).toEqual(expect.arrayContaining(common));
        expect(Object.keys(own).filter((name) => !(name in event))).toEqual(["bundles", "chain", "pack_digest"]);
      }
    });
  });
});
