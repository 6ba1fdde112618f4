import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { cosignLimits, keyPairWarnings } from "@policy-pack/sign";
import type { KeyFacts } from "@policy-pack/sign";
import { CANNOT, CERTIFIED_KEYS, isBeyondCosign, limitOf, REFUSED_FILES, verdictOf } from "./matrix/cannot.ts";
import { cellsOf, isLogged, ROWS, SIGNERS, WITNESSES } from "./matrix/cells.ts";
import type { Cell, Signer } from "./matrix/cells.ts";

const PAGE = join(import.meta.dirname, "../../docs/interop.md");
const KEYS = ["P-256", "RSA-2048", "P-384", "P-521", "Ed25519"] as const satisfies readonly Signer[];

const COMMANDS = { file: "sign-blob", statement: "attest-blob" } as const;

const CELLS = ROWS.flatMap(([signer, witnesses]) => cellsOf(signer, witnesses));
const factsOf = (name: (typeof KEYS)[number]): KeyFacts => ({ kind: name === "RSA-2048" ? "RSA" : name, name });

describe("docs/interop.md", () => {
  let tables: readonly (readonly (readonly string[])[])[];
  beforeAll(async () => {
    const page = await readFile(PAGE, "utf8");
    tables = page
      .split(/\n\n+/)
      .filter((part) => part.startsWith("|"))
      .map(rowsOf);
  });

  /** The rows of a table without its head. */
  const rowsOf = (table: string): readonly (readonly string[])[] =>
    table
      .trim()
      .split("\n")
      .slice(2)
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((text) => text.trim()),
      );

  it("shows every cell of the matrix as it is tried, once", () => {
    const shown = (tables[0] ?? []).flatMap(([signers = "", witnesses = "", ...verdicts]) =>
      signers.split(", ").flatMap((signer) => witnesses.split(", ").map((seen) => [signer, seen, ...verdicts])),
    );
    const tried = ROWS.map(([signer, witnesses]) => [
      signer,
      witnesses,
      ...cellsOf(signer, witnesses).map((cell) => verdictOf(cell)),
    ]);
    expect(sorted(shown)).toEqual(sorted(tried));
  });

  it("says what each command says", () => {
    const said = CANNOT.map((limit) => [
      String(limit.id),
      `\`${limit.signing ?? limit.cosignVerifying ?? limit.ourVerifying ?? ""}\``,
    ]);
    expect((tables[1] ?? []).map(([id, , message]) => [id, message])).toEqual(said);
    expect(tables[3]).toEqual(REFUSED_FILES.map(({ file, says }) => [file, `\`${says}\``]));
  });

  it("says which kinds of certified keys are verified", () => {
    const said = CERTIFIED_KEYS.map(([algorithm, code]) => [
      `\`${algorithm}\``,
      code === undefined ? "yes" : `no: \`${code}\``,
    ]);
    expect(tables[2]).toEqual(said);
  });

  it("has a cell for each reason", () => {
    const used = new Set(CELLS.map((cell) => limitOf(cell)?.id));
    expect(CANNOT.filter(({ id }) => !used.has(id))).toEqual([]);
    expect([...new Set(CELLS.map(({ signer }) => signer))]).toEqual([...SIGNERS]);
    expect([...new Set(CELLS.map(({ witnesses }) => witnesses))]).toEqual([...WITNESSES]);
  });
});

describe("cosignLimits", () => {
  const ours = KEYS.flatMap((name) =>
    CELLS.filter(({ signer, maker }) => signer === name && maker === "policy-pack").map((cell) => ({ name, cell })),
  );
  const limits = (name: (typeof KEYS)[number], cell: Cell): string | undefined =>
    cosignLimits(factsOf(name).kind, cell.content === "file" ? "message" : "statement", isLogged(cell));

  it("names nothing that cosign verifies in the matrix, and nothing that is signed at all", () => {
    const named = ours.filter(({ name, cell }) => limits(name, cell) !== undefined);
    expect(named.length).toBeGreaterThan(0);
    for (const { cell } of named) expect([cell, limitOf(cell)?.signing]).toEqual([cell, "KEY_INVALID"]);
  });
});

describe("keyPairWarnings", () => {
  it.each(KEYS)("names for %s keys the commands of cosign that fail with what they sign themselves", (name) => {
    const theirs = CELLS.filter(({ signer, maker }) => signer === name && maker === "cosign");
    const failing = theirs.filter((cell) => isBeyondCosign(limitOf(cell)));
    const named = (["file", "statement"] as const).filter((content) => failing.some((it) => it.content === content));
    const text = keyPairWarnings(factsOf(name)).join(" ");
    const said = (["file", "statement"] as const).filter((content) => text.includes(COMMANDS[content]));
    expect(said).toEqual(named);
  });
});

function sorted(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map((row) => row.join(" | ")).sort();
}
