import type * as Sqlite from "node:sqlite";

let loaded: typeof Sqlite | undefined;

/**
 * Node's SQLite without the line that Node 22 prints on stderr when it is first loaded ("SQLite is an experimental
 * feature"): what the store uses of it is held by this package's tests. Loading does not yield, so no other warning can
 * be meant while this one is left out, and any that is goes on as it came.
 */
function loadSqlite(): typeof Sqlite {
  if (loaded !== undefined) return loaded;
  const emit = process.emitWarning.bind(process) as (...args: readonly unknown[]) => void;
  const emitOthers = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === "ExperimentalWarning" && String(warning).startsWith("SQLite ")) return;
    emit(warning, ...rest);
  };
  process.emitWarning = emitOthers;
  try {
    loaded = process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
  return loaded;
}

/** Opens or makes the file. @throws what SQLite throws */
export function openSqlite(path: string, timeoutMs: number): Sqlite.DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { timeout: timeoutMs });
}
