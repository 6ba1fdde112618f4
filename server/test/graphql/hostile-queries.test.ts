import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { request as httpRequest } from "node:http";
import type { CompiledPack } from "@policy-pack/testkit";
import type { Answer } from "../support/ask.ts";
import { ask } from "../support/ask.ts";
import { compileContract, createPromotionWorld, QUERY, RELEASE, SERVICE, START } from "../support/promotion-world.ts";
import type { PromotionWorld } from "../support/promotion-world.ts";

const VARIABLES = { service: SERVICE, releaseId: RELEASE };
const ASKING = `evidenceOk(service: "${SERVICE}", releaseId: "${RELEASE}")`;
const JSON_TYPE = { "content-type": "application/json" };

let pack: CompiledPack;
/** As in production. */
let world: PromotionWorld;
/** As in development, with introspection. */
let open: PromotionWorld;

beforeAll(async () => {
  pack = await compileContract(1);
  [world, open] = await Promise.all([createPromotionWorld(), createPromotionWorld({ introspection: true })]);
  for (const each of [world, open]) {
    await each.install(pack.tar);
    each.measure();
  }
});

afterAll(async () => {
  await world.close();
  await open.close();
});

async function post(body: string, headers: Record<string, string> = JSON_TYPE): Promise<Answer> {
  return await world.ask("/graphql", { method: "POST", headers, body });
}

async function query(text: string, more: object = {}): Promise<Answer> {
  return await post(JSON.stringify({ query: text, ...more }));
}

/** A coded answer in JSON, in which nothing can be read as a yes. */
function expectRefusal(answer: Answer, status: number, code: string | undefined): void {
  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  const problem = answer.json() as Record<string, unknown>;
  expect(problem).toMatchObject({ status, ...(code === undefined ? {} : { code }) });
  expect(Object.keys(problem)).not.toContain("data");
  expect(answer.body.length).toBeLessThan(2000);
  expect(answer.body.toString()).not.toMatch(/Did you mean|evidenceOk.*true|node_modules|\.ts:/);
}

function nested(depth: number): string {
  return `{ ${"evidenceOk { ".repeat(depth)} ok ${"} ".repeat(depth)}}`;
}

function exploding(levels: number): string {
  const fragments = Array.from({ length: levels }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`);
  return `query { ...f0 } ${fragments.join(" ")} fragment f${levels} on Query { a: ${ASKING} { ok } }`;
}

const QUERIES: readonly (readonly [string, string, object?])[] = [
  ["is of depth 50", nested(50)],
  ["is of depth 10 000", nested(10_000).slice(0, 30_000)],
  [
    "has 10 000 aliases",
    `{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}:__typename`).join(" ")} }`.slice(0, 30_000),
  ],
  ["asks eleven questions", `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: ${ASKING} { ok }`).join(" ")} }`],
  ["asks for 201 fields", `{ ${ASKING} { ${Array.from({ length: 200 }, (_, i) => `a${i}: ok`).join(" ")} } }`],
  ["explodes by fragments", exploding(40)],
  ["explodes by a few fragments", exploding(4)],
  ["has a fragment that uses itself", `{ ...f } fragment f on Query { ...f }`],
  ["has fragments that use each other", `{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }`],
  ["has two operations", `query a { ${ASKING} { ok } } query b { ${ASKING} { ok } }`],
  [
    "has two operations and names one",
    `query a { ${ASKING} { ok } } query b { ${ASKING} { ok } }`,
    { operationName: "a" },
  ],
  ["has no operation", `fragment f on Query { __typename }`],
  ["names another operation than it has", `query a { ${ASKING} { ok } }`, { operationName: "b" }],
  ["is a mutation", `mutation { evidenceOk { ok } }`],
  ["is a subscription", `subscription { evidenceOk { ok } }`],
  ["asks for the schema", `{ __schema { types { name } } }`],
  ["asks for a type", `{ __type(name: "EvidenceOk") { name fields { name } } }`],
  ["asks for the schema by a fragment", `{ ...f } fragment f on Query { __schema { queryType { name } } }`],
  ["misspells a field", `{ ${ASKING} { okay } }`],
  ["misspells the question", `{ evidenceOK(service: "x", releaseId: "y") { ok } }`],
  ["leaves an argument out", `{ evidenceOk(service: "${SERVICE}") { ok } }`],
  ["is no GraphQL", `{ evidenceOk( `],
  ["is empty", ` `],
  ["is a syntax tree in JSON", JSON.stringify({ kind: "Document", definitions: [] })],
  ["leaves a variable out", QUERY, { variables: { service: SERVICE } }],
  ["has no variables", QUERY],
  ["has null for a variable", QUERY, { variables: { ...VARIABLES, service: null } }],
  ["has a number for a text", QUERY, { variables: { ...VARIABLES, service: 5 } }],
  ["has a list for a text", QUERY, { variables: { ...VARIABLES, service: [SERVICE] } }],
  ["has an object for an id", QUERY, { variables: { ...VARIABLES, releaseId: { a: 1 } } }],
  ["has true for an id", QUERY, { variables: { ...VARIABLES, releaseId: true } }],
  ["has a variable too many", QUERY, { variables: { ...VARIABLES, more: 1 } }],
  ["has a text for its variables", QUERY, { variables: JSON.stringify(VARIABLES) }],
  ["has a list for its variables", QUERY, { variables: [] }],
  ["has a number for its operation's name", QUERY, { operationName: 1 }],
  ["uses a directive that there is not", `{ ${ASKING} @deep { ok } }`],
];

/** Bodies as they are sent. */
const BODIES: readonly (readonly [string, string])[] = [
  ["is a batch", JSON.stringify([{ query: QUERY, variables: VARIABLES }])],
  ["is an empty batch", "[]"],
  ["is not JSON", "query=1"],
  ["is cut off", '{"query": "{ __typename'],
  ["is null", "null"],
  ["is a text", '"{ __typename }"'],
  ["is empty", ""],
  ["has no query", "{}"],
  ["has a query that is none", '{"query": {"kind": "Document"}}'],
  ["has an unknown field", JSON.stringify({ query: QUERY, variables: VARIABLES, persisted: true })],
  ["has __proto__", `{"query": ${JSON.stringify(QUERY)}, "__proto__": {"variables": ${JSON.stringify(VARIABLES)}}}`],
  [
    "has __proto__ among its variables",
    `{"query": ${JSON.stringify(QUERY)}, "variables": {"__proto__": {"service": "graph-api"}}}`,
  ],
  [
    "has a constructor among its variables",
    `{"query": ${JSON.stringify(QUERY)}, "variables": {"constructor": {"prototype": {}}}}`,
  ],
  ["has a field twice", `{"query": "{ __typename }", "query": "{ __typename }"}`],
  ["is nested without end", `{"query": "{ __typename }", "variables": ${'{"a":'.repeat(3000)}1${"}".repeat(3000)}}`],
];

describe("POST /graphql, when the query", () => {
  it.each(QUERIES)("%s, refuses it", async (...[, text, more]) => {
    expectRefusal(await query(text, more), 400, "QUERY_REFUSED");
  });

  it("is refused, tells GraphQL's clients so in their way", async () => {
    const { errors, detail } = (await query("{ nothing }")).json() as { errors: object[]; detail: string };
    expect(errors).toEqual([{ message: detail, extensions: { code: "QUERY_REFUSED" } }]);
  });

  it("stays within the limits, answers several questions at once", async () => {
    const answer = await query(`{ ${Array.from({ length: 10 }, (_, i) => `a${i}: ${ASKING} { ok }`).join(" ")} }`);
    expect(answer.status).toBe(200);
    expect(Object.keys((answer.json() as { data: object }).data)).toHaveLength(10);
  });

  it("uses fragments, __typename and its operation's name, is answered", async () => {
    const text = `query gate { ...f } fragment f on Query { ${ASKING} { ok __typename } }`;
    const answer = await query(text, { operationName: "gate", variables: null, extensions: {} });
    expect(answer.json()).toEqual({ data: { evidenceOk: { ok: true, __typename: "EvidenceOk" } } });
  });
});

describe("POST /graphql, when the body", () => {
  it.each(BODIES)("%s, refuses it", async (_what, body) => {
    expectRefusal(await post(body), 400, "QUERY_REFUSED");
  });

  it("is one byte over the cap, refuses it", async () => {
    const body = JSON.stringify({ query: QUERY, variables: VARIABLES });
    expect((await post(body.padEnd(32 * 1024))).status).toBe(200);
    expectRefusal(await post(body.padEnd(32 * 1024 + 1)), 413, "QUERY_REFUSED");
  });

  it("has 10 MB, refuses it without reading it all", async () => {
    const authorization = `Bearer ${await world.token()}`;
    const status = await new Promise<number>((resolve) => {
      const size = 10_000_000;
      const headers = { ...JSON_TYPE, authorization, "content-length": size };
      const outgoing = httpRequest(`${world.url}/graphql`, { method: "POST", headers, agent: false }, (response) => {
        resolve(response.statusCode ?? 0);
        outgoing.destroy();
      });
      // The server answers and closes; what cannot be sent any more is no failure.
      outgoing.on("error", () => undefined);
      outgoing.write(Buffer.alloc(64 * 1024, 0x20));
    });
    expect(status).toBe(413);
  });

  it("is of another type, refuses it", async () => {
    const body = JSON.stringify({ query: QUERY, variables: VARIABLES });
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/graphql",
      "multipart/form-data",
    ]) {
      expectRefusal(await post(body, { "content-type": type }), 415, "QUERY_REFUSED");
    }
    expectRefusal(await post(body, {}), 415, "QUERY_REFUSED");
    expect((await post(body, { "content-type": "application/json; charset=utf-8" })).status).toBe(200);
  });
});

describe("/graphql, by another method", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s", async (method) => {
    const text = encodeURIComponent(`{ ${ASKING} { ok } }`);
    const answer = await world.ask(`/graphql?query=${text}`, { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  });

  it("has no page to try it out", async () => {
    expect((await world.ask("/graphiql")).status).toBe(404);
    expect((await open.ask("/graphiql")).status).toBe(404);
  });
});

describe("/graphql in development", () => {
  it("describes its schema when that is configured", async () => {
    const body = JSON.stringify({ query: `{ __schema { queryType { fields { name type { ofType { name } } } } } }` });
    const answer = await open.ask("/graphql", { method: "POST", headers: JSON_TYPE, body });
    expect(answer.json()).toEqual({
      data: { __schema: { queryType: { fields: [{ name: "evidenceOk", type: { ofType: { name: "EvidenceOk" } } }] } } },
    });
  });
});

describe("POST /graphql, by who may not ask", () => {
  const body = JSON.stringify({ query: QUERY, variables: VARIABLES });

  async function as(headers: Record<string, string>, path = "/graphql"): Promise<Answer> {
    return await ask(`${world.url}${path}`, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body });
  }

  it("wants a token, in the Authorization header alone", async () => {
    const token = await world.token();
    expectRefusal(await as({}), 401, "TOKEN_INVALID");
    expectRefusal(await as({}, `/graphql?access_token=${token}`), 401, "TOKEN_INVALID");
    expectRefusal(await as({ cookie: `token=${token}`, "x-api-token": token }), 401, "TOKEN_INVALID");
    expectRefusal(await as({ authorization: "Basic Z2F0ZTpnYXRl" }), 401, "TOKEN_INVALID");
    expect((await as({})).headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  it("refuses a token whose time is over", async () => {
    const seconds = START.getTime() / 1000;
    const token = await world.token({ iat: seconds - 600, exp: seconds - 300 });
    expectRefusal(await as({ authorization: `Bearer ${token}` }), 401, "TOKEN_EXPIRED");
  });

  it("refuses a token of another audience, and one that may only write", async () => {
    const other = await world.token({ aud: "another-server" });
    expectRefusal(await as({ authorization: `Bearer ${other}` }), 401, "TOKEN_INVALID");
    const writer = await world.token({ sub: "writer" });
    expectRefusal(await as({ authorization: `Bearer ${writer}` }), 403, "TOKEN_FORBIDDEN");
  });

  it("refuses the whole query when one question is about a service that is not granted", async () => {
    expectRefusal(
      await query(`{ ${ASKING} { ok } b: evidenceOk(service: "ingest", releaseId: "1") { ok } }`),
      403,
      "TOKEN_FORBIDDEN",
    );
  });

  it("is told so before its body is looked at", async () => {
    const answer = await ask(`${world.url}/graphql`, { method: "POST", headers: JSON_TYPE, body: "not JSON" });
    expectRefusal(answer, 401, "TOKEN_INVALID");
  });
});
