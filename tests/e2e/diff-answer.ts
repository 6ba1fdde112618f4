import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";

const SCHEMA = new URL("../../docs/contracts/decision-diff.schema.json", import.meta.url);

/** The group of those that a limit of 100 denies and one of 200 allows. */
export const OPENED = "deny-to-allow:spend/limits/allow:over_limit";

/** What `policy-pack diff --json` prints, as far as the tests read it. */
export interface DiffAnswer {
  readonly diff: {
    readonly old: { readonly digest: string };
    readonly new: { readonly digest: string };
    readonly seed: number | null;
    readonly inputs: Readonly<Record<string, number>>;
    readonly compared: number;
    readonly flips: { readonly denyToAllow: number; readonly allowToDeny: number; readonly other: number };
    readonly groups: readonly {
      readonly name: string;
      readonly direction: string;
      readonly count: number;
      readonly smallest: { readonly input: unknown };
    }[];
    readonly failedCases: readonly unknown[];
  };
  readonly packs: Readonly<Record<"old" | "new", { readonly trust: string; readonly kind: string }>>;
  readonly logs: readonly { readonly decisions: number; readonly undecidable: object; readonly torn: string | null }[];
  readonly budget: {
    readonly ok: boolean;
    readonly named: readonly string[];
    readonly notes: readonly object[];
  } | null;
  readonly attestation: object | null;
}

/** Whether the published schema takes the answer, and what it says against it. */
export async function isDiffAnswer(answer: unknown): Promise<readonly [boolean, unknown]> {
  const schema = JSON.parse(await readFile(SCHEMA, "utf8")) as object;
  const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
  return [validate(answer), validate.errors];
}
