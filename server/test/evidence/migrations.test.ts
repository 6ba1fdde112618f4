import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { migrate, schemaProblem } from "../../src/evidence/migrations.ts";
import { openSqlite } from "../../src/evidence/sqlite.ts";

const BUSY_MS = 1_000;

let folder: TempDir;
let mine: DatabaseSync;
let another: DatabaseSync;

beforeEach(async () => {
  folder = await createTempDir();
  const path = join(folder.path, "evidence.sqlite");
  mine = openSqlite(path, BUSY_MS);
  mine.exec("PRAGMA journal_mode = WAL");
  another = openSqlite(path, BUSY_MS);
});

afterEach(async () => {
  another.close();
  mine.close();
  await folder.remove();
});

/** The database, between whose first read and the next one something else happens. */
function interrupted(database: DatabaseSync, meanwhile: () => void): DatabaseSync {
  let reads = 0;
  const prepare = (sql: string): ReturnType<DatabaseSync["prepare"]> => {
    if (reads === 1) meanwhile();
    reads += 1;
    return database.prepare(sql);
  };
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "prepare") return prepare;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

describe("schemaProblem", () => {
  it("when another process makes the tables between two reads finds nothing wrong", () => {
    const problem = schemaProblem(interrupted(mine, () => void migrate(another)));
    expect([problem, schemaProblem(mine), another.prepare("PRAGMA user_version").get()]).toEqual([
      undefined,
      undefined,
      { user_version: 1 },
    ]);
  });

  it("when another program made tables says so", () => {
    another.exec("CREATE TABLE theirs (a)");
    expect(schemaProblem(mine)).toBe("foreign");
  });
});
