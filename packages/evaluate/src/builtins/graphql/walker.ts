import { BuiltinError } from "../builtin.ts";
import { findNamed, typeName, VALUE_KINDS } from "./ast.ts";
import type {
  Argument,
  Directive,
  DirectiveDefinition,
  Field,
  FieldDefinition,
  FragmentDefinition,
  FragmentSpread,
  InlineFragment,
  Located,
  OperationDefinition,
  QueryDocument,
  Selection,
  TypeNode,
  ValueNode,
  VariableDefinition,
} from "./ast.ts";
import { Budget } from "./budget.ts";
import type { Schema, SchemaType } from "./schema.ts";
import { locate } from "./token-reader.ts";

/** What the walk has found out about a field, as the rules see it. */
export interface FieldFacts {
  readonly definition: FieldDefinition | undefined;
  readonly parent: SchemaType | undefined;
}

export interface ValueFacts {
  definition?: SchemaType | undefined;
  expected?: TypeNode | undefined;
  hasDefault?: boolean;
  variable?: VariableDefinition | undefined;
}

export interface DirectiveFacts {
  readonly definition: DirectiveDefinition | undefined;
  readonly location: string;
}

/** One rule: what it looks at, called after the parts of each node. */
export interface Rule {
  operation?(walker: Walker, operation: OperationDefinition): void;
  field?(walker: Walker, field: Field, facts: FieldFacts): void;
  fragment?(walker: Walker, fragment: FragmentDefinition): void;
  inline?(walker: Walker, fragment: InlineFragment, parent: SchemaType | undefined): void;
  spread?(walker: Walker, spread: FragmentSpread, parent: SchemaType | undefined): void;
  directive?(walker: Walker, directive: Directive, facts: DirectiveFacts): void;
  directives?(walker: Walker, list: readonly Directive[]): void;
  value?(walker: Walker, value: ValueNode, facts: ValueFacts): void;
  variable?(walker: Walker, variable: VariableDefinition): void;
}

export interface WalkerOptions {
  readonly rules: readonly Rule[];
  /** The query, when it came as text. */
  readonly text: string | undefined;
}

const TYPENAME: FieldDefinition = {
  Description: "",
  Name: "__typename",
  Arguments: [],
  Type: { NamedType: "String", NonNull: false },
  Directives: [],
};
const NO_FACTS: FieldFacts = { definition: undefined, parent: undefined };

/** gqlparser's walk over a query: each operation with the fragments that it spreads, then each fragment by itself. */
export class Walker {
  readonly schema: Schema;
  readonly budget = new Budget();
  readonly operations: readonly OperationDefinition[];
  readonly fragments: ReadonlyMap<string, FragmentDefinition>;
  readonly used = new Set<VariableDefinition>();
  operation: OperationDefinition | undefined;
  readonly #document: QueryDocument;
  readonly #rules: readonly Rule[];
  readonly #text: string | undefined;
  readonly #fields = new Map<Field, FieldFacts>();
  readonly #values = new Map<ValueNode, ValueFacts>();
  #entered = new Set<string>();
  #variables: ReadonlyMap<string, VariableDefinition> = new Map();

  constructor(schema: Schema, document: QueryDocument, { rules, text }: WalkerOptions) {
    this.schema = schema;
    this.#document = document;
    this.#rules = rules;
    this.#text = text;
    this.operations = document.Operations;
    this.fragments = new Map(document.Fragments.toReversed().map((fragment) => [fragment.Name, fragment]));
  }

  factsOf(field: Field): FieldFacts {
    return this.#fields.get(field) ?? NO_FACTS;
  }

  variableOf(value: ValueNode): VariableDefinition | undefined {
    return this.#values.get(value)?.variable;
  }

  /** @throws BuiltinError always: OPA reports what is wrong first */
  fail({ at }: Located, message: string): never {
    if (this.#text === undefined || at === undefined) throw new BuiltinError(`GraphQL parse error: ${message}`);
    throw new BuiltinError(locate(message, this.#text, at));
  }

  walk(): void {
    for (const operation of this.#document.Operations) {
      this.#entered = new Set();
      this.#walkOperation(operation);
    }
    for (const fragment of this.#document.Fragments) {
      this.#entered = new Set();
      const type = this.schema.types.get(fragment.TypeCondition);
      this.#walkDirectives(fragment.Directives, "FRAGMENT_DEFINITION");
      this.#walkSelections(type, fragment.SelectionSet);
      for (const rule of this.#rules) rule.fragment?.(this, fragment);
    }
  }

  #walkOperation(operation: OperationDefinition): void {
    this.operation = operation;
    const variables = operation.VariableDefinitions.toReversed();
    this.#variables = new Map(variables.map((variable) => [variable.Variable, variable]));
    for (const variable of operation.VariableDefinitions) {
      for (const rule of this.#rules) rule.variable?.(this, variable);
    }
    for (const { Type, DefaultValue, Directives } of operation.VariableDefinitions) {
      if (DefaultValue !== undefined) {
        this.#expect(DefaultValue, Type, undefined);
        this.#walkValue(DefaultValue);
      }
      this.#walkDirectives(Directives, "VARIABLE_DEFINITION");
    }
    const name = operation.Operation === "" ? "query" : operation.Operation;
    this.#walkDirectives(operation.Directives, name.toUpperCase());
    this.#walkSelections(this.schema.roots.get(name), operation.SelectionSet);
    for (const rule of this.#rules) rule.operation?.(this, operation);
    this.operation = undefined;
  }

  #walkDirectives(list: readonly Directive[], location: string): void {
    for (const directive of list) {
      const definition = this.schema.directives.get(directive.Name);
      this.#walkArguments(directive.Arguments, definition?.Arguments ?? []);
      for (const rule of this.#rules) rule.directive?.(this, directive, { definition, location });
    }
    for (const rule of this.#rules) rule.directives?.(this, list);
  }

  #walkArguments(list: readonly Argument[], definitions: readonly FieldDefinition[]): void {
    for (const { Name, Value } of list) {
      const definition = findNamed(definitions, Name);
      if (definition !== undefined) this.#expect(Value, definition.Type, definition.DefaultValue);
      this.#walkValue(Value);
    }
  }

  #expect(value: ValueNode, type: TypeNode, standard: ValueNode | undefined): void {
    const facts = this.#factsOfValue(value);
    facts.expected = type;
    facts.hasDefault = standard !== undefined && standard.Kind !== VALUE_KINDS.null;
    facts.definition = this.schema.types.get(typeName(type));
  }

  #factsOfValue(value: ValueNode): ValueFacts {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const facts: ValueFacts = {};
    this.#values.set(value, facts);
    return facts;
  }

  #walkValue(value: ValueNode): void {
    this.budget.spend();
    const facts = this.#factsOfValue(value);
    if (value.Kind === VALUE_KINDS.variable && this.operation !== undefined) {
      facts.variable = this.#variables.get(value.Raw);
      if (facts.variable !== undefined) this.used.add(facts.variable);
    }
    if (value.Kind === VALUE_KINDS.object) this.#walkMembers(value, facts);
    if (value.Kind === VALUE_KINDS.list) this.#walkItems(value, facts);
    for (const rule of this.#rules) rule.value?.(this, value, facts);
  }

  #walkMembers(value: ValueNode, { definition }: ValueFacts): void {
    for (const { Name, Value } of value.Children) {
      const field = definition === undefined ? undefined : this.schema.fieldsOf(definition).get(Name);
      if (field !== undefined) this.#expect(Value, field.Type, field.DefaultValue);
      this.#walkValue(Value);
    }
  }

  #walkItems(value: ValueNode, { definition, expected }: ValueFacts): void {
    for (const { Value } of value.Children) {
      if (expected?.Elem !== undefined) {
        const facts = this.#factsOfValue(Value);
        facts.expected = expected.Elem;
        facts.definition = definition;
      }
      this.#walkValue(Value);
    }
  }

  #walkSelections(parent: SchemaType | undefined, list: readonly Selection[]): void {
    for (const selection of list) {
      this.budget.spend();
      if (selection.kind === "field") this.#walkField(parent, selection);
      else if (selection.kind === "inline") this.#walkInline(parent, selection);
      else this.#walkSpread(parent, selection);
    }
  }

  #walkField(parent: SchemaType | undefined, field: Field): void {
    const declared = parent === undefined ? undefined : this.schema.fieldsOf(parent).get(field.Name);
    const definition = field.Name === "__typename" ? TYPENAME : declared;
    const facts: FieldFacts = { definition, parent };
    this.#fields.set(field, facts);
    const type = definition === undefined ? undefined : this.schema.types.get(typeName(definition.Type));
    this.#walkArguments(field.Arguments, definition?.Arguments ?? []);
    this.#walkDirectives(field.Directives, "FIELD");
    this.#walkSelections(type, field.SelectionSet);
    for (const rule of this.#rules) rule.field?.(this, field, facts);
  }

  #walkInline(parent: SchemaType | undefined, fragment: InlineFragment): void {
    const { TypeCondition, Directives, SelectionSet } = fragment;
    const type = TypeCondition === "" ? parent : this.schema.types.get(TypeCondition);
    this.#walkDirectives(Directives, "INLINE_FRAGMENT");
    this.#walkSelections(type, SelectionSet);
    for (const rule of this.#rules) rule.inline?.(this, fragment, parent);
  }

  #walkSpread(parent: SchemaType | undefined, spread: FragmentSpread): void {
    const fragment = this.fragments.get(spread.Name);
    this.#walkDirectives(spread.Directives, "FRAGMENT_SPREAD");
    if (fragment !== undefined && !this.#entered.has(fragment.Name)) {
      this.#entered.add(fragment.Name);
      this.#walkDirectives(fragment.Directives, "FRAGMENT_DEFINITION");
      this.#walkSelections(this.schema.types.get(fragment.TypeCondition), fragment.SelectionSet);
    }
    for (const rule of this.#rules) rule.spread?.(this, spread, parent);
  }
}
