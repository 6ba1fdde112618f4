import { PolicyPackError } from "@policy-pack/pack";
import { ARTIFACT, rootJson } from "@policy-pack/testkit";
import { parseBundle, parseTrustedRoot, verifyBundle } from "@policy-pack/verify";

const trustedRoot = parseTrustedRoot(JSON.stringify(rootJson()));

/** The code of the rejection; undefined when the bundle proves who signed the artifact. Anything without a code is thrown on. */
export function rejectionOf(bundle: string | Uint8Array): string | undefined {
  try {
    verifyBundle(parseBundle(bundle), { bytes: ARTIFACT }, trustedRoot);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return thrown.code;
    throw thrown;
  }
}

/** Where a flip was accepted, by byte and bit, and how many were tried. */
export interface FlipResult {
  readonly tried: number;
  readonly accepted: readonly string[];
  readonly codes: ReadonlySet<string>;
}

/** Flips each bit of the bytes (or of those from `start` to before `end`) in turn, one at a time, and sees what becomes of it. */
export function flipEveryBit(
  bytes: Uint8Array,
  bundleOf: (flipped: Buffer) => string | Uint8Array,
  { start, end }: { readonly start: number; readonly end: number } = { start: 0, end: bytes.length },
): FlipResult {
  const accepted: string[] = [];
  const codes = new Set<string>();
  const copy = Buffer.from(bytes);
  for (let index = start; index < end; index += 1) {
    const original = copy.readUInt8(index);
    for (let bit = 0; bit < 8; bit += 1) {
      copy.writeUInt8(original ^ (1 << bit), index);
      const code = rejectionOf(bundleOf(copy));
      if (code === undefined) accepted.push(`byte ${index}, bit ${bit}`);
      else codes.add(code);
    }
    copy.writeUInt8(original, index);
  }
  return { tried: (end - start) * 8, accepted, codes };
}
