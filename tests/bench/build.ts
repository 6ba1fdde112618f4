import { join } from "node:path";
import { canonicalEntries, digestOf, encodeTar, readPackUnsafe } from "@policy-pack/pack";
import { CANONICAL_FLAGS, TOP_PATHS } from "../interop/gnu-tar.ts";
import type { Context, Suite } from "./context.ts";
import { POLICY_PACK } from "./fixture.ts";
import { interleave, millisecondsEach } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { wholeProcess } from "./process.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

/** In-process turns last long enough for the clock: this many archives each. */
const ARCHIVES = 20;

const SHELL_TAR = `"$0" --create --file=- "$@" | sha256sum`;
/** What an author runs today to get the same checked, tested and compiled policy. */
const SHELL_OPA = `
  opa check --strict --schema opa/schemas opa/cos &&
  opa test opa/cos data &&
  opa build --target wasm --ignore '*_test.rego' $ENTRYPOINTS --output "$BUNDLE" opa/cos data &&
  "$0" --create --file=- "$@" | sha256sum`;

export const build: Suite = { name: "build", run };

async function run(context: Context): Promise<readonly Comparison[]> {
  const { tools, rounds } = context;
  const notRun = missing(tools, "gnuTar", "sha256sum");
  const other = notRun === undefined ? [tarAndDigest(context)] : [];
  const shown = notRun === undefined ? {} : { notRun };
  const whole = [command(context), ...other, ...(notRun === undefined ? [byHand(context)] : [])];
  return [
    {
      title: "Building the pack, as a process",
      unit: "ms",
      spreads: await interleave(whole, rounds),
      ...shown,
    },
    {
      title: "Packing files that are read and compiled, and their digest",
      unit: "ms",
      spreads: await interleave([encoding(context), ...other], rounds),
      ...shown,
    },
  ];
}

function command({ fixture: { paths, root } }: Context): Contender {
  const target = join(root, "built");
  const args = [...POLICY_PACK, "build", paths.source, "--out", target] as const;
  return wholeProcess("`policy-pack build`: check, test, compile, pack", args, root);
}

function tarAndDigest({ tools, fixture }: Context): Contender {
  const args = ["sh", "-c", SHELL_TAR, tools.gnuTar ?? "tar", ...CANONICAL_FLAGS, ...TOP_PATHS] as const;
  return wholeProcess("`tar … \\| sha256sum`: pack only", args, fixture.unpacked);
}

function byHand({ tools, fixture: { root, pack, unpacked } }: Context): Contender {
  const entrypoints = readPackUnsafe(pack).entrypoints.map((name) => `--entrypoint ${name}`);
  const script = SHELL_OPA.replace("$ENTRYPOINTS", entrypoints.join(" ")).replace("$BUNDLE", join(root, "hand.tar.gz"));
  const args = ["sh", "-c", script, tools.gnuTar ?? "tar", ...CANONICAL_FLAGS, ...TOP_PATHS] as const;
  return wholeProcess("`opa check`, `opa test`, `opa build -t wasm`, `tar … \\| sha256sum`", args, unpacked);
}

function encoding({ fixture: { pack } }: Context): Contender {
  const files = [...readPackUnsafe(pack).files].map(([path, bytes]) => ({ path, bytes }));
  return {
    name: "`digestOf(encodeTar(canonicalEntries(files)))`",
    run: () => millisecondsEach(() => digestOf(encodeTar(canonicalEntries(files))), ARCHIVES),
  };
}
