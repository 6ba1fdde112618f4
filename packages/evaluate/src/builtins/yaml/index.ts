import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { goJson } from "../json/go-json.ts";
import { stringOperand } from "../operands.ts";
import { decodeNode, toRego } from "./decode.ts";
import type { YamlValue } from "./decode.ts";
import { emitDocument } from "./emitter.ts";
import { parseDocument } from "./parser.ts";

function readYaml(text: string): YamlValue {
  const node = parseDocument(text);
  return node === undefined ? null : decodeNode(node);
}

function isValid(text: RegoValue): boolean {
  try {
    toRego(readYaml(stringOperand([text], 1)));
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}

/**
 * YAML 1.1 as sigs.k8s.io/yaml over go-yaml 2 reads and writes it. Marshalling goes by way of JSON that is read as YAML,
 * as there: what YAML refuses of a JSON text, U+007F for one, has no YAML.
 */
export const YAML_BUILTINS: BuiltinFamily = {
  "yaml.is_valid": ([text = null]) => isValid(text),
  "yaml.marshal": ([value = null]) => emitDocument(readYaml(goJson(value))),
  "yaml.unmarshal": (operands) => toRego(readYaml(stringOperand(operands, 1))),
};
