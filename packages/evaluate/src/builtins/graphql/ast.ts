/**
 * Documents as gqlparser's Go structs hold them, under the names that they have in OPA's answers: what starts with a
 * capital is part of the answer. `at` is the place in the text.
 *
 * @see https://pkg.go.dev/github.com/vektah/gqlparser/v2/ast
 */
export interface Located {
  readonly at?: number | undefined;
}

export interface CommentGroup {
  readonly List: readonly { readonly Value: string }[];
}

export interface Commented {
  readonly Comment?: CommentGroup | undefined;
}

export interface Described {
  readonly Description: string;
  readonly BeforeDescriptionComment?: CommentGroup | undefined;
  readonly AfterDescriptionComment?: CommentGroup | undefined;
}

export interface TypeNode {
  readonly NamedType: string;
  readonly Elem?: TypeNode | undefined;
  readonly NonNull: boolean;
}

export const VALUE_KINDS = Object.freeze({
  variable: 0,
  int: 1,
  float: 2,
  string: 3,
  block: 4,
  boolean: 5,
  null: 6,
  enum: 7,
  list: 8,
  object: 9,
});

export interface ValueNode extends Located, Commented {
  readonly Raw: string;
  readonly Children: readonly ChildValue[];
  readonly Kind: number;
  readonly ExpectedTypeHasDefault: boolean;
}

export interface ChildValue extends Located, Commented {
  readonly Name: string;
  readonly Value: ValueNode;
}

export interface Argument extends Located, Commented {
  readonly Name: string;
  readonly Value: ValueNode;
}

export interface Directive extends Located {
  readonly Name: string;
  readonly Arguments: readonly Argument[];
  readonly Location: string;
}

export interface Field extends Located, Commented {
  readonly kind: "field";
  readonly Alias: string;
  readonly Name: string;
  readonly Arguments: readonly Argument[];
  readonly Directives: readonly Directive[];
  readonly SelectionSet: readonly Selection[];
}

export interface FragmentSpread extends Located, Commented {
  readonly kind: "spread";
  readonly Name: string;
  readonly Directives: readonly Directive[];
}

export interface InlineFragment extends Located, Commented {
  readonly kind: "inline";
  readonly TypeCondition: string;
  readonly Directives: readonly Directive[];
  readonly SelectionSet: readonly Selection[];
}

export type Selection = Field | FragmentSpread | InlineFragment;

export interface VariableDefinition extends Located, Commented {
  readonly Variable: string;
  readonly Type: TypeNode;
  readonly DefaultValue?: ValueNode | undefined;
  readonly Directives: readonly Directive[];
  readonly Used: boolean;
}

export interface OperationDefinition extends Located, Commented {
  readonly Operation: string;
  readonly Name: string;
  readonly VariableDefinitions: readonly VariableDefinition[];
  readonly Directives: readonly Directive[];
  readonly SelectionSet: readonly Selection[];
}

export interface FragmentDefinition extends Located, Commented {
  readonly Name: string;
  readonly VariableDefinition: readonly VariableDefinition[];
  readonly TypeCondition: string;
  readonly Directives: readonly Directive[];
  readonly SelectionSet: readonly Selection[];
}

export interface QueryDocument {
  readonly Operations: readonly OperationDefinition[];
  readonly Fragments: readonly FragmentDefinition[];
}

/** Of a field, an argument, or a member of an input object. */
export interface FieldDefinition extends Located, Described {
  readonly Name: string;
  readonly Arguments: readonly FieldDefinition[];
  readonly DefaultValue?: ValueNode | undefined;
  readonly Type: TypeNode;
  readonly Directives: readonly Directive[];
}

export interface EnumValueDefinition extends Located, Described {
  readonly Name: string;
  readonly Directives: readonly Directive[];
}

export interface Definition extends Located, Described {
  readonly Kind: string;
  readonly Name: string;
  readonly Directives: readonly Directive[];
  readonly Interfaces: readonly string[];
  readonly Fields: readonly FieldDefinition[];
  readonly Types: readonly string[];
  readonly EnumValues: readonly EnumValueDefinition[];
  readonly BuiltIn: boolean;
  readonly EndOfDefinitionComment?: CommentGroup | undefined;
}

export interface DirectiveDefinition extends Located, Described {
  readonly Name: string;
  readonly Arguments: readonly FieldDefinition[];
  readonly Locations: readonly string[];
  readonly IsRepeatable: boolean;
}

export interface OperationTypeDefinition extends Located, Commented {
  readonly Operation: string;
  readonly Type: string;
}

export interface SchemaDefinition extends Located, Described {
  readonly Directives: readonly Directive[];
  readonly OperationTypes: readonly OperationTypeDefinition[];
  readonly EndOfDefinitionComment?: CommentGroup | undefined;
}

export interface SchemaDocument extends Commented {
  readonly Schema: readonly SchemaDefinition[];
  readonly SchemaExtension: readonly SchemaDefinition[];
  readonly Directives: readonly DirectiveDefinition[];
  readonly Definitions: readonly Definition[];
  readonly Extensions: readonly Definition[];
}

export function typeName(type: TypeNode): string {
  return type.NamedType !== "" || type.Elem === undefined ? type.NamedType : typeName(type.Elem);
}

export function typeText(type: TypeNode): string {
  const name = type.NamedType !== "" || type.Elem === undefined ? type.NamedType : `[${typeText(type.Elem)}]`;
  return type.NonNull ? `${name}!` : name;
}

const LINEAR_LENGTH = 8;
const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** The first of a name. Long lists are looked through once: a query may ask as often as they are long. */
export function findNamed<T extends { readonly Name: string }>(list: readonly T[], name: string): T | undefined {
  if (list.length <= LINEAR_LENGTH) return list.find((item) => item.Name === name);
  const index = indexes.get(list) ?? new Map(list.toReversed().map((item) => [item.Name, item]));
  indexes.set(list, index);
  return index.get(name) as T | undefined;
}
