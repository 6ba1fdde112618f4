import { isRegoArray, RegoSet } from "../../values/values.ts";
import type { RegoValue, RegoObject } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { integerOperand } from "../operands.ts";
import type { ChainOptions } from "./chain.ts";
import { namedKeyUsage } from "./key-usages.ts";

/**
 * OPA's options for verifying a chain. A limit of comparisons is read and, since checking names takes no time that such a
 * limit could save, has no effect.
 *
 * @throws BuiltinError for options that there are not, and values of another type
 */
export function readChainOptions(options: RegoObject, now: bigint): ChainOptions {
  let [time, dnsName, keyUsages]: [bigint, string, readonly bigint[]] = [now, "", []];
  for (const [name, value] of options.entries) {
    if (typeof name !== "string") continue;
    switch (name) {
      case "CurrentTime":
        time = integerOperand([value], 1);
        break;
      case "DNSName":
        dnsName = readName(value);
        break;
      case "KeyUsages":
        keyUsages = readUsages(value);
        break;
      case "MaxConstraintComparisons":
        integerOperand([value], 1);
        break;
      default:
        throw new BuiltinError("invalid key option");
    }
  }
  return { time, dnsName, keyUsages };
}

function readName(value: RegoValue): string {
  if (typeof value !== "string") throw new BuiltinError("'DNSName' should be a string");
  return withoutQuotes(value);
}

/** Members that are no strings are passed over. */
function readUsages(value: RegoValue): bigint[] {
  const members = value instanceof RegoSet ? value.members : value;
  if (!isRegoArray(members)) throw new BuiltinError("'KeyUsages' should be an Array or Set");
  return members.flatMap((member) => {
    if (typeof member !== "string") return [];
    const usage = namedKeyUsage(withoutQuotes(member));
    if (usage === undefined) throw new BuiltinError(`invalid entries for 'KeyUsages' found: ${member}`);
    return [usage];
  });
}

function withoutQuotes(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text.charAt(start) === '"') start++;
  while (start < end && text.charAt(end - 1) === '"') end--;
  return text.slice(start, end);
}
