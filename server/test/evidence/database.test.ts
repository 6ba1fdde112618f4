import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { openDatabase } from "../../src/evidence/database.ts";
import { migrate, MIGRATIONS } from "../../src/evidence/migrations.ts";

let folder: TempDir;
let path: string;

beforeEach(async () => {
  folder = await createTempDir();
  path = join(folder.path, "evidence.sqlite");
});

afterEach(() => folder.remove());

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}

function expectRefused(): void {
  expect(() => openDatabase(path)).toThrow(expect.objectContaining({ name: "TransportError", code: "STORE_FAILED" }));
}

describe("openDatabase", () => {
  it("makes a file whose commits are on disk when they return", () => {
    const database = openDatabase(path);
    expect(pragma(database, "journal_mode")).toBe("wal");
    // 2 is FULL.
    expect(pragma(database, "synchronous")).toBe(2);
    expect(pragma(database, "user_version")).toBe(MIGRATIONS.length);
    database.close();
  });

  const withModes = process.platform === "win32" ? it.skip : it;
  withModes("makes files for their owner alone [needs POSIX modes]", async () => {
    const database = openDatabase(path);
    for (const file of [path, `${path}-wal`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    database.close();
  });

  it("opens what it made, also while it is open", () => {
    const first = openDatabase(path);
    const second = openDatabase(path);
    expect(second.prepare("SELECT count(*) AS n FROM evidence").get()).toEqual({ n: 0 });
    second.close();
    first.close();
  });

  it("lets many processes make one file at once", () => {
    const script = join(import.meta.dirname, "../../dist/evidence/database.js");
    const line = `import { openDatabase } from ${JSON.stringify(script)};
      openDatabase(${JSON.stringify(path)}).close();`;
    const runs = Array.from(
      { length: 4 },
      () => `${process.execPath} --input-type=module -e '${line}' & pids="$pids $!"`,
    );
    const shell = `pids=; ${runs.join("\n")}\nfor pid in $pids; do wait $pid || exit 1; done`;
    execFileSync("sh", ["-c", shell], { stdio: ["ignore", "ignore", "pipe"] });
    openDatabase(path).close();
  });

  it("keeps Node's line about SQLite from users, and no other warning", () => {
    const script = join(import.meta.dirname, "../../dist/evidence/database.js");
    const program = `import { openDatabase } from ${JSON.stringify(script)};
      openDatabase(${JSON.stringify(path)}).close();
      process.emitWarning("SQLite is an experimental feature", "OtherWarning");
      process.emitWarning("another", "ExperimentalWarning");`;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(stderr.match(/\w+Warning: .*/g)).toEqual([
      "OtherWarning: SQLite is an experimental feature",
      "ExperimentalWarning: another",
    ]);
  });

  describe("when the file is not to be touched", () => {
    it.each([
      ["no database", Buffer.from("x".repeat(5_000))],
      ["text", Buffer.from("not a database\n")],
      ["a cut-off header", Buffer.from("SQLite format 3\0")],
    ])("throws STORE_FAILED for %s and leaves it as it is", async (_name, bytes) => {
      await writeFile(path, bytes);
      expectRefused();
      expect(await readFile(path)).toEqual(bytes);
    });

    it("throws STORE_FAILED for a damaged store", async () => {
      const database = openDatabase(path);
      const insert = database.prepare(
        `INSERT INTO evidence VALUES (NULL, ?, 's', 'r', 'e', 'api', ?, 0, 'w', 0, 0, 0, 0, NULL, ?)`,
      );
      for (let i = 0; i < 100; i += 1) insert.run(`id${i}`, i, "x".repeat(500));
      database.close();
      const bytes = await readFile(path);
      bytes.fill(0xff, 8_192, 16_384);
      await writeFile(path, bytes);
      expectRefused();
    });

    it("throws STORE_FAILED for another program's database, and adds nothing to it", () => {
      const other = new DatabaseSync(path);
      other.exec("CREATE TABLE notes (text TEXT)");
      other.close();
      expectRefused();
      const again = new DatabaseSync(path);
      expect(again.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "notes" }]);
      expect(pragma(again, "journal_mode")).toBe("delete");
      again.close();
    });

    it("throws STORE_FAILED for another program's empty database", () => {
      const other = new DatabaseSync(path);
      other.exec("PRAGMA application_id = 7");
      other.close();
      expectRefused();
    });

    it("throws STORE_FAILED for a store of a newer version", () => {
      const newer = openDatabase(path);
      newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
      newer.close();
      expectRefused();
    });

    it("throws STORE_FAILED for a folder, a link and a place in no folder", async () => {
      await mkdir(path);
      expectRefused();
      path = join(folder.path, "link");
      await symlink(join(folder.path, "target"), path);
      expectRefused();
      path = join(folder.path, "absent/evidence.sqlite");
      expectRefused();
    });
  });
});

describe("migrate", () => {
  const TWO = [...MIGRATIONS, "ALTER TABLE evidence ADD COLUMN note TEXT"];

  it("brings an older file to the newest version and keeps what it holds", () => {
    const database = openDatabase(path);
    database.exec(`INSERT INTO evidence VALUES (NULL, 'id', 's', 'r', 'e', 'api', 0, 0, 'w', 0, 0, 0, 0, NULL, '{}')`);
    expect(migrate(database, TWO)).toBeUndefined();
    expect(pragma(database, "user_version")).toBe(2);
    expect(database.prepare("SELECT id, note FROM evidence").all()).toEqual([{ id: "id", note: null }]);
    database.close();
  });

  it("takes all steps or none", () => {
    const database = openDatabase(path);
    const broken = [...TWO, "ALTER TABLE absent ADD COLUMN note TEXT"];
    expect(() => migrate(database, broken)).toThrow("absent");
    expect(pragma(database, "user_version")).toBe(1);
    expect(database.prepare("SELECT * FROM pragma_table_info('evidence') WHERE name = 'note'").all()).toEqual([]);
    expect(migrate(database, TWO)).toBeUndefined();
    database.close();
  });
});
