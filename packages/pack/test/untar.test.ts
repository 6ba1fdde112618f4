import { describe, expect, it } from "@jest/globals";
import { digestOf } from "../src/digest.ts";
import { encodeTar } from "../src/tar.ts";
import { ARCHIVE_LIMITS } from "../src/limits.ts";
import type { ArchiveLimits } from "../src/limits.ts";
import { decodeTar } from "../src/untar.ts";
import { createRandom, file, forge, headerAt, packFiles, tarOf } from "./files.ts";

const REGO = "./opa/a/a.rego";

function refusal(tar: Uint8Array, limits: Partial<ArchiveLimits> = {}): { code?: unknown; message?: string } {
  try {
    decodeTar(tar, { ...ARCHIVE_LIMITS, ...limits });
    return { code: "accepted" };
  } catch (thrown) {
    return thrown as { code?: unknown; message?: string };
  }
}

/** Entries as an attacker would order and name them, under right headers. */
function rawTar(...names: string[]): Uint8Array {
  return encodeTar(
    names.map((name) => ({
      path: name.replace(/\/$/, ""),
      kind: name.endsWith("/") ? ("folder" as const) : ("file" as const),
      bytes: Buffer.alloc(0),
    })),
  );
}

/** Gives an entry whatever stored name, `./` or not. */
function renamed(name: string): Buffer {
  return forge(tarOf(), REGO, (header) => {
    header.fill(0, 0, 100);
    header.write(name, 0, "latin1");
  });
}

describe("decodeTar", () => {
  it("when given what encodeTar wrote returns the same entries", () => {
    const entries = decodeTar(tarOf());
    expect(Buffer.compare(encodeTar(entries), tarOf())).toBe(0);
    expect(entries.filter(({ kind }) => kind === "file")).toHaveLength(packFiles().length);
  });

  it("when given an archive without entries returns none", () => {
    expect(decodeTar(new Uint8Array(10_240))).toEqual([]);
  });

  it.each([
    ["1", "hard link"],
    ["2", "symbolic link"],
    ["3", "character device"],
    ["4", "block device"],
    ["6", "FIFO"],
    ["7", "unknown"],
    ["S", "sparse"],
    ["x", "pax"],
    ["g", "global pax"],
    ["L", "GNU long name"],
    ["\0", "unknown"],
  ])("when an entry has type %j throws ARCHIVE_INVALID that names it as %s", (type, words) => {
    const { code, message } = refusal(forge(tarOf(), REGO, (header) => header.write(type, 156, "latin1")));
    expect(code).toBe("ARCHIVE_INVALID");
    expect(message).toContain(REGO);
    expect(message).toContain(words);
  });

  it.each(["../x", "./../x", "./opa/../../x", "/etc/x", "opa/x", "./opa\\x", "./opa/./x", "./opa//x", "./x", "."])(
    "when an entry is named %j throws ARCHIVE_INVALID",
    (name) => {
      expect(refusal(renamed(name)).code).toBe("ARCHIVE_INVALID");
    },
  );

  it.each([
    ["./opa/e\u0301", "not NFC"],
    ["./opa/\n", "a control character"],
  ])("when an entry is named %j (%s) throws ARCHIVE_INVALID", (name) => {
    const tar = forge(tarOf(), REGO, (header) => {
      header.fill(0, 0, 100);
      header.write(name, 0, "utf8");
    });
    expect(refusal(tar).code).toBe("ARCHIVE_INVALID");
  });

  it("when an entry's name is not UTF-8 throws ARCHIVE_INVALID", () => {
    expect(refusal(renamed("./opa/\xff")).code).toBe("ARCHIVE_INVALID");
  });

  it("when a NUL hides a second name throws ARCHIVE_INVALID", () => {
    expect(refusal(forge(tarOf(), REGO, (header) => header.write("../x", 50, "latin1"))).code).toBe("ARCHIVE_INVALID");
  });

  it("when a signature is inside throws ARCHIVE_INVALID", () => {
    const names = ["opa/", "opa/x", "README.md", "signing/"];
    expect(refusal(rawTar(...names, "signing/cosign.bundle.json")).code).toBe("ARCHIVE_INVALID");
    expect(refusal(rawTar(...names, "signing/x.sigstore.json")).code).toBe("ARCHIVE_INVALID");
    expect(refusal(rawTar(...names, "signing/x")).code).toBe("accepted");
  });

  it.each([
    [["opa/", "opa/x", "opa/x"], "a file twice"],
    [["opa/", "opa/", "opa/x"], "a folder twice"],
    [["opa/", "opa/x", "opa/X"], "twins by case"],
    [["opa/", "opa/b", "opa/a"], "another order"],
    [["README.md", "opa/", "opa/x"], "another order at the top"],
    [["opa/x"], "no entry for a folder"],
    [["opa/", "opa/x", "data/"], "a folder without files"],
    [["opa/", "opa/x/", "opa/x"], "a folder and a file of one name"],
    [["opa/", "opa/x", "evil"], "another name at the top"],
  ])("when it holds %j (%s) throws ARCHIVE_INVALID", (names) => {
    expect(refusal(rawTar(...names)).code).toBe("ARCHIVE_INVALID");
  });

  it.each([
    ["mode", 100, "0000777\0"],
    ["setuid", 100, "0004644\0"],
    ["uid", 108, "0000001\0"],
    ["gid", 116, "0000001\0"],
    ["time", 136, "00000000001\0"],
    ["link target", 157, "x"],
    ["magic", 257, "ustar  \0"],
    ["user", 265, "root"],
    ["group", 297, "root"],
    ["device", 329, "0000001\0"],
    ["prefix", 345, "./opa"],
    ["spare bytes", 500, "x"],
    ["size in another form", 124, "0000000012 \0"],
    ["size that is no number", 124, "xxxxxxxxxxx\0"],
    ["size in base 256", 124, "\x80\0\0\0\0\0\0\0\0\0\0\x0a"],
    ["negative size", 124, "-0000000001\0"],
  ])("when a header has another %s throws ARCHIVE_INVALID that names the entry", (_, at, text) => {
    const { code, message } = refusal(forge(tarOf(), REGO, (header) => header.write(text, at, "latin1")));
    expect(code).toBe("ARCHIVE_INVALID");
    expect(message).toContain("opa/a/a.rego");
  });

  it("when a checksum is wrong throws ARCHIVE_INVALID", () => {
    const tar = tarOf();
    tar.write("000000", headerAt(tar, REGO) + 148, "latin1");
    expect(refusal(tar)).toMatchObject({ code: "ARCHIVE_INVALID", message: expect.stringContaining("checksum") });
  });

  it("when the checksum has the right value in another form throws ARCHIVE_INVALID", () => {
    const tar = tarOf();
    tar.write(" \0", headerAt(tar, REGO) + 154, "latin1");
    expect(refusal(tar).code).toBe("ARCHIVE_INVALID");
  });

  it.each([
    ["trailing bytes", (tar: Buffer) => Buffer.concat([tar, Buffer.from("x")])],
    ["a trailing record", (tar: Buffer) => Buffer.concat([tar, Buffer.alloc(10_240)])],
    ["a second archive", (tar: Buffer) => Buffer.concat([tar, tar])],
    ["one byte less", (tar: Buffer) => tar.subarray(0, -1)],
    ["one block less", (tar: Buffer) => tar.subarray(0, -512)],
    ["the first block alone", (tar: Buffer) => tar.subarray(0, 512)],
    ["half a block", (tar: Buffer) => tar.subarray(0, 256)],
    ["nothing", () => Buffer.alloc(0)],
    ["text", () => Buffer.from("<html>".repeat(2_000))],
  ])("when it is %s throws ARCHIVE_INVALID", (_, change) => {
    expect(refusal(change(tarOf())).code).toBe("ARCHIVE_INVALID");
  });

  it("when it is cut inside a block says at which byte", () => {
    expect(refusal(tarOf().subarray(0, 300)).message).toContain("middle of a block, at byte 0");
  });

  it("when the padding after a file is not zero throws ARCHIVE_INVALID that names the file", () => {
    const tar = tarOf();
    tar[headerAt(tar, REGO) + 1023] = 1;
    expect(refusal(tar)).toMatchObject({ code: "ARCHIVE_INVALID", message: expect.stringContaining(REGO) });
  });

  it("when a folder has content throws ARCHIVE_INVALID", () => {
    const tar = forge(tarOf([file("opa/x", "y".repeat(512))]), "./opa/x", (header) => header.write("5", 156, "latin1"));
    expect(refusal(tar).code).toBe("ARCHIVE_INVALID");
  });

  it("when a size reaches beyond the end throws ARCHIVE_INVALID", () => {
    const last = "./signing/README.md";
    const tar = forge(tarOf(), last, (header) => header.write("00000777777", 124, "latin1"));
    expect(refusal(tar)).toMatchObject({ code: "ARCHIVE_INVALID", message: expect.stringContaining(last) });
  });

  it("when a cap is met returns, and beyond it throws LIMIT_EXCEEDED", () => {
    const tar = tarOf([file("opa/x", "12345"), file("opa/yy", "")]);
    const met = { maxPackBytes: 10_240, maxFiles: 3, maxFileBytes: 5, maxNameBytes: 8 };
    expect(refusal(tar, met).code).toBe("accepted");
    for (const [name, value] of Object.entries(met)) {
      expect([name, refusal(tar, { ...met, [name]: value - 1 }).code]).toEqual([name, "LIMIT_EXCEEDED"]);
    }
  });

  it.each([
    ["a file's", ["opa/", "opa/a/b/x"], "opa/a/b/x"],
    ["a folder's", ["opa/", "opa/a/b/", "opa/a/b/x"], "opa/a/b"],
  ])("when the entry of %s folder is missing says so before any folder is made up", (_, names, path) => {
    const { code, message } = refusal(rawTar(...names));
    expect(code).toBe("ARCHIVE_INVALID");
    expect(message).toContain(`no entry for the folder of "${path}"`);
  });

  it("when many files share a deep folder returns all entries", () => {
    const folder = `opa/${"é/".repeat(70)}a`;
    const files = Array.from({ length: 2_000 }, (_, index) => file(`${folder}/f${index}`));
    expect(decodeTar(tarOf(files))).toHaveLength(files.length + 72);
  });

  it.each(["maxPackBytes", "maxFiles", "maxFileBytes", "maxNameBytes"])(
    "when %s is NaN throws LIMIT_EXCEEDED, as if it were 0",
    (name) => {
      expect(refusal(tarOf(), { [name]: Number.NaN }).code).toBe("LIMIT_EXCEEDED");
    },
  );

  it("when a header claims a size beyond the cap throws LIMIT_EXCEEDED before the end is looked at", () => {
    const tar = forge(tarOf(), REGO, (header) => header.write("77777777777", 124, "latin1"));
    expect(refusal(tar).code).toBe("LIMIT_EXCEEDED");
  });

  it("when any single byte is changed throws, or differs in that byte of one file alone (seed 20)", () => {
    const tar = tarOf();
    const random = createRandom(20);
    const expected = decodeTar(tar).map(({ path, kind }) => `${kind} ${path}`);
    for (let at = 0; at < tar.length; at += 1) {
      const flipped = Buffer.from(tar);
      flipped[at] = (flipped[at] ?? 0) ^ (1 + random(255));
      if (refusal(flipped).code !== "accepted") continue;
      const entries = decodeTar(flipped);
      expect(entries.map(({ path, kind }) => `${kind} ${path}`)).toEqual(expected);
      expect(Buffer.compare(encodeTar(entries), flipped)).toBe(0);
      expect(digestOf(flipped)).not.toBe(digestOf(tar));
      expect(entries.some(({ bytes }) => bytes.byteOffset - flipped.byteOffset <= at)).toBe(true);
    }
  });
});
