import type {
  CommentGroup,
  Definition,
  Described,
  DirectiveDefinition,
  EnumValueDefinition,
  FieldDefinition,
  OperationTypeDefinition,
  SchemaDefinition,
  SchemaDocument,
} from "./ast.ts";
import { CommonParser } from "./common-parser.ts";

const OPERATIONS = new Set(["query", "mutation", "subscription"]);
const LOCATIONS = new Set([
  ...["QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
  ...["VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE"],
  ...["UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"],
]);
/** By the word that starts a definition. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["scalar", "SCALAR"],
  ["type", "OBJECT"],
  ["interface", "INTERFACE"],
  ["union", "UNION"],
  ["enum", "ENUM"],
  ["input", "INPUT_OBJECT"],
]);

interface Description {
  readonly text: string;
  readonly comment: CommentGroup | undefined;
}

const NO_DESCRIPTION: Description = { text: "", comment: undefined };

/**
 * A schema document as gqlparser reads it, not yet checked.
 *
 * @throws BuiltinError with its message and place; RangeError for documents too deep or too long
 */
export function parseSchema(text: string): SchemaDocument {
  return new SchemaParser(text).read();
}

class SchemaParser extends CommonParser {
  readonly #schema: SchemaDefinition[] = [];
  readonly #schemaExtensions: SchemaDefinition[] = [];
  readonly #directives: DirectiveDefinition[] = [];
  readonly #definitions: Definition[] = [];
  readonly #extensions: Definition[] = [];

  read(): SchemaDocument {
    while (!this.tokens.is("<EOF>")) this.#readDefinition();
    return {
      Schema: this.#schema,
      SchemaExtension: this.#schemaExtensions,
      Directives: this.#directives,
      Definitions: this.#definitions,
      Extensions: this.#extensions,
      Comment: this.tokens.comment,
    };
  }

  #readDefinition(): void {
    const previous = this.tokens.peek();
    const description = this.#readDescription();
    const { kind, value } = this.tokens.peek();
    if (kind !== "Name") throw this.tokens.unexpected();
    if (KINDS.has(value)) this.#definitions.push(this.#readType(description, this.tokens.comment));
    else if (value === "schema") this.#schema.push(this.#readSchema(description, this.tokens.comment));
    else if (value === "directive") this.#directives.push(this.#readDirective(description));
    else if (value === "extend") {
      if (description.text !== "") throw this.tokens.unexpected(previous);
      this.#readExtension();
    } else throw this.tokens.unexpected();
  }

  #readExtension(): void {
    const comment = this.tokens.expectKeyword("extend");
    const { value } = this.tokens.peek();
    if (value === "schema") {
      const schema = this.#readSchema(NO_DESCRIPTION, comment);
      if (schema.Directives.length + schema.OperationTypes.length === 0) throw this.tokens.unexpected();
      this.#schemaExtensions.push(schema);
    } else if (KINDS.has(value)) {
      const definition = this.#readType(NO_DESCRIPTION, comment, true);
      if (isEmpty(definition)) throw this.tokens.unexpected();
      this.#extensions.push(definition);
    } else throw this.tokens.unexpected();
  }

  #readDescription(): Description {
    if (!this.tokens.is("String") && !this.tokens.is("BlockString")) return NO_DESCRIPTION;
    const { comment } = this.tokens;
    return { text: this.tokens.next().value, comment };
  }

  /** Of a member; an empty one counts for nothing, its comment neither. */
  #readMemberDescription(): Described {
    const { text, comment } = this.#readDescription();
    return describe(text === "" ? NO_DESCRIPTION : { text, comment }, this.tokens.comment);
  }

  #readSchema(description: Description, comment: CommentGroup | undefined): SchemaDefinition {
    this.tokens.expectKeyword("schema");
    const { at } = this.tokens.peek();
    const Directives = this.readDirectives(true);
    const OperationTypes: OperationTypeDefinition[] = [];
    const end = this.tokens.some("{", "}", () => OperationTypes.push(this.#readOperationType()));
    return { at, ...describe(description, comment), Directives, OperationTypes, EndOfDefinitionComment: end };
  }

  #readOperationType(): OperationTypeDefinition {
    const [token, Comment] = [this.tokens.peek(), this.tokens.comment];
    if (!OPERATIONS.has(token.value)) throw this.tokens.unexpected();
    this.tokens.next();
    this.tokens.expect(":");
    return { at: token.at, Comment, Operation: token.value, Type: this.readName() };
  }

  #readType(description: Description, comment: CommentGroup | undefined, isExtension = false): Definition {
    const { value: word } = this.tokens.peek();
    this.tokens.expectKeyword(word);
    const kind = KINDS.get(word) ?? "";
    const { at } = this.tokens.peek();
    const Name = this.readName();
    const hasInterfaces = kind === "OBJECT" || (kind === "INTERFACE" && !isExtension);
    const Interfaces = hasInterfaces ? this.#readInterfaces() : [];
    const Directives = this.readDirectives(!isExtension || kind !== "INPUT_OBJECT");
    const Fields: FieldDefinition[] = [];
    const EnumValues: EnumValueDefinition[] = [];
    let end: CommentGroup | undefined;
    if (kind === "ENUM") end = this.tokens.some("{", "}", () => EnumValues.push(this.#readEnumValue()));
    else if (kind === "INPUT_OBJECT") end = this.tokens.some("{", "}", () => Fields.push(this.#readInput()));
    else if (kind === "OBJECT" || kind === "INTERFACE") {
      end = this.tokens.some("{", "}", () => Fields.push(this.#readField()));
    }
    return {
      at,
      ...describe(description, comment),
      Kind: kind,
      Name,
      Directives,
      Interfaces,
      Fields,
      Types: kind === "UNION" && this.tokens.skip("=") ? this.#readList("|", () => this.readName()) : [],
      EnumValues,
      BuiltIn: false,
      EndOfDefinitionComment: end,
    };
  }

  #readInterfaces(): string[] {
    if (!this.tokens.isKeyword("implements")) return [];
    this.tokens.next();
    return this.#readList("&", () => this.readName());
  }

  /** The separator may also stand in front. */
  #readList(separator: string, read: () => string): string[] {
    this.tokens.skip(separator);
    const list = [read()];
    while (this.tokens.skip(separator)) list.push(read());
    return list;
  }

  #readField(): FieldDefinition {
    const described = this.#readMemberDescription();
    const { at } = this.tokens.peek();
    const Name = this.readName();
    const Arguments: FieldDefinition[] = this.#readParameters();
    this.tokens.expect(":");
    return { at, ...described, Name, Arguments, Type: this.readType(), Directives: this.readDirectives(true) };
  }

  #readParameters(): FieldDefinition[] {
    const list: FieldDefinition[] = [];
    this.tokens.some("(", ")", () => list.push(this.#readInput()));
    return list;
  }

  /** An argument, or a member of an input object. */
  #readInput(): FieldDefinition {
    const described = this.#readMemberDescription();
    const { at } = this.tokens.peek();
    const Name = this.readName();
    this.tokens.expect(":");
    const Type = this.readType();
    const DefaultValue = this.tokens.skip("=") ? this.readValue(true) : undefined;
    return { at, ...described, Name, Arguments: [], DefaultValue, Type, Directives: this.readDirectives(true) };
  }

  #readEnumValue(): EnumValueDefinition {
    const described = this.#readMemberDescription();
    const { at } = this.tokens.peek();
    return { at, ...described, Name: this.readName(), Directives: this.readDirectives(true) };
  }

  #readDirective(description: Description): DirectiveDefinition {
    const comment = this.tokens.expectKeyword("directive");
    this.tokens.expect("@");
    const { at } = this.tokens.peek();
    const Name = this.readName();
    const Arguments = this.#readParameters();
    const isRepeatable = this.tokens.is("Name") && this.tokens.isKeyword("repeatable");
    if (isRepeatable) this.tokens.next();
    this.tokens.expectKeyword("on");
    const Locations = this.#readList("|", () => this.#readLocation());
    return { at, ...describe(description, comment), Name, Arguments, Locations, IsRepeatable: isRepeatable };
  }

  #readLocation(): string {
    const token = this.tokens.expect("Name");
    if (!LOCATIONS.has(token.value)) throw this.tokens.unexpected(token);
    return token.value;
  }
}

function describe({ text, comment }: Description, after: CommentGroup | undefined): Described {
  return { Description: text, BeforeDescriptionComment: comment, AfterDescriptionComment: after };
}

function isEmpty({ Directives, Interfaces, Fields, Types, EnumValues }: Definition): boolean {
  return [Directives, Interfaces, Fields, Types, EnumValues].every((list) => list.length === 0);
}
