/** A document as it is written: nothing resolved but tags and aliases. */
export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: string;
  /** In full; "" where there is none. */
  readonly tag: string;
  /** Its text decides its type: it is plain, or its tag is `!`. */
  readonly isImplicit: boolean;
}

export interface SequenceNode {
  readonly kind: "sequence";
  readonly items: YamlNode[];
}

export interface MappingNode {
  readonly kind: "mapping";
  readonly pairs: (readonly [key: YamlNode, value: YamlNode])[];
}

export interface AliasNode {
  readonly kind: "alias";
  readonly name: string;
  readonly target: YamlNode;
}

export const EMPTY_SCALAR: ScalarNode = Object.freeze({ kind: "scalar", value: "", tag: "", isImplicit: true });

export const LONG_TAG_PREFIX = "tag:yaml.org,2002:";
