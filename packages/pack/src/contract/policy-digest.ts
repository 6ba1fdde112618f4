import { canonicalJson } from "../canonical-json.ts";
import { mergeExactData } from "../data.ts";
import { digestOf } from "../digest.ts";
import type { Digest } from "../digest.ts";
import type { SourceFile } from "../entries.ts";
import { toCanonicalNumbers } from "../exact-json.ts";
import { compareBytes } from "../fields.ts";
import { isPolicyPath } from "../opa-bundle.ts";

const HEADER = "policy-pack-policy-v1\n";

/**
 * The digest of what decides, and of nothing else: the Rego without tests, and the base documents merged. Two packs that
 * have it in common decide alike under one version of OPA. Comments in the Rego count; README, schemas, tests, revision
 * and compiler do not, and neither does how the data is spread over files or spelled. Files outside `opa/` and `data/`
 * are ignored. Every part is framed by its length, so no two contents give the same bytes (docs/format.md).
 * @throws FormatError MANIFEST_INVALID | ARCHIVE_INVALID | LIMIT_EXCEEDED for data that cannot be merged
 */
export function policyDigestOf(files: readonly SourceFile[]): Digest {
  const rego = files
    .filter(({ path }) => isPolicyPath(path))
    .toSorted((left, right) => compareBytes(left.path, right.path))
    .flatMap(({ path, bytes }) => {
      const name = Buffer.from(path);
      return [Buffer.from(`rego ${name.length} ${bytes.length}\n`), name, bytes];
    });
  const data = Buffer.from(canonicalJson(toCanonicalNumbers(mergeExactData(files))));
  return digestOf(Buffer.concat([Buffer.from(HEADER), ...rego, Buffer.from(`data ${data.length}\n`), data]));
}
