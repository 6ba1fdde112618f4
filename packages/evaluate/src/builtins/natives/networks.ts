import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { parseAddress } from "../net/address.ts";
import { containsAddress, containsNetwork, parseNetwork } from "../net/network.ts";
import { stringOperand } from "../operands.ts";

function contains(operands: readonly RegoValue[]): boolean {
  const [network, inner] = [parseNetwork(stringOperand(operands, 1)), stringOperand(operands, 2)];
  const address = parseAddress(inner);
  if (address?.zone === "") return containsAddress(network, address.value);
  try {
    return containsNetwork(network, parseNetwork(inner));
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError(`not a valid textual representation of an IP address or CIDR: ${inner.slice(0, 200)}`);
  }
}

function intersects(operands: readonly RegoValue[]): boolean {
  const [left, right] = [parseNetwork(stringOperand(operands, 1)), parseNetwork(stringOperand(operands, 2))];
  return containsAddress(left, right.base) || containsAddress(right, left.base);
}

/**
 * Address blocks as Go's net package reads them. The module takes IPv4-mapped addresses for IPv6, reads addresses up to a
 * U+0000 and past other characters, and takes `10.0.0.0/33x` for a block.
 */
export const NETWORK_NATIVES: BuiltinFamily = { "net.cidr_contains": contains, "net.cidr_intersects": intersects };
