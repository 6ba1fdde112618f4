export type TokenType =
  | "stream-start"
  | "stream-end"
  | "version-directive"
  | "tag-directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "flow-sequence-start"
  | "flow-sequence-end"
  | "flow-mapping-start"
  | "flow-mapping-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Token {
  readonly type: TokenType;
  readonly line: number;
  /** Of scalars, anchors and aliases; the handle of a tag; the version. */
  readonly value: string;
  /** The rest of a tag, the prefix of a tag directive. */
  readonly suffix: string;
  /** Of scalars: neither quoted nor a block. */
  readonly isPlain: boolean;
}

export function newToken(type: TokenType, line: number, rest: Partial<Token> = {}): Token {
  return { type, line, value: "", suffix: "", isPlain: false, ...rest };
}
