import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { derOf } from "../../../src/builtins/x509/der-write.ts";
import { TAG } from "../../../src/builtins/x509/der.ts";
import { RegoObject } from "../../../src/values/values.ts";
import { opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { createRandom } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";
import * as make from "./certificate-maker.ts";

const NOW = 1_780_315_200_000_000_000n;
const CHAINS = 400;
const BROKEN = 1500;
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;

const DOMAINS = ["a.b", "x.a.b", "*.b", "*.a.b", "A.B", "c", "", "b_", "x..y"];
const BASES = ["b", ".b", "a.b", "x.a.b", "c", "", "A.b"];
const NAMES = [
  ...DOMAINS.map((name) => make.text(0x82, name)),
  ...["m@b", "M@B", "bad", '"q x"@a.b'].map((name) => make.text(0x81, name)),
  ...["x://a.b/p", "x://c:80/", "http://1.2.3.4/", "urn:x", "x://A.B"].map((name) => make.text(0x86, name)),
  ...["0a000001", "0b000001", "00000000000000000000ffff0a000001"].map((address) => derOf(0x87, bytes(address))),
];
const SUBTREES = [
  ...BASES.map((base) => make.text(0x82, base)),
  ...["b", "m@b", ".b", "c"].map((base) => make.text(0x81, base)),
  ...["b", ".b", "c"].map((base) => make.text(0x86, base)),
  ...["0a000000ff000000", "0a010203ff000000", "0000000000000000"].map((range) => derOf(0x87, bytes(range))),
  derOf(0x87, Buffer.alloc(32)),
];
const POLICIES = ["1.2.3", "1.2.4", "2.5.29.32.0"];

function some<T>(random: Random, items: readonly T[], most: number): T[] {
  return Array.from({ length: random.int(most + 1) }, () => random.pick(items));
}

function constraints(random: Random): Buffer[] {
  const side = (tag: number): Buffer[] => {
    const bases = some(random, SUBTREES, 3);
    return bases.length === 0 ? [] : [derOf(tag, ...bases.map((base) => make.sequence(base)))];
  };
  const sides = [...side(0xa0), ...side(0xa1)];
  return sides.length === 0 ? [] : [make.extension("2.5.29.30", make.sequence(...sides), { critical: true })];
}

function policies(random: Random): Buffer[] {
  const ids = [...new Set(some(random, POLICIES, 2))].map((id) => make.sequence(make.oid(id)));
  const mapping = make.sequence(make.oid(random.pick(POLICIES)), make.oid(random.pick(POLICIES)));
  return [
    make.extension("2.5.29.32", make.sequence(...ids)),
    ...(random.chance(0.4)
      ? [make.extension("2.5.29.36", bytes(random.pick(["3003800100", "3003810100", "3003800101"])))]
      : []),
    ...(random.chance(0.3) ? [make.extension("2.5.29.33", make.sequence(mapping))] : []),
    ...(random.chance(0.3) ? [make.extension("2.5.29.54", bytes("020100"))] : []),
  ];
}

function chainOf(random: Random): Buffer[] {
  const kind = random.int(3);
  const limits = (): Buffer[] => (kind === 0 ? constraints(random) : kind === 1 ? policies(random) : []);
  const purposes = (): Buffer[] =>
    kind === 2 && random.chance(0.5)
      ? [make.purposes(...some(random, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.3"], 2))]
      : [];
  const subjects = ["root", ...Array.from({ length: random.int(3) }, (_, index) => `middle ${index}`)];
  const authorities = subjects.map((subject, index) => {
    const basic = random.chance(0.9) ? make.CA : make.pathLimit(random.int(2));
    return make.makeCertificate({
      subject,
      issuer: subjects[index - 1] ?? subject,
      extensions: [basic, ...limits(), ...purposes()],
    });
  });
  const names = some(random, NAMES, 2);
  const extensions = [
    ...(names.length === 0 ? [] : [make.alternativeNames(...names)]),
    ...purposes(),
    ...(kind === 1 ? policies(random) : []),
  ];
  return [...authorities, make.makeCertificate({ issuer: subjects.at(-1) ?? "root", extensions })];
}

/** Headers of elements, where a changed byte says most. */
function headersIn(der: Buffer, base = 0): number[] {
  const found: number[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const first = der[at + 1] ?? 0;
    const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    const length = first < 0x80 ? first : der.readUIntBE(at + 2, Math.max(1, Math.min(6, first & 0x7f)));
    if (at + header + length > der.length) break;
    found.push(base + at);
    const content = der.subarray(at + header, at + header + length);
    if (((der[at] ?? 0) & 0x20) !== 0 || (der[at] === 4 && content[0] === 0x30))
      found.push(...headersIn(content, base + at + header));
    at += header + length;
  }
  return found;
}

function broken(random: Random, der: Buffer): Buffer {
  const copy = Buffer.from(der);
  const at = random.pick(headersIn(copy)) + random.int(4);
  copy[Math.min(at, copy.length - 1)] = random.pick([
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    0x0c,
    0x13,
    0x17,
    0x18,
    0x1e,
    0x30,
    0x31,
    0x80,
    0xa0,
    0xff,
    random.int(256),
  ]);
  return copy;
}

const random = createRandom();

describe(`crypto.x509.* beside stock OPA (PARITY_SEED=${random.seed})`, () => {
  it(`verify ${CHAINS} chains alike`, async () => {
    const calls = Array.from({ length: CHAINS }, (): Call => {
      const options = new RegoObject([
        ["CurrentTime", NOW],
        ["DNSName", random.pick(["", "", "a.b", "10.0.0.1"])],
        ["KeyUsages", random.pick([[], ["KeyUsageAny"], ["KeyUsageClientAuth"]])],
      ]);
      return ["crypto.x509.parse_and_verify_certificates_with_options", make.pemChain(...chainOf(random)), options];
    });
    const theirs = await opaAnswers(calls);
    expect(await ourAnswers(calls)).toEqual(theirs);
    const verified = theirs.filter((answer) => answer.startsWith("[true")).length;
    expect(verified).toBeGreaterThan(CHAINS / 10);
    expect(verified).toBeLessThan(CHAINS);
  });

  it(`read ${BROKEN} certificates and keys alike, of which most are broken`, async () => {
    const sources = (): readonly (readonly [string, string, Buffer])[] => [
      ["crypto.x509.parse_certificates", "CERTIFICATE", random.pick(chainOf(random))],
      ["crypto.x509.parse_certificates", "CERTIFICATE", make.makeCertificate({ key: random.pick([rsa, ec]) })],
      [
        "crypto.parse_private_keys",
        "PRIVATE KEY",
        random.pick([rsa, ec, make.namedKey("k")]).export({ format: "der", type: "pkcs8" }),
      ],
      ["crypto.parse_private_keys", "RSA PRIVATE KEY", rsa.export({ format: "der", type: "pkcs1" })],
      ["crypto.x509.parse_rsa_private_key", "EC PRIVATE KEY", ec.export({ format: "der", type: "sec1" })],
    ];
    const calls = Array.from({ length: BROKEN }, (): Call => {
      const [name, type, der] = random.pick(sources());
      return [name, make.pem(type, random.chance(0.1) ? der : broken(random, der))];
    });
    expect(await ourAnswers(calls)).toEqual(await opaAnswers(calls));
  });

  it("print every type of name alike", async () => {
    const types = [TAG.utf8String, TAG.printableString, TAG.ia5String, TAG.t61String, TAG.numericString];
    const subjects = types.map((type) =>
      make.sequence(derOf(TAG.set, make.sequence(make.oid("2.5.4.11"), make.text(type, "12 3")))),
    );
    const calls = subjects.map((subjectName): Call => [
      "crypto.x509.parse_certificates",
      make.pemChain(make.makeCertificate({ subjectName })),
    ]);
    expect(await ourAnswers(calls)).toEqual(await opaAnswers(calls));
  });
});
