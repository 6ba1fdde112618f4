import { checkpointOf, messageBundle } from "../forge/bundles.ts";
import type { BundleJson } from "../forge/bundles.ts";
import { spkiOf } from "../forge/certificates.ts";
import type { KeyPair } from "../forge/certificates.ts";
import { base64, keys, sha256, signBytes } from "../forge/world.ts";
import { bentEntry, forgeryGroup, rekorV2Bundle } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

/** Puts another checkpoint into an honest bundle; the function sees the old one, its root and its size. */
const checkpoint =
  (make: (envelope: string, root: Buffer, size: number) => string, from = messageBundle): (() => Trial) =>
  () => ({
    bundle: bentEntry(({ inclusionProof }) => {
      if (inclusionProof?.checkpoint === undefined) return;
      const { rootHash, treeSize, checkpoint: json } = inclusionProof;
      json.envelope = make(json.envelope, Buffer.from(rootHash, "base64"), Number(treeSize));
    }, from()),
  });

/** A checkpoint whose text the log itself signs, whatever it says. */
const signed = (text: (root: string, size: number) => string, name = "log.example.com"): (() => Trial) =>
  checkpoint(
    (_, root, size) => `${text(base64(root), size)}\n${signatureLine(text(base64(root), size), keys.log, name)}`,
  );

function signatureLine(text: string, key: KeyPair, name = "log.example.com", hintOf: KeyPair = key): string {
  const hint = sha256(spkiOf(hintOf)).subarray(0, 4);
  return `\u2014 ${name} ${base64(Buffer.concat([hint, signBytes(Buffer.from(text), key)]))}\n`;
}

const textOf = (envelope: string): string => envelope.slice(0, envelope.indexOf("\n\n") + 1);
const replaced = (from: string | RegExp, to: string): (() => Trial) =>
  checkpoint((envelope) => envelope.replace(from, to));
const appended = (line: (text: string) => string): (() => Trial) =>
  checkpoint((envelope) => `${envelope}${line(textOf(envelope))}`);
const v2 = (): BundleJson => rekorV2Bundle();

const NOTE = "C2SP's signed note has one form";
const WITNESS = "witnesses sign too, and their lines are passed over";

/** The log signs its root and size; the rest of a note is form. */
export const checkpointForgeries = forgeryGroup("checkpoints", [
  [
    "of another key",
    "INCLUSION_PROOF_INVALID",
    "the log did not sign it",
    checkpoint((_, root, size) => checkpointOf(root, size, keys.other)),
  ],
  [
    "of another key, with the log's hint",
    "INCLUSION_PROOF_INVALID",
    "a hint proves nothing",
    checkpoint((envelope) => {
      const text = textOf(envelope);
      return `${text}\n${signatureLine(text, keys.other, "log.example.com", keys.log)}`;
    }),
  ],
  [
    "by the log, with another's hint",
    "INCLUSION_PROOF_INVALID",
    "the hint names the key that is to be asked",
    checkpoint((envelope) => {
      const text = textOf(envelope);
      return `${text}\n${signatureLine(text, keys.log, "log.example.com", keys.other)}`;
    }),
  ],
  [
    "of another root",
    "INCLUSION_PROOF_INVALID",
    "the proof leads to another",
    checkpoint((_, root, size) => checkpointOf(sha256(root), size, keys.log)),
  ],
  [
    "of a larger tree",
    "INCLUSION_PROOF_INVALID",
    "the proof is for another size",
    checkpoint((_, root, size) => checkpointOf(root, size + 1, keys.log)),
  ],
  [
    "of an empty tree",
    "INCLUSION_PROOF_INVALID",
    "nothing stands in it",
    checkpoint((_, root) => checkpointOf(root, 0, keys.log)),
  ],
  [
    "of another root, changed after signing",
    "INCLUSION_PROOF_INVALID",
    "the root is signed",
    checkpoint((envelope, root) => envelope.replace(base64(root), base64(sha256(root)))),
  ],
  [
    "with another name on the line",
    "INCLUSION_PROOF_INVALID",
    "the name must be the origin's",
    replaced("\u2014 log.example.com", "\u2014 log.example.net"),
  ],
  [
    "with a name that only begins like the origin",
    "INCLUSION_PROOF_INVALID",
    "names are compared whole",
    replaced("\u2014 log.example.com", "\u2014 log.example"),
  ],
  [
    "with Rekor v1's tree id in the origin",
    "accepted",
    "its logs add ' - <tree id>'",
    signed((root, size) => `log.example.com - 4711\n${size}\n${root}\n`),
  ],
  [
    "with an extension line that is signed",
    "accepted",
    "a checkpoint may say more",
    signed((root, size) => `log.example.com\n${size}\n${root}\nTimestamp: 1\n`),
  ],
  [
    "with an extension line that is not signed",
    "INCLUSION_PROOF_INVALID",
    "the whole text is signed",
    checkpoint((envelope) => envelope.replace("\n\n", "\nTimestamp: 1\n\n")),
  ],
  [
    "with an empty extension line",
    "INCLUSION_PROOF_INVALID",
    "an empty line ends the text",
    signed((root, size) => `log.example.com\n${size}\n${root}\n\nmore\n`),
  ],
  [
    "with a witness's line",
    "accepted",
    WITNESS,
    appended((text) => signatureLine(text, keys.other, "witness.example.com")),
  ],
  [
    "with a broken witness's line",
    "accepted",
    WITNESS,
    appended(() => signatureLine("something else", keys.other, "witness.example.com")),
  ],
  [
    "with a second line of the origin's, by another key",
    "accepted",
    WITNESS,
    appended((text) => signatureLine(text, keys.other)),
  ],
  [
    "with 33 lines",
    "INCLUSION_PROOF_INVALID",
    "each costs a check",
    checkpoint((envelope) => `${envelope}${envelope.slice(textOf(envelope).length + 1).repeat(32)}`),
  ],
  [
    "without a line of the log's",
    "INCLUSION_PROOF_INVALID",
    "a witness is not the log",
    checkpoint((envelope) => {
      const text = textOf(envelope);
      return `${text}\n${signatureLine(text, keys.other, "witness.example.com")}`;
    }),
  ],
  [
    "without any line",
    "INCLUSION_PROOF_INVALID",
    "nobody signed it",
    checkpoint((envelope) => `${textOf(envelope)}\n`),
  ],
  ["without its blank line", "INCLUSION_PROOF_INVALID", NOTE, replaced("\n\n", "\n")],
  ["with two blank lines", "INCLUSION_PROOF_INVALID", NOTE, replaced("\n\n", "\n\n\n")],
  ["without its last line feed", "INCLUSION_PROOF_INVALID", NOTE, checkpoint((envelope) => envelope.slice(0, -1))],
  ["with text behind it", "INCLUSION_PROOF_INVALID", NOTE, appended(() => "text\n")],
  ["with CR LF", "INCLUSION_PROOF_INVALID", NOTE, checkpoint((envelope) => envelope.replaceAll("\n", "\r\n"))],
  ["with a hyphen for the dash", "INCLUSION_PROOF_INVALID", NOTE, replaced("\u2014", "-")],
  [
    "with an empty origin",
    "INCLUSION_PROOF_INVALID",
    "it names no log",
    signed((root, size) => `\n${size}\n${root}\n`),
  ],
  ["without a size", "INCLUSION_PROOF_INVALID", NOTE, signed((root) => `log.example.com\n${root}\n`)],
  ["without a root", "INCLUSION_PROOF_INVALID", NOTE, signed((_, size) => `log.example.com\n${size}\n`)],
  [
    "with an empty size",
    "INCLUSION_PROOF_INVALID",
    "other readers take it for zero",
    signed((root) => `log.example.com\n\n${root}\n`),
  ],
  [
    "with a size in hex",
    "INCLUSION_PROOF_INVALID",
    "a number has one spelling",
    signed((root) => `log.example.com\n0x2\n${root}\n`),
  ],
  [
    "with a zero before its size",
    "INCLUSION_PROOF_INVALID",
    "a number has one spelling",
    signed((root, size) => `log.example.com\n0${size}\n${root}\n`),
  ],
  [
    "with a sign before its size",
    "INCLUSION_PROOF_INVALID",
    "a number has one spelling",
    signed((root, size) => `log.example.com\n+${size}\n${root}\n`),
  ],
  [
    "with a root of 31 bytes",
    "INCLUSION_PROOF_INVALID",
    "SHA-256 has 32",
    signed((root, size) => `log.example.com\n${size}\n${base64(Buffer.from(root, "base64").subarray(1))}\n`),
  ],
  [
    "with junk in its root's base64",
    "INCLUSION_PROOF_INVALID",
    "other readers skip it",
    signed((root, size) => `log.example.com\n${size}\n*${root}\n`),
  ],
  [
    "in Rekor v2, of another key",
    "INCLUSION_PROOF_INVALID",
    "the log did not sign it",
    checkpoint((_, root, size) => checkpointOf(root, size, keys.other), v2),
  ],
  [
    "with a proof that is too short",
    "INCLUSION_PROOF_INVALID",
    "a path is as long as the tree is deep",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        if (inclusionProof !== undefined) inclusionProof.hashes = [];
      }),
    }),
  ],
  [
    "with a proof that is too long",
    "INCLUSION_PROOF_INVALID",
    "a path is as long as the tree is deep",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        inclusionProof?.hashes.push(base64(Buffer.alloc(32)));
      }),
    }),
  ],
  [
    "with a proof of 65 hashes",
    "LIMIT_EXCEEDED",
    "no tree is that deep",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        if (inclusionProof !== undefined) inclusionProof.hashes = Array<string>(65).fill(base64(Buffer.alloc(32)));
      }),
    }),
  ],
  [
    "with a proof hash of 33 bytes",
    "INCLUSION_PROOF_INVALID",
    "two hashes could stand in it",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        if (inclusionProof !== undefined) inclusionProof.hashes = [base64(Buffer.alloc(33))];
      }),
    }),
  ],
  [
    "with a proof for the other leaf",
    "INCLUSION_PROOF_INVALID",
    "the index says on which side the leaf stands",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        if (inclusionProof !== undefined) inclusionProof.logIndex = "0";
      }),
    }),
  ],
  [
    "with an index beyond the tree",
    "INCLUSION_PROOF_INVALID",
    "nothing stands there",
    () => ({
      bundle: bentEntry(({ inclusionProof }) => {
        if (inclusionProof !== undefined) inclusionProof.logIndex = "2";
      }),
    }),
  ],
]);
