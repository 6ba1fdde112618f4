import type {
  Field,
  FragmentDefinition,
  OperationDefinition,
  QueryDocument,
  Selection,
  VariableDefinition,
} from "./ast.ts";
import { CommonParser } from "./common-parser.ts";

const OPERATIONS = new Set(["query", "mutation", "subscription"]);

/**
 * A query document as gqlparser reads it.
 *
 * @throws BuiltinError with its message and place; RangeError for documents too deep or too long
 */
export function parseQuery(text: string): QueryDocument {
  return new QueryParser(text).read();
}

class QueryParser extends CommonParser {
  read(): QueryDocument {
    const document: { Operations: OperationDefinition[]; Fragments: FragmentDefinition[] } = {
      Operations: [],
      Fragments: [],
    };
    while (!this.tokens.is("<EOF>")) {
      const { kind, value } = this.tokens.peek();
      if (kind === "{" || (kind === "Name" && OPERATIONS.has(value))) document.Operations.push(this.#readOperation());
      else if (kind === "Name" && value === "fragment") document.Fragments.push(this.#readFragment());
      else throw this.tokens.unexpected();
    }
    return document;
  }

  #readOperation(): OperationDefinition {
    const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
    if (this.tokens.is("{")) {
      const SelectionSet = this.#readSelections();
      return { at, Operation: "query", Name: "", VariableDefinitions: [], Directives: [], SelectionSet };
    }
    return {
      at,
      Comment,
      Operation: this.tokens.next().value,
      Name: this.tokens.is("Name") ? this.tokens.next().value : "",
      VariableDefinitions: this.#readVariables(),
      Directives: this.readDirectives(false),
      SelectionSet: this.#readSelections(),
    };
  }

  #readFragment(): FragmentDefinition {
    const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
    this.tokens.expectKeyword("fragment");
    const Name = this.#readFragmentName();
    const variables = this.#readVariables();
    this.tokens.expectKeyword("on");
    return {
      at,
      Comment,
      Name,
      VariableDefinition: variables,
      TypeCondition: this.readName(),
      Directives: this.readDirectives(false),
      SelectionSet: this.#readSelections(),
    };
  }

  #readFragmentName(): string {
    if (this.tokens.isKeyword("on")) throw this.tokens.unexpected();
    return this.readName();
  }

  #readVariables(): VariableDefinition[] {
    const list: VariableDefinition[] = [];
    this.tokens.some("(", ")", () => {
      const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
      const Variable = this.readVariable();
      this.tokens.expect(":");
      const Type = this.readType();
      const DefaultValue = this.tokens.skip("=") ? this.readValue(true) : undefined;
      list.push({ at, Comment, Variable, Type, DefaultValue, Directives: this.readDirectives(false), Used: false });
    });
    return list;
  }

  #readSelections(): Selection[] {
    if (!this.tokens.is("{")) throw this.tokens.error(`Expected {, found ${this.tokens.peek().kind}`);
    const list: Selection[] = [];
    this.tokens.some("{", "}", () => list.push(this.tokens.is("...") ? this.#readSpread() : this.#readField()));
    return list;
  }

  #readField(): Field {
    const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
    const Alias = this.readName();
    return {
      kind: "field",
      at,
      Comment,
      Alias,
      Name: this.tokens.skip(":") ? this.readName() : Alias,
      Arguments: this.readArguments(false),
      Directives: this.readDirectives(false),
      SelectionSet: this.tokens.is("{") ? this.#readSelections() : [],
    };
  }

  #readSpread(): Selection {
    const { comment: Comment } = this.tokens;
    this.tokens.expect("...");
    const { at, kind } = this.tokens.peek();
    if (kind === "Name" && !this.tokens.isKeyword("on")) {
      const Name = this.readName();
      return { kind: "spread", at, Comment, Name, Directives: this.readDirectives(false) };
    }
    let condition = "";
    if (this.tokens.isKeyword("on")) {
      this.tokens.next();
      condition = this.readName();
    }
    const Directives = this.readDirectives(false);
    return { kind: "inline", at, Comment, TypeCondition: condition, Directives, SelectionSet: this.#readSelections() };
  }
}
