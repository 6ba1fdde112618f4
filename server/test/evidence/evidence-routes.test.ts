import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { request } from "node:http";
import { EVIDENCE_LIMITS } from "../../src/evidence/limits.ts";
import { startServer } from "../../src/start-server.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { ask } from "../support/ask.ts";
import type { Answer } from "../support/ask.ts";
import { createPackRoot } from "../support/pack-root.ts";
import type { PackRoot } from "../support/pack-root.ts";
import { createPromotion, evidenceOf, NOW, SUBJECTS } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

const RELEASE = "/v1/evidence/graph-api/2026-03-01.1";

let promotion: TestPromotion;
let root: PackRoot;
let server: RunningServer;
let clock: () => Date;
let token: string;

beforeEach(async () => {
  clock = () => NOW;
  promotion = await createPromotion();
  root = await createPackRoot();
  server = await start();
  token = await promotion.token();
});

afterEach(async () => {
  await server.close();
  await root.remove();
  await promotion.remove();
});

function start(): Promise<RunningServer> {
  return startServer({ root: root.path, port: 0, logger: false, promotionFile: promotion.file, now: () => clock() });
}

function bearer(value: string): Record<string, string> {
  return { authorization: `Bearer ${value}` };
}

/** Begins a request whose body does not come: the status of its answer, and what ends it. */
function announce(headers: Record<string, string>): readonly [Promise<number | undefined>, () => void] {
  const length = { "content-type": "application/json", "content-length": String(EVIDENCE_LIMITS.maxBodyBytes) };
  const options = { method: "POST", headers: { ...length, ...headers }, agent: false };
  const outgoing = request(`${server.url}/v1/evidence`, options);
  const answer = new Promise<number | undefined>((resolve) => {
    outgoing.on("response", ({ statusCode }) => {
      resolve(statusCode);
    });
    outgoing.on("error", () => {
      resolve(undefined);
    });
  });
  outgoing.flushHeaders();
  return [answer, () => void outgoing.destroy()];
}

function post(body: unknown, headers: object = {}): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(`${server.url}/v1/evidence`, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(token), ...headers },
    body: text,
  });
}

/** In chunks, without a length. */
function postInPieces(body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json; charset=utf-8", ...bearer(token) };
    const outgoing = request(`${server.url}/v1/evidence`, { method: "POST", headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
      outgoing.off("error", reject).on("error", () => undefined);
    });
    outgoing.on("error", reject);
    for (let at = 0; at < body.length; at += 65_521) outgoing.write(body.slice(at, at + 65_521));
    outgoing.end();
  });
}

async function read(path = RELEASE): Promise<Answer> {
  return ask(`${server.url}${path}`, { headers: bearer(await promotion.token({ sub: SUBJECTS.reader })) });
}

async function expectProblem(pending: Promise<Answer>, status: number, code: string): Promise<Answer> {
  const answer = await pending;
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/problem+json"]);
  expect(answer.json()).toMatchObject({ status, code });
  expect(answer.body.toString()).not.toMatch(/node:|\.[tj]s:| {4}at |sqlite/i);
  return answer;
}

async function historyLength(): Promise<number> {
  return ((await read()).json() as { readonly history: readonly unknown[] }).history.length;
}

describe("POST /v1/evidence", () => {
  it("answers 201 with the id, and 200 with the same to the same again", async () => {
    const first = await post(evidenceOf());
    expect([first.status, first.headers.location]).toEqual([201, RELEASE]);
    const again = await post(evidenceOf());
    expect(again.status).toBe(200);
    expect(again.json()).toEqual({ ...(first.json() as object), created: false });
    expect(await historyLength()).toBe(1);
  });

  it("takes the same evidence in another spelling as the same", async () => {
    await post(evidenceOf({ measuredAt: "2026-03-01T11:59:00.000Z", cost: undefined, soakSeconds: 60, links: [] }));
    const turned = { soakSeconds: 6e1, ...evidenceOf({ cost: undefined, soakSeconds: 60 }) };
    expect((await post(turned)).status).toBe(200);
  });

  it("answers 409 to other evidence of the same moment, and keeps the first", async () => {
    await post(evidenceOf());
    await expectProblem(post(evidenceOf({ soakSeconds: 5 })), 409, "EVIDENCE_CONFLICT");
    expect(await historyLength()).toBe(1);
  });

  it("answers two writers of one snapshot at once with one 201 and one 200", async () => {
    const answers = await Promise.all([post(evidenceOf()), post(evidenceOf())]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
  });

  it("lets the newest win by its own time, and keeps what arrives late", async () => {
    const at = (minute: number): object => evidenceOf({ measuredAt: `2026-03-01T11:${minute}:00Z` });
    for (const minute of [30, 50, 40]) expect((await post(at(minute))).status).toBe(201);
    const { newest, history } = (await read()).json() as {
      readonly newest: { readonly measuredAt: string };
      readonly history: readonly { readonly measuredAt: string }[];
    };
    expect(newest.measuredAt).toBe("2026-03-01T11:50:00.000Z");
    expect(history.map(({ measuredAt }) => measuredAt.slice(14, 16))).toEqual(["50", "40", "30"]);
  });

  it("takes a body that comes in pieces without a length", async () => {
    expect(await postInPieces(JSON.stringify(evidenceOf()))).toBe(201);
  });

  describe("when the body is none that is read", () => {
    it.each([
      ["no JSON", "{", 422, "EVIDENCE_INVALID"],
      ["empty", "", 422, "EVIDENCE_INVALID"],
      ["a list", "[]", 422, "EVIDENCE_INVALID"],
      ["NaN", JSON.stringify(evidenceOf()).replace("210.5", "NaN"), 422, "EVIDENCE_INVALID"],
      ["1e999", JSON.stringify(evidenceOf()).replace("210.5", "1e999"), 422, "EVIDENCE_INVALID"],
      ["a key twice", JSON.stringify(evidenceOf()).replace('"p95Ms"', '"p95Ms":1,"p95Ms"'), 422, "EVIDENCE_INVALID"],
      ["deep", JSON.stringify(evidenceOf()).replace("210.5", "[".repeat(50_000)), 422, "LIMIT_EXCEEDED"],
      ["a byte order mark", "\u{feff}{}", 422, "EVIDENCE_INVALID"],
    ])("answers %s with its code and keeps nothing", async (_name, body, status, code) => {
      await expectProblem(post(body), status, code);
      expect(await historyLength()).toBe(0);
    });

    it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"])(
      "answers 415 to %s",
      async (type) => {
        await expectProblem(post(evidenceOf(), { "content-type": type }), 415, "EVIDENCE_INVALID");
      },
    );

    it("answers 413 to more than is read, whether its length is told or not", async () => {
      const body = `{"x":"${"x".repeat(EVIDENCE_LIMITS.maxBodyBytes)}"}`;
      await expectProblem(post(body), 413, "LIMIT_EXCEEDED");
      expect(await postInPieces(body)).toBe(413);
    });
  });

  describe("when the token does not hold", () => {
    it.each([
      ["absent", {}, 401, "TOKEN_INVALID"],
      ["in the query only", {}, 401, "TOKEN_INVALID"],
      ["malformed", { authorization: "Bearer x.y.z" }, 401, "TOKEN_INVALID"],
      ["of another scheme", { authorization: "Basic eDp5" }, 401, "TOKEN_INVALID"],
    ])("answers %s with its code", async (name, headers, status, code) => {
      const query = name.includes("query") ? `?access_token=${token}` : "";
      const question = { method: "POST", body: JSON.stringify(evidenceOf()) };
      const url = `${server.url}/v1/evidence${query}`;
      const answer = await expectProblem(
        ask(url, { ...question, headers: { "content-type": "application/json", ...headers } }),
        status,
        code,
      );
      expect(answer.headers["www-authenticate"]).toContain("Bearer");
    });

    it("answers 401 to one in the body", async () => {
      const body = JSON.stringify({ ...evidenceOf(), access_token: token });
      const headers = { "content-type": "application/json" };
      await expectProblem(ask(`${server.url}/v1/evidence`, { method: "POST", headers, body }), 401, "TOKEN_INVALID");
    });

    it("answers 401 once its time is over, between one request and the next", async () => {
      expect((await post(evidenceOf())).status).toBe(201);
      clock = () => new Date(NOW.getTime() + 600_000);
      await expectProblem(post(evidenceOf()), 401, "TOKEN_EXPIRED");
    });

    it("answers 401 when its time ends before the body does, and keeps nothing", async () => {
      let looks = 0;
      // The clock is looked at twice while the headers are judged, and then for the body.
      clock = () => new Date(NOW.getTime() + ((looks += 1) > 2 ? 600_000 : 0));
      await expectProblem(post(evidenceOf()), 401, "TOKEN_EXPIRED");
      clock = () => NOW;
      expect(await historyLength()).toBe(0);
    });

    it("answers 401 to two Authorization headers", async () => {
      await expectProblem(
        post(evidenceOf(), { authorization: [`Bearer ${token}`, `Bearer ${token}`] }),
        401,
        "TOKEN_INVALID",
      );
    });

    it("answers 403 where nothing grants the scope or the service", async () => {
      const narrow = await promotion.token({ sub: SUBJECTS.narrow });
      const reader = await promotion.token({ sub: SUBJECTS.reader });
      const answer = await expectProblem(post(evidenceOf(), bearer(reader)), 403, "TOKEN_FORBIDDEN");
      expect(answer.headers["www-authenticate"]).toContain("insufficient_scope");
      await expectProblem(post(evidenceOf(), bearer(narrow)), 403, "TOKEN_FORBIDDEN");
      expect((await post(evidenceOf({ service: "ingest" }), bearer(narrow))).status).toBe(201);
    });

    it("does not read the body", async () => {
      const [answer, end] = announce({});
      expect(await answer).toBe(401);
      end();
    });
  });

  it("answers 429 to bodies beyond so many at once of one bearer, and takes others' and later ones", async () => {
    const open = Array.from({ length: EVIDENCE_LIMITS.maxWrites + 3 }, () => announce(bearer(token)));
    const refused = await new Promise<number>((resolve) => {
      let count = 0;
      for (const [answer] of open) {
        void answer.then((status) => {
          if (status === 429 && (count += 1) === 3) resolve(count);
        });
      }
    });
    expect(refused).toBe(3);
    const narrow = await promotion.token({ sub: SUBJECTS.narrow });
    expect((await post(evidenceOf({ service: "ingest" }), bearer(narrow))).status).toBe(201);
    const { status: busy, headers, json } = await post(evidenceOf());
    expect([busy, headers["cache-control"], json()]).toEqual([
      429,
      "no-store",
      expect.objectContaining({ status: 429 }),
    ]);
    for (const [, end] of open) end();
    // The server learns of a connection's end in its own time.
    let { status } = await post(evidenceOf());
    while (status === 429) ({ status } = await post(evidenceOf()));
    expect(status).toBe(201);
  });

  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("answers %s with 405 and Allow", async (method) => {
    const answer = await ask(`${server.url}/v1/evidence`, { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  });
});

describe("GET /v1/evidence/{service}/{releaseId}", () => {
  it("tells the newest and the history, with who wrote it", async () => {
    await post(evidenceOf());
    const answer = await read();
    expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
    const record = { source: "api", writer: "https://issuer.test ci", receivedAt: NOW.toISOString() };
    expect(answer.json()).toMatchObject({ environment: "production", newest: record, history: [record], more: false });
  });

  it("tells of other environments, and takes none of them as the newest", async () => {
    await post(evidenceOf({ environment: "staging" }));
    expect((await read()).json()).toMatchObject({ newest: null, history: [{ environment: "staging" }] });
  });

  it("answers a release that nothing is known of with an empty history", async () => {
    expect((await read()).json()).toMatchObject({ newest: null, history: [], more: false });
  });

  it.each(["/v1/evidence/other/1", "/v1/evidence/graph-api/a%22b", "/v1/evidence/graph-api/%2e%2e%2f"])(
    "answers %s, which can be no release here, with 422",
    async (path) => {
      await expectProblem(read(path), 422, "EVIDENCE_INVALID");
    },
  );

  it("answers 401 without a token and 403 without the grant", async () => {
    await expectProblem(ask(`${server.url}${RELEASE}`), 401, "TOKEN_INVALID");
    const headers = bearer(await promotion.token({ sub: SUBJECTS.narrow }));
    await expectProblem(ask(`${server.url}${RELEASE}`, { headers }), 403, "TOKEN_FORBIDDEN");
  });
});
