import { describe, expect, it } from "@jest/globals";
import { isCheckpointOf, parseCheckpoint } from "../../src/log/checkpoint.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { toPublicKey } from "../../src/keys/public-key.ts";
import type { LogAuthority } from "../../src/trusted-root.ts";
import { checkpointOf } from "../support/bundles.ts";
import { spkiOf } from "../support/certificates.ts";
import { keys, sha256 } from "../support/world.ts";

const root = sha256(Buffer.from("root"));
const good = checkpointOf(root, 7, keys.log);
const witness = "\u2014 witness.example O8PH5AAAAABopO8+\n";

function logOf(key = keys.log): LogAuthority {
  const logId = sha256(spkiOf(key));
  const window = { start: 0, end: undefined };
  return { name: "log", logId, keyHint: logId.subarray(0, 4), publicKey: toPublicKey(spkiOf(key)), validFor: window };
}

describe("parseCheckpoint", () => {
  it("returns origin, size and root", () => {
    expect(parseCheckpoint(good)).toMatchObject({ origin: "log.example.com", treeSize: 7n, rootHash: root });
  });

  it("when there are as many signatures as are read returns them", () => {
    expect(parseCheckpoint(good + witness.repeat(31)).signatures).toHaveLength(32);
  });

  it.each([
    ["is empty", ""],
    ["has no signature", good.slice(0, good.indexOf("\u2014"))],
    ["has no blank line", good.replace("\n\n", "\n")],
    ["does not end in a line feed", good.slice(0, -1)],
    ["ends in something else than a line feed", `${good.slice(0, -1)}x`],
    ["goes on after the signature", `${good}\n`],
    ["has carriage returns", good.replaceAll("\n", "\r\n")],
    ["has a size in hex", good.replace("\n7\n", "\n0x7\n")],
    ["has an empty size", good.replace("\n7\n", "\n\n")],
    ["has a size with a sign", good.replace("\n7\n", "\n+7\n")],
    ["has a size with a leading zero", good.replace("\n7\n", "\n07\n")],
    ["has no root hash", good.replace(`${root.toString("base64")}\n`, "")],
    ["has an empty root hash", good.replace(root.toString("base64"), "")],
    ["has a short root hash", good.replace(root.toString("base64"), "AAAA")],
    ["has a root hash with junk", good.replace(root.toString("base64"), `${root.toString("base64").slice(0, -1)}!=`)],
    ["has an empty origin", good.replace("log.example.com\n7", "\n7")],
    ["has a hyphen for the dash", good.replace("\u2014", "-")],
    ["has a signature that is not base64", good.replace(/(\S)\n$/, "!\n")],
    ["has a signature without bytes", good.replace(/ \S+\n$/, " AAAAAA==\n")],
    ["has a broken line of a witness", `${good}\u2014 witness.example\n`],
    ["has too many signatures", good + witness.repeat(32)],
  ])("when the text %s throws", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(MalformedError);
  });
});

describe("isCheckpointOf", () => {
  it("when the log signed it returns true, wherever its line stands", () => {
    const [text = "", line = ""] = good.split("\n\n");
    expect(isCheckpointOf(logOf(), parseCheckpoint(good))).toBe(true);
    expect(isCheckpointOf(logOf(), parseCheckpoint(`${text}\n\n${witness}${line}`))).toBe(true);
  });

  it("when the origin goes on with a tree id returns true", () => {
    const line = checkpointOf(root, 7, keys.log, "log.example.com - 123");
    const named = line.replace("\u2014 log.example.com - 123 ", "\u2014 log.example.com ");
    expect(isCheckpointOf(logOf(), parseCheckpoint(named))).toBe(true);
  });

  it.each([
    ["another log signed it", checkpointOf(root, 7, keys.other)],
    ["its size was changed", good.replace("\n7\n", "\n8\n")],
    ["its origin was changed", good.replaceAll("log.example.com", "log.example.org")],
    ["the line names another origin", good.replace("\u2014 log.example.com", "\u2014 log.example.coM")],
    ["the line names a part of the origin", good.replace("\u2014 log.example.com", "\u2014 log.example")],
  ])("when %s returns false", (_, text) => {
    expect(isCheckpointOf(logOf(), parseCheckpoint(text))).toBe(false);
  });

  it("when the key hint is another returns false", () => {
    const log = { ...logOf(), keyHint: Buffer.alloc(4) };
    expect(isCheckpointOf(log, parseCheckpoint(good))).toBe(false);
  });
});
