import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { mergeNetworks } from "./merge.ts";
import { containsAddress, containsNetwork, lastOf, parseNetwork } from "./network.ts";
import type { Network } from "./network.ts";

/** An IPv4 /14. OPA goes on until it is cancelled; a set of more does not belong in a decision. */
const MAX_ADDRESSES = 2n ** 18n;
/** Of net.cidr_contains_matches: two lists of a thousand each, all of which match. */
const MAX_MATCHES = 1_000_000;
/** Of two lists; about two seconds. */
const MAX_COMPARISONS = 10_000_000;

export const NET_BUILTINS: BuiltinFamily = {
  "net.cidr_contains_matches": (operands) => matchesOf(candidates(operands, 1), () => candidates(operands, 2)),
  "net.cidr_expand": (operands) => expand(parseNetwork(stringOperand(operands, 1))),
  "net.cidr_is_valid": ([text]) => typeof text === "string" && isNetwork(text),
  "net.cidr_merge": ([operand]) => {
    const members = operand instanceof RegoSet ? operand.members : operand;
    if (members === undefined || !isRegoArray(members)) {
      throw new BuiltinError("operand must be an array");
    }
    return new RegoSet(
      mergeNetworks(
        members.map((member) => {
          if (typeof member !== "string") throw new BuiltinError("element must be string");
          return member;
        }),
      ),
    );
  },
};

function isNetwork(text: string): boolean {
  try {
    parseNetwork(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}

function expand(network: Network): RegoSet {
  const last = lastOf(network);
  if (last - network.base >= MAX_ADDRESSES) {
    throw new RangeError(`net.cidr_expand of more than ${MAX_ADDRESSES} addresses`);
  }
  const addresses: string[] = [];
  for (let address = network.base; address <= last; address++) addresses.push(formatAddress(address));
  return new RegoSet(addresses);
}

/** A text to compare and what stands for it in the answer. */
type Candidate = readonly [text: RegoValue, index: RegoValue];

function candidates(operands: readonly RegoValue[], position: number): readonly Candidate[] {
  const value = operands[position - 1];
  if (typeof value === "string") return [[value, value]];
  const entry = (item: RegoValue, index: RegoValue): Candidate => [textOf(item, position), index];
  if (value instanceof RegoSet) return value.members.map((member) => entry(member, member));
  if (value instanceof RegoObject) return value.entries.map(([key, item]) => entry(item, key));
  if (value === undefined || !isRegoArray(value)) return [];
  return value.map((item, index) => entry(item, BigInt(index)));
}

function textOf(item: RegoValue, position: number): RegoValue {
  const text = isRegoArray(item) ? item[0] : item;
  if (text === undefined || (text === item && typeof text !== "string")) {
    throw new BuiltinError(`operand ${position}: element must be string or non-empty array`);
  }
  return text;
}

/** Nothing is read of one operand while the other is empty, as in OPA. */
function matchesOf(outer: readonly Candidate[], readInner: () => readonly Candidate[]): RegoSet {
  const inner = outer.length === 0 ? [] : readInner();
  if (inner.length === 0) return new RegoSet([]);
  if (outer.length * inner.length > MAX_COMPARISONS) {
    throw new RangeError(`net.cidr_contains_matches of more than ${MAX_COMPARISONS} pairs`);
  }
  const networks = outer.map(([text, index]) => [parseNetwork(stringOperand([text], 1)), index] as const);
  const tests = inner.map(([text, index]) => [withinTest(stringOperand([text], 1)), index] as const);
  const matches: RegoValue[] = [];
  for (const [network, outerIndex] of networks) {
    for (const [isWithin, innerIndex] of tests) {
      if (!isWithin(network)) continue;
      if (matches.push([outerIndex, innerIndex]) > MAX_MATCHES) {
        throw new RangeError(`net.cidr_contains_matches has more than ${MAX_MATCHES} matches`);
      }
    }
  }
  return new RegoSet(matches);
}

function withinTest(text: string): (network: Network) => boolean {
  const address = parseAddress(text);
  if (address?.zone === "") return (network) => containsAddress(network, address.value);
  const inner = parseNetwork(text);
  return (network) => containsNetwork(network, inner);
}
