import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inspect } from "node:util";
import { ConfigError } from "@policy-pack/pack";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import type { Received, Reply } from "./support/fake-server.ts";
import { PROVIDERS } from "./support/providers.ts";
import type { Harness } from "./support/providers.ts";

const MESSAGE = toMessage(Buffer.from("the artifact\n"));
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  "",
  "x",
  "\u0000",
  [],
  [null],
  ["x"],
  {},
  { length: 1 },
];

type Path = readonly (string | number)[];

/** Where every member of a JSON value is. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...at, name]))];
}

/** A copy with another value in one place, or without it. */
function replaced(value: unknown, [name, ...rest]: Path, other: unknown): unknown {
  if (name === undefined) return other;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[name] = replaced(copy[name], rest, other);
  return copy;
}

const jsonIn = (reply: Reply): unknown => (typeof reply === "object" ? reply.json : undefined);
const isToken = ({ path }: Received): boolean => path.includes("token");

describe.each(PROVIDERS)("openKmsSigner with $scheme, when one value of an answer is another", (provider) => {
  let service: Harness;
  beforeEach(async () => {
    service = await provider.start();
  });
  afterEach(() => service.fake.close());

  async function use(): Promise<void> {
    const signer = await openKmsSigner(service.uri, { ...service.options, retries: 0 });
    await signer.sign(MESSAGE);
  }

  /** The answers of one opening and one signature, in order. */
  async function answers(): Promise<unknown[]> {
    const seen: unknown[] = [];
    service.fake.alter = (reply, request) => {
      if (!isToken(request)) seen.push(jsonIn(reply));
      return reply;
    };
    await use();
    return seen;
  }

  it("signs, or throws an error of ours", async () => {
    const seen = await answers();
    const unexpected: string[] = [];
    let refused = 0;
    for (const [index, json] of seen.entries()) {
      for (const path of pathsOf(json)) {
        for (const other of [...ODD, undefined]) {
          let number = -1;
          service.fake.alter = (reply, request) => {
            if (isToken(request)) return reply;
            number += 1;
            return number === index ? { json: replaced(jsonIn(reply), path, other) } : reply;
          };
          await use().catch((error: unknown) => {
            refused += 1;
            if (!(error instanceof ConfigError))
              unexpected.push(`${path.join(".")} = ${inspect(other)}: ${inspect(error)}`);
          });
        }
      }
    }
    expect(unexpected).toEqual([]);
    expect(refused).toBeGreaterThan(seen.length * ODD.length);
  });
});
