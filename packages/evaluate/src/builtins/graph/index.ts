import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { reachablePaths } from "./paths.ts";

export const GRAPH_BUILTINS: BuiltinFamily = {
  "graph.reachable_paths": ([graph, initial]) => {
    if (!(graph instanceof RegoObject)) throw new BuiltinError("operand 1 must be object");
    return new RegoSet(reachablePaths(graph, startsOf(initial)));
  },
};

function startsOf(initial: RegoValue | undefined): RegoArray {
  if (initial instanceof RegoSet) return initial.members;
  if (initial === undefined || !isRegoArray(initial)) throw new BuiltinError("operand 2 must be one of {array, set}");
  return initial;
}
