import { YamlMap } from "./decode.ts";
import type { YamlValue } from "./decode.ts";
import { floatText } from "./float-text.ts";
import { compareKeys } from "./key-order.ts";
import { Output } from "./output.ts";
import { resolvePlain, STRING_TAG } from "./resolve.ts";
import type { Scalar } from "./resolve.ts";
import { analyzeScalar } from "./scalar-analysis.ts";
import type { ScalarAnalysis } from "./scalar-analysis.ts";
import { writeDoubleQuoted, writeLiteral, writePlain, writeSingleQuoted } from "./scalar-writer.ts";
import type { WriteOptions } from "./scalar-writer.ts";

const INDENT = 2;
/** In bytes: longer keys stand behind a `?`. */
const MAX_SIMPLE_KEY = 128;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

type Style = "plain" | "single" | "double" | "literal";

/** Where a node stands: under a key, as one, or neither. */
type Context = "root" | "item" | "key" | "long-key" | "value";

/**
 * A document as go-yaml 2 writes it: block style, two spaces, keys in its natural order.
 *
 * @throws RangeError beyond 32 Mi characters
 */
export function emitDocument(value: YamlValue): string {
  const emitter = new Emitter();
  emitter.emit(value, "root");
  return emitter.finish();
}

class Emitter {
  readonly #output = new Output();

  emit(value: YamlValue, context: Context): void {
    if (value instanceof YamlMap) this.#emitMap(value);
    else if (isList(value)) this.#emitList(value, context);
    else this.#emitScalar(value, context);
  }

  finish(): string {
    this.#output.indentLine(0);
    return this.#output.text;
  }

  #emitMap(map: YamlMap): void {
    if (map.entries.size === 0) {
      this.#output.indicate("{", { isSpace: true });
      this.#output.indicate("}", { isTight: true });
      return;
    }
    const entries = [...map.entries.values()].toSorted(([left], [right]) => compareKeys(String(left), String(right)));
    this.#indented(this.#output.indent < 0 ? 0 : this.#output.indent + INDENT, () => {
      for (const [key, value] of entries) {
        this.#output.indentLine(this.#output.indent);
        this.#emitKey(key);
        this.emit(value, "value");
      }
    });
  }

  #emitKey(key: Scalar): void {
    const text = String(key);
    if (!analyzeScalar(text).isMultiline && Buffer.byteLength(text) <= MAX_SIMPLE_KEY) {
      this.#emitScalar(key, "key");
      this.#output.indicate(":", { isTight: true });
      return;
    }
    this.#output.indicate("?", { isIndentation: true });
    this.#emitScalar(key, "long-key");
    this.#output.indentLine(this.#output.indent);
    this.#output.indicate(":", { isIndentation: true });
  }

  /** Under a key, a list starts at the key's own indentation. */
  #emitList(list: readonly YamlValue[], context: Context): void {
    if (list.length === 0) {
      this.#output.indicate("[", { isSpace: true });
      this.#output.indicate("]", { isTight: true });
      return;
    }
    const { indent, isIndented } = this.#output;
    const isFlush = context === "value" && !isIndented;
    this.#indented(indent < 0 ? 0 : isFlush ? indent : indent + INDENT, () => {
      for (const item of list) {
        this.#output.indentLine(this.#output.indent);
        this.#output.indicate("-", { isIndentation: true });
        this.emit(item, "item");
      }
    });
  }

  #indented(indent: number, write: () => void): void {
    const { indent: outer } = this.#output;
    this.#output.indent = indent;
    write();
    this.#output.indent = outer;
  }

  #emitScalar(value: Scalar, context: Context): void {
    const text = typeof value === "number" ? floatText(value) : String(value);
    const analysis = analyzeScalar(text);
    const style = selectStyle(typeof value === "string" ? styleOf(text) : "plain", text, analysis, context === "key");
    const { indent } = this.#output;
    this.#indented(indent < 0 ? INDENT : indent + INDENT, () => {
      WRITERS[style](this.#output, text, { allowsFolding: context !== "key" });
    });
  }
}

const WRITERS: Readonly<Record<Style, (output: Output, text: string, options: WriteOptions) => void>> = {
  plain: writePlain,
  single: writeSingleQuoted,
  double: writeDoubleQuoted,
  literal: writeLiteral,
};

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** What go-yaml's encoder asks for: quotes where the text without them would be something else. */
function styleOf(text: string): Style {
  if (text.includes("\n")) return "literal";
  return resolvePlain(text).tag === STRING_TAG && !BASE_60.test(text) ? "plain" : "double";
}

/** What its emitter makes of that. */
function selectStyle(asked: Style, text: string, analysis: ScalarAnalysis, isKey: boolean): Style {
  if (isKey && analysis.isMultiline) return "double";
  if (asked === "literal") return analysis.allowsBlock && !isKey ? "literal" : "double";
  if (asked === "double") return "double";
  const isPlain = analysis.allowsPlain && !(text === "" && isKey);
  if (isPlain) return "plain";
  return analysis.allowsSingle ? "single" : "double";
}
