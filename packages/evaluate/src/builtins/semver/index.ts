import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { compareVersions, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

export const SEMVER_BUILTINS: BuiltinFamily = {
  "semver.compare": (operands) => {
    const [left, right] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    return BigInt(compareVersions(versionOf(left, 1), versionOf(right, 2)));
  },
  "semver.is_valid": ([text]: readonly RegoValue[]) => typeof text === "string" && parseVersion(text) !== undefined,
};

function versionOf(text: string, position: number): Version {
  const version = parseVersion(text);
  if (version === undefined) {
    throw new BuiltinError(`operand ${position}: string "${text.slice(0, 200)}" is not a valid SemVer`);
  }
  return version;
}
