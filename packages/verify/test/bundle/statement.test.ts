import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { digestOf, PolicyPackError } from "@policy-pack/pack";
import { verifySignature } from "../../src/bundle/bundle-signature.ts";
import { toAbout, toSignedContent } from "../../src/bundle/signed-content.ts";
import { parseStatement } from "../../src/bundle/statement.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseBundle } from "../../src/index.ts";
import { toPublicKey } from "../../src/keys/public-key.ts";
import { envelopeBundle, messageBundle, STATEMENT } from "../support/bundles.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { ARTIFACT } from "../support/world.ts";

const payload = (statement: unknown): Buffer => Buffer.from(JSON.stringify(statement));
const about = toAbout({ bytes: ARTIFACT }, digestOf(ARTIFACT));

describe("parseStatement", () => {
  it("when there is no predicate returns an empty one", () => {
    expect(parseStatement(payload({ ...STATEMENT, predicate: undefined })).predicate).toEqual({});
  });

  it.each(["abc", ["abc"], 1])("when a digest is %j in place of an object throws STATEMENT_INVALID", (digest) => {
    const statement = payload({ ...STATEMENT, subject: [...STATEMENT.subject, { digest }] });
    expect(causeOf(() => parseStatement(statement))).toBeInstanceOf(MalformedError);
  });

  it("when it is longer than a bundle may be throws STATEMENT_INVALID", () => {
    const text = payload(STATEMENT)
      .toString()
      .padEnd(1024 * 1024 + 1);
    expect(codeOf(() => parseStatement(Buffer.from(text)))).toBe("STATEMENT_INVALID");
    expect(() => parseStatement(Buffer.from(text.slice(0, -1)))).not.toThrow();
  });

  it("when it is not JSON keeps what was wrong", () => {
    const cause = causeOf(() => parseStatement(Buffer.from("{")));
    expect(cause).toBeInstanceOf(PolicyPackError);
    expect((cause as PolicyPackError).code).toBe("INPUT_INVALID");
  });
});

describe("toSignedContent", () => {
  const { content: message } = parseBundle(JSON.stringify(messageBundle()));
  const { content: envelope } = parseBundle(JSON.stringify(envelopeBundle()));

  it("when a message is wanted returns what was signed", () => {
    expect(toSignedContent(message, about)).toMatchObject({ kind: "message", bytes: ARTIFACT, statement: undefined });
  });

  it("when a statement about anything is wanted takes one about anything", () => {
    expect(toSignedContent(envelope, "any subject")).toMatchObject({ kind: "envelope" });
    expect(codeOf(() => toSignedContent(message, "any subject"))).toBe("STATEMENT_INVALID");
  });

  it("when a statement about another artifact is wanted throws SUBJECT_MISMATCH", () => {
    const other = Buffer.from("other");
    const elsewhere = toAbout({ bytes: other }, digestOf(other));
    expect(codeOf(() => toSignedContent(envelope, elsewhere))).toBe("SUBJECT_MISMATCH");
  });
});

describe("verifySignature", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const key = toPublicKey(publicKey.export({ format: "der", type: "spki" }));

  it("when a P-384 key signed a message with SHA-384 that names SHA-256 throws SIGNATURE_INVALID", () => {
    const { content } = parseBundle(JSON.stringify(messageBundle()));
    const signed = toSignedContent(content, about);
    const signedWith = (hash: string): typeof signed => ({ ...signed, signature: sign(hash, ARTIFACT, privateKey) });
    expect(() => {
      verifySignature(signedWith("sha256"), key);
    }).not.toThrow();
    expect(
      codeOf(() => {
        verifySignature(signedWith("sha384"), key);
      }),
    ).toBe("SIGNATURE_INVALID");
  });
});
