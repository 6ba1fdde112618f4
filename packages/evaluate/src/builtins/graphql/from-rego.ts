import type { RegoObject, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type {
  Argument,
  ChildValue,
  CommentGroup,
  Definition,
  Described,
  Directive,
  DirectiveDefinition,
  EnumValueDefinition,
  Field,
  FieldDefinition,
  FragmentDefinition,
  OperationDefinition,
  OperationTypeDefinition,
  QueryDocument,
  SchemaDefinition,
  SchemaDocument,
  Selection,
  TypeNode,
  ValueNode,
  VariableDefinition,
} from "./ast.ts";
import { isList, isObject } from "./to-rego.ts";

/** A query document from an object, as Go's encoding/json fills gqlparser's structs: what is not there is empty. */
export function readQueryObject(value: RegoObject): QueryDocument {
  const reader = new ObjectReader(value);
  return {
    Operations: reader.list("Operations", readOperation),
    Fragments: reader.list("Fragments", readFragment),
  };
}

export function readSchemaObject(value: RegoObject): SchemaDocument {
  const reader = new ObjectReader(value);
  return {
    Schema: reader.list("Schema", readSchema),
    SchemaExtension: reader.list("SchemaExtension", readSchema),
    Directives: reader.list("Directives", readDirectiveDefinition),
    Definitions: reader.list("Definitions", readDefinition),
    Extensions: reader.list("Extensions", readDefinition),
    Comment: reader.comment("Comment"),
  };
}

type Read<T> = (reader: ObjectReader) => T;

/** The members of an object, under names in any case. */
class ObjectReader {
  readonly #members = new Map<string, RegoValue>();

  constructor(value: RegoObject) {
    for (const [name, item] of value.entries) {
      if (typeof name === "string") this.#members.set(name.toLowerCase(), item);
    }
  }

  get(name: string): RegoValue {
    return this.#members.get(name.toLowerCase()) ?? null;
  }

  text(name: string): string {
    const value = this.get(name) ?? "";
    if (typeof value !== "string") throw mismatch(name, "string");
    return value;
  }

  flag(name: string): boolean {
    const value = this.get(name) ?? false;
    if (typeof value !== "boolean") throw mismatch(name, "bool");
    return value;
  }

  integer(name: string): number {
    const value = this.get(name) ?? 0n;
    if (typeof value !== "bigint") throw mismatch(name, "int");
    return Number(value);
  }

  items(name: string): readonly RegoValue[] {
    const value = this.get(name) ?? [];
    if (!isList(value)) throw mismatch(name, "list");
    return value;
  }

  texts(name: string): string[] {
    return this.items(name).map((item) => {
      if (typeof item !== "string") throw mismatch(name, "string");
      return item;
    });
  }

  list<T>(name: string, read: Read<T>): T[] {
    return this.items(name).map((item) => {
      if (!isObject(item)) throw mismatch(name, "object");
      return read(new ObjectReader(item));
    });
  }

  optional<T>(name: string, read: Read<T>): T | undefined {
    const value = this.get(name);
    if (value === null) return undefined;
    if (!isObject(value)) throw mismatch(name, "object");
    return read(new ObjectReader(value));
  }

  comment(name: string): CommentGroup | undefined {
    return this.optional(name, (group) => ({
      List: group.list("List", (comment) => ({ Value: comment.text("Value") })),
    }));
  }
}

function mismatch(name: string, type: string): BuiltinError {
  return new BuiltinError(`json: cannot unmarshal ${name} into Go value of type ${type}`);
}

const EMPTY_TYPE: TypeNode = { NamedType: "", NonNull: false };
const EMPTY_VALUE: ValueNode = { Raw: "", Children: [], Kind: 0, ExpectedTypeHasDefault: false };

function readType(reader: ObjectReader): TypeNode {
  const Elem = reader.optional("Elem", readType);
  return { NamedType: reader.text("NamedType"), Elem, NonNull: reader.flag("NonNull") };
}

function readValue(reader: ObjectReader): ValueNode {
  return {
    Raw: reader.text("Raw"),
    Children: reader.list("Children", readChild),
    Kind: reader.integer("Kind"),
    Comment: reader.comment("Comment"),
    ExpectedTypeHasDefault: reader.flag("ExpectedTypeHasDefault"),
  };
}

function readChild(reader: ObjectReader): ChildValue {
  return readArgument(reader);
}

function readArgument(reader: ObjectReader): Argument {
  return {
    Name: reader.text("Name"),
    Value: reader.optional("Value", readValue) ?? EMPTY_VALUE,
    Comment: reader.comment("Comment"),
  };
}

function readDirective(reader: ObjectReader): Directive {
  return {
    Name: reader.text("Name"),
    Arguments: reader.list("Arguments", readArgument),
    Location: reader.text("Location"),
  };
}

/** Whatever is an object is read as a field, spreads and inline fragments too; what cannot be is left out. */
function readSelections(reader: ObjectReader): Selection[] {
  return reader.items("SelectionSet").flatMap((item) => {
    if (!isObject(item)) return [];
    try {
      return [readField(new ObjectReader(item))];
    } catch (thrown) {
      if (thrown instanceof BuiltinError) return [];
      throw thrown;
    }
  });
}

function readField(reader: ObjectReader): Field {
  return {
    kind: "field",
    Alias: reader.text("Alias"),
    Name: reader.text("Name"),
    Arguments: reader.list("Arguments", readArgument),
    Directives: reader.list("Directives", readDirective),
    SelectionSet: readSelections(reader),
  };
}

function readVariable(reader: ObjectReader): VariableDefinition {
  return {
    Variable: reader.text("Variable"),
    Type: reader.optional("Type", readType) ?? EMPTY_TYPE,
    DefaultValue: reader.optional("DefaultValue", readValue),
    Directives: reader.list("Directives", readDirective),
    Comment: reader.comment("Comment"),
    Used: reader.flag("Used"),
  };
}

function readOperation(reader: ObjectReader): OperationDefinition {
  return {
    Operation: reader.text("Operation"),
    Name: reader.text("Name"),
    VariableDefinitions: reader.list("VariableDefinitions", readVariable),
    Directives: reader.list("Directives", readDirective),
    SelectionSet: readSelections(reader),
  };
}

function readFragment(reader: ObjectReader): FragmentDefinition {
  return {
    Name: reader.text("Name"),
    VariableDefinition: reader.list("VariableDefinition", readVariable),
    TypeCondition: reader.text("TypeCondition"),
    Directives: reader.list("Directives", readDirective),
    SelectionSet: readSelections(reader),
  };
}

function readDescribed(reader: ObjectReader): Described {
  return {
    Description: reader.text("Description"),
    BeforeDescriptionComment: reader.comment("BeforeDescriptionComment"),
    AfterDescriptionComment: reader.comment("AfterDescriptionComment"),
  };
}

function readMember(reader: ObjectReader): FieldDefinition {
  return {
    ...readDescribed(reader),
    Directives: reader.list("Directives", readDirective),
    Name: reader.text("Name"),
    Arguments: reader.list("Arguments", readMember),
    DefaultValue: reader.optional("DefaultValue", readValue),
    Type: reader.optional("Type", readType) ?? EMPTY_TYPE,
  };
}

function readEnumValue(reader: ObjectReader): EnumValueDefinition {
  return { ...readDescribed(reader), Directives: reader.list("Directives", readDirective), Name: reader.text("Name") };
}

function readDefinition(reader: ObjectReader): Definition {
  return {
    ...readDescribed(reader),
    Directives: reader.list("Directives", readDirective),
    Kind: reader.text("Kind"),
    Name: reader.text("Name"),
    Interfaces: reader.texts("Interfaces"),
    Fields: reader.list("Fields", readMember),
    Types: reader.texts("Types"),
    EnumValues: reader.list("EnumValues", readEnumValue),
    BuiltIn: reader.flag("BuiltIn"),
    EndOfDefinitionComment: reader.comment("EndOfDefinitionComment"),
  };
}

function readDirectiveDefinition(reader: ObjectReader): DirectiveDefinition {
  return {
    ...readDescribed(reader),
    Name: reader.text("Name"),
    Arguments: reader.list("Arguments", readMember),
    Locations: reader.texts("Locations"),
    IsRepeatable: reader.flag("IsRepeatable"),
  };
}

function readSchema(reader: ObjectReader): SchemaDefinition {
  return {
    ...readDescribed(reader),
    Directives: reader.list("Directives", readDirective),
    OperationTypes: reader.list("OperationTypes", readOperationType),
    EndOfDefinitionComment: reader.comment("EndOfDefinitionComment"),
  };
}

function readOperationType(reader: ObjectReader): OperationTypeDefinition {
  return { Operation: reader.text("Operation"), Type: reader.text("Type"), Comment: reader.comment("Comment") };
}
