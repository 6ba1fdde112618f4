import { parseTrustedRoot, verifyArtifact } from "@policy-pack/verify";
import type { TrustedRoot } from "@policy-pack/verify";
import type { Context, Suite } from "./context.ts";
import { POLICY_PACK } from "./fixture.ts";
import { createFloor, FLOOR } from "./floor.ts";
import { interleave, millisecondsEach } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { wholeProcess } from "./process.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

/** In-process turns last long enough for the clock: this many verifications each. */
const VERIFICATIONS = 50;

export const verify: Suite = { name: "verify", run };

async function run(context: Context): Promise<readonly Comparison[]> {
  return [await wholeProcesses(context), await inProcess(context)];
}

async function wholeProcesses({ fixture, tools, rounds }: Context): Promise<Comparison> {
  const { root, artifact, identity, issuer, trustedRootPath } = fixture;
  const flags = [
    ...["--bundle", artifact.bundlePath, "--trusted-root", trustedRootPath],
    ...["--certificate-identity", identity, "--certificate-oidc-issuer", issuer, artifact.path],
  ];
  const ours = wholeProcess("`policy-pack verify`", [...POLICY_PACK, "verify", ...flags], root);
  const node = wholeProcess("Node's own start: an empty script", [process.execPath, "--eval", "0"], root);
  const { cosign } = tools;
  const notRun = missing(tools, "cosign");
  const others =
    cosign === undefined
      ? []
      : [
          wholeProcess("`cosign verify-blob`", [cosign, "verify-blob", ...flags], root),
          wholeProcess("cosign's own start: `cosign version`", [cosign, "version"], root),
        ];
  return {
    title: "Verifying a file of 1 MB, as a process",
    unit: "ms",
    spreads: await interleave([ours, ...others, node], rounds),
    goal: 1 / 1.3,
    ...(notRun === undefined ? {} : { notRun }),
  };
}

async function inProcess({ fixture, rounds }: Context): Promise<Comparison> {
  const { artifact, trustedRoot, policy } = fixture;
  const { bytes, bundle } = artifact;
  const verifyWith = (name: string, root: string | TrustedRoot): Contender => ({
    name,
    run: () =>
      millisecondsEach(() => verifyArtifact({ artifact: { bytes }, bundle, trustedRoot: root, policy }), VERIFICATIONS),
  });
  const floor = createFloor(bytes);
  const contenders = [
    verifyWith("`verifyArtifact`, trusted root read before", parseTrustedRoot(trustedRoot)),
    { name: FLOOR, run: () => millisecondsEach(floor, VERIFICATIONS) },
    verifyWith("`verifyArtifact`, trusted root as text", trustedRoot),
  ];
  return {
    title: "Verifying 1 MB in process, beside its cryptographic floor",
    unit: "ms",
    spreads: await interleave(contenders, rounds),
    goal: 1 / 2,
  };
}
