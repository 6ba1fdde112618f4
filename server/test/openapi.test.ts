import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { rm } from "node:fs/promises";
import { packPaths } from "@policy-pack/pack";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import type { Question } from "./support/ask.ts";
import { at, checkAnswer, document, resolve } from "./support/openapi.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const PACK = "/v1/policy/packs/{packId}";
const ATTESTATION = `${PACK}/attestation`;
const BYTES = Buffer.from("served");

let root: PackRoot;
let server: RunningServer;

beforeAll(async () => {
  root = await createPackRoot();
  await root.addTar("whole-v1", BYTES);
  await root.addBundle("whole-v1", BYTES);
  await root.addTar("unsigned-v1", BYTES);
  await root.addSource("unbuilt-v1");
  server = await startServer({ root: root.path, port: 0, logger: false, inlineBundle: true });
});

afterAll(async () => {
  await server.close();
  await root.remove();
});

const CASES: readonly (readonly [string, string, number, Question?])[] = [
  [PACK, "whole-v1", 200],
  [PACK, "unsigned-v1", 200],
  [PACK, "whole-v1", 304, { headers: { "if-none-match": "*" } }],
  [PACK, "%zz", 400],
  [PACK, "absent-v1", 404],
  [PACK, "whole-v1", 405, { method: "POST" }],
  [PACK, "unbuilt-v1", 503],
  [ATTESTATION, "whole-v1", 200],
  [ATTESTATION, "absent-v1", 404],
  [ATTESTATION, "whole-v1", 405, { method: "DELETE" }],
  [ATTESTATION, "unsigned-v1", 503],
  ["/healthz", "", 200],
  ["/healthz", "", 405, { method: "PUT" }],
  ["/readyz", "", 200],
];

describe("the server's answers", () => {
  it.each(CASES)("are as the document says: %s of %s with %d", async (path, packId, status, question = {}) => {
    const url = `${server.url}${path.replace("{packId}", packId)}`;
    for (const method of question.method === undefined ? ["GET", "HEAD"] : [question.method]) {
      const answer = await ask(url, { ...question, method });
      expect(answer.status).toBe(status);
      checkAnswer(path, method, answer);
    }
  });

  it("are as the document says when nothing is ready", async () => {
    const tars = ["whole-v1", "unsigned-v1"].map((packId) => packPaths(root.path, packId).tar);
    for (const tar of tars) await rm(tar);
    const answer = await ask(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    checkAnswer("/readyz", "GET", answer);
  });
});

describe("the document", () => {
  it("names GET and HEAD of every route that is read, and POST of those that take something in", () => {
    const paths = at(document, "paths") as Readonly<Record<string, object>>;
    const methods = Object.entries(paths).map(([path, item]) => [
      path,
      Object.keys(item).filter((key) => key !== "parameters"),
    ]);
    expect(Object.fromEntries(methods)).toMatchObject({
      [PACK]: ["get", "head"],
      [ATTESTATION]: ["get", "head"],
      "/healthz": ["get", "head"],
      "/readyz": ["get", "head"],
      "/v1/evidence": ["post"],
      "/v1/evidence/{service}/{releaseId}": ["get", "head"],
      "/v1/readiness/{service}/{releaseId}": ["get", "head"],
      "/graphql": ["post"],
    });
  });

  it("has no reference that leads nowhere", () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    for (const reference of new Set(references)) {
      expect(resolve(JSON.parse(`{${reference}}`))).toBeDefined();
    }
  });
});
