import type { QueryDocument } from "./ast.ts";
import { DOCUMENT_RULES } from "./document-rules.ts";
import { FIELD_RULES } from "./field-rules.ts";
import { NAME_RULES } from "./name-rules.ts";
import { overlapRule } from "./overlap-rule.ts";
import type { Schema } from "./schema.ts";
import { VALUE_RULES } from "./value-rules.ts";
import { Walker } from "./walker.ts";

/**
 * Checks a query against a schema by the rules that gqlparser has by default, without its suggestions.
 *
 * @throws BuiltinError for the first thing wrong; RangeError when checking takes too many steps
 */
export function checkQuery(schema: Schema, document: QueryDocument, text: string | undefined): void {
  const makers = [...FIELD_RULES, ...NAME_RULES, ...DOCUMENT_RULES, overlapRule, ...VALUE_RULES];
  new Walker(schema, document, { rules: makers.map((make) => make()), text }).walk();
}
