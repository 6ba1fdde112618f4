import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { fromPlain, parseTerm } from "./exact-json.ts";
import type { Exact } from "./exact-json.ts";

/** One of OPA's cases: a query over modules, data and an input, and what must come of it. */
export interface ComplianceCase {
  /** `v0` or `v1`: the version of Rego that its modules are written in. */
  readonly rego: "v0" | "v1";
  /** The folder, such as `jwtbuiltins`. */
  readonly group: string;
  readonly file: string;
  readonly note: string;
  readonly query: string;
  readonly modules: readonly string[];
  readonly data?: Exact;
  readonly input?: Exact;
  /** The bindings of every answer; undefined where the case only says whether there is one, or which error. */
  readonly wantResult?: readonly Exact[];
  readonly wantDefined?: boolean;
  readonly wantError?: string;
  readonly sortBindings: boolean;
  /** The error shows in strict mode alone: otherwise there is no answer. */
  readonly strictError: boolean;
  readonly env: Readonly<Record<string, string>>;
}

interface RawCase {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[];
  readonly data?: unknown;
  readonly input?: unknown;
  readonly input_term?: string;
  readonly want_defined?: boolean;
  readonly want_result?: readonly unknown[];
  readonly want_error?: string;
  readonly want_error_code?: string;
  readonly sort_bindings?: boolean;
  readonly strict_error?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const VERSIONS = ["v0", "v1"] as const;

/** Every case below a folder, in the order of its files; `groups` names the folders to read, all when it is empty. */
export async function loadCases(folder: string, groups: readonly string[]): Promise<readonly ComplianceCase[]> {
  const cases: ComplianceCase[] = [];
  for (const rego of VERSIONS) {
    for (const group of (await readdir(join(folder, rego))).sort()) {
      if (groups.length > 0 && !groups.includes(group)) continue;
      for (const name of (await readdir(join(folder, rego, group))).sort()) {
        if (!name.endsWith(".yaml")) continue;
        const path = join(folder, rego, group, name);
        cases.push(...(await readCases(path, { rego, group, file: relative(folder, path) })));
      }
    }
  }
  return cases;
}

async function readCases(
  path: string,
  place: Pick<ComplianceCase, "rego" | "group" | "file">,
): Promise<readonly ComplianceCase[]> {
  const { cases = [] } = (parse(await readFile(path, "utf8"), { intAsBigInt: true, maxAliasCount: -1 }) ?? {}) as {
    readonly cases?: readonly RawCase[];
  };
  return cases.map((raw) => toCase(raw, place));
}

function toCase(raw: RawCase, place: Pick<ComplianceCase, "rego" | "group" | "file">): ComplianceCase {
  const input = raw.input_term === undefined ? raw.input : undefined;
  return {
    ...place,
    note: raw.note,
    query: raw.query,
    modules: raw.modules ?? [],
    ...(raw.data === undefined || raw.data === null ? {} : { data: fromPlain(raw.data) }),
    ...(input === undefined ? {} : { input: fromPlain(input) }),
    ...(raw.input_term === undefined ? {} : { input: parseTerm(raw.input_term) }),
    ...(raw.want_result === undefined ? {} : { wantResult: (raw.want_result ?? []).map(fromPlain) }),
    ...(raw.want_defined === undefined ? {} : { wantDefined: raw.want_defined }),
    ...errorOf(raw),
    sortBindings: raw.sort_bindings === true,
    strictError: raw.strict_error === true,
    env: raw.env ?? {},
  };
}

function errorOf({ want_error: text, want_error_code: code }: RawCase): Pick<ComplianceCase, "wantError"> {
  const wantError = text ?? code;
  return wantError === undefined ? {} : { wantError };
}
