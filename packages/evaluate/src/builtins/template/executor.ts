import { BuiltinError } from "../builtin.ts";
import { callFunction, shortCircuits } from "./functions.ts";
import { typeAt } from "./signatures.ts";
import type { Branch, Command, List, Node, Operand, Pipe } from "./nodes.ts";
import type { Template } from "./parser.ts";
import { printAll } from "./print.ts";
import { GoByte, GoMap, GoSlice, isTrue, stringKind, typeName } from "./values.ts";
import type { GoValue } from "./values.ts";

/** Items and values in all: a template may range over itself, and over numbers as large as it likes. */
const MAX_STEPS = 5_000_000;
const MAX_OUTPUT_UNITS = 32 * 1024 * 1024;
/** A function reads its texts, and writes one: a text that is doubled at each call would fill the memory in thirty. */
const UNITS_PER_STEP = 4;
/** A name is looked for among all that are declared. */
const VARIABLES_PER_STEP = 64;
/** Go calls a hundred thousand deep, on a stack that grows. */
const MAX_CALLS = 200;

/** The previous command of a pipeline gave nothing to this one, because there is none. */
const NOTHING_GIVEN = Symbol("nothing given");
type Given = GoValue | typeof NOTHING_GIVEN;

type Outcome = "break" | "continue" | undefined;

interface Variable {
  readonly name: string;
  value: GoValue;
}

/** What all templates of one execution share. */
interface Execution {
  readonly template: Template;
  readonly output: string[];
  units: number;
  steps: number;
}

/**
 * Executes a template on its variables, as Go's Template.Execute.
 *
 * @throws BuiltinError where Go reports an error
 * @throws RangeError past a cap on output, steps or calls
 */
export function execute(template: Template, data: GoValue): string {
  const execution: Execution = { template, output: [], units: 0, steps: 0 };
  new Frame(execution, data, 0).walkList(data, template.main);
  return execution.output.join("");
}

/** One call of a named template, with the variables that it has declared. */
class Frame {
  readonly #execution: Execution;
  readonly #variables: Variable[];
  readonly #depth: number;

  constructor(execution: Execution, root: GoValue, depth: number) {
    this.#execution = execution;
    this.#variables = [{ name: "$", value: root }];
    this.#depth = depth;
  }

  walkList(dot: GoValue, list: List): Outcome {
    for (const node of list) {
      const outcome = this.#walk(dot, node);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  #walk(dot: GoValue, node: Node): Outcome {
    this.#step();
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return undefined;
      case "action": {
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.#write(printAll([value ?? "<no value>"]));
        return undefined;
      }
      case "break":
      case "continue":
        return node.kind;
      case "template":
        this.#call(dot, node.name, node.pipe);
        return undefined;
      case "range":
        return this.#scoped(() => this.#range(dot, node));
      case "if":
      case "with":
        return this.#scoped(() => this.#choose(dot, node));
    }
  }

  #step(count = 1): void {
    this.#execution.steps += count;
    if (this.#execution.steps > MAX_STEPS) throw new RangeError(`a template takes more than ${MAX_STEPS} steps`);
  }

  #write(text: string): void {
    this.#execution.units += text.length;
    if (this.#execution.units > MAX_OUTPUT_UNITS)
      throw new RangeError(`the text exceeds ${MAX_OUTPUT_UNITS} characters`);
    this.#execution.output.push(text);
  }

  /** Forgets the variables that were declared inside. */
  #scoped(walk: () => Outcome): Outcome {
    const known = this.#variables.length;
    const outcome = walk();
    this.#variables.length = known;
    return outcome;
  }

  #choose(dot: GoValue, { kind, pipe, list, elseList }: Branch): Outcome {
    const value = this.#pipeline(dot, pipe);
    if (isTrue(value)) return this.walkList(kind === "with" ? value : dot, list);
    return elseList === undefined ? undefined : this.walkList(dot, elseList);
  }

  #range(dot: GoValue, branch: Branch): Outcome {
    const value = this.#pipeline(dot, branch.pipe);
    let hasRun = false;
    for (const [index, item] of rangeOf(value, branch.pipe.variables.length)) {
      hasRun = true;
      this.#step();
      this.#setRangeVariables(branch.pipe, index, item);
      if (this.#scoped(() => this.walkList(item, branch.list)) === "break") return undefined;
    }
    return hasRun || branch.elseList === undefined ? undefined : this.walkList(dot, branch.elseList);
  }

  /** The last variable is the item, one before it the index; what is declared stands on top of the stack. */
  #setRangeVariables({ variables, isAssignment }: Pipe, index: GoValue, item: GoValue): void {
    const values = variables.length > 1 ? [index, item] : [item];
    variables.forEach((name, position) => {
      if (isAssignment) this.#variable(name).value = values[position];
      else this.#top(variables.length - position).value = values[position];
    });
  }

  #top(fromTop: number): Variable {
    const variable = this.#variables.at(-fromTop);
    if (variable === undefined) throw new TypeError("a template has fewer variables than it declares");
    return variable;
  }

  #variable(name: string): Variable {
    this.#step(this.#variables.length / VARIABLES_PER_STEP);
    const variable = this.#variables.findLast((known) => known.name === name);
    if (variable === undefined) throw new BuiltinError(`undefined variable: ${name}`);
    return variable;
  }

  #call(dot: GoValue, name: string, pipe: Pipe | undefined): void {
    const list = this.#execution.template.named.get(name);
    if (list === undefined) throw new BuiltinError(`template ${JSON.stringify(name)} not defined`);
    if (this.#depth >= MAX_CALLS) throw new RangeError(`templates call each other deeper than ${MAX_CALLS}`);
    const value = pipe === undefined ? undefined : this.#pipeline(dot, pipe);
    new Frame(this.#execution, value, this.#depth + 1).walkList(value, list);
  }

  #pipeline(dot: GoValue, { commands, variables, isAssignment }: Pipe): GoValue {
    let given: Given = NOTHING_GIVEN;
    // A nil from a map or a list is no value any more once a command has given it.
    for (const command of commands) given = this.#command(dot, command, given) ?? undefined;
    const value = given === NOTHING_GIVEN ? undefined : given;
    for (const name of variables) {
      if (isAssignment) this.#variable(name).value = value;
      else this.#variables.push({ name, value });
    }
    return value;
  }

  #command(dot: GoValue, [first, ...rest]: Command, given: Given): GoValue {
    this.#step();
    const hasArguments = rest.length > 0 || given !== NOTHING_GIVEN;
    switch (first.kind) {
      case "function":
        return this.#function(dot, first.name, rest, given);
      case "field":
        return this.#field(dot, first.path, hasArguments);
      case "variable":
        if (first.path.length > 0) return this.#field(this.#variable(first.name).value, first.path, hasArguments);
        break;
      case "chain":
        return this.#field(this.#operand(dot, first.operand), first.path, hasArguments);
      case "nil":
        throw new BuiltinError("nil is not a command");
      case "constant":
      case "dot":
      case "pipe":
        break;
    }
    if (hasArguments) throw new BuiltinError("can't give argument to non-function");
    return this.#operand(dot, first);
  }

  #operand(dot: GoValue, operand: Operand): GoValue {
    switch (operand.kind) {
      case "constant":
        return checkConstant(operand.value);
      case "dot":
        return dot;
      case "nil":
        return null;
      case "field":
        return this.#field(dot, operand.path);
      case "variable":
        return this.#field(this.#variable(operand.name).value, operand.path);
      case "function":
        return this.#function(dot, operand.name, [], NOTHING_GIVEN);
      case "chain":
        return this.#field(this.#operand(dot, operand.operand), operand.path);
      case "pipe":
        return this.#pipeline(dot, operand);
    }
  }

  #function(dot: GoValue, name: string, operands: readonly Operand[], given: Given): GoValue {
    const count = operands.length + (given === NOTHING_GIVEN ? 0 : 1);
    const values: GoValue[] = [];
    const short = name === "and" || name === "or";
    typeAt(name, 0, count);
    for (const [position, operand] of operands.entries()) {
      const value = this.#argument(dot, operand, typeAt(name, position, count));
      if (short && shortCircuits(name, value)) return value;
      values.push(value);
    }
    if (given !== NOTHING_GIVEN) values.push(checkType(given, typeAt(name, operands.length, count)));
    if (short) return values.at(-1);
    for (const value of values) this.#chargeText(value);
    const result = callFunction(name, values);
    this.#chargeText(result);
    return result;
  }

  #chargeText(value: GoValue): void {
    this.#step((stringKind(value)?.length ?? 0) / UNITS_PER_STEP);
  }

  #field(value: GoValue, path: readonly string[], hasArguments = false): GoValue {
    this.#step(path.length);
    return fieldOf(value, path, hasArguments);
  }

  #argument(dot: GoValue, operand: Operand, type: "any" | "string"): GoValue {
    this.#step();
    return checkType(this.#operand(dot, operand), type);
  }
}

function checkConstant(value: GoValue): GoValue {
  if (typeof value === "bigint" && value >= 2n ** 63n) throw new BuiltinError(`${value} overflows int`);
  return value;
}

function checkType(value: GoValue, type: "any" | "string"): GoValue {
  if (type === "string" && typeof value !== "string") {
    throw new BuiltinError(`wrong type for value; expected string; got ${typeName(value)}`);
  }
  return value;
}

/** A field of what has none is no value; a field of a nil, or of what is no map, is an error. */
function fieldOf(value: GoValue, path: readonly string[], hasArguments: boolean): GoValue {
  return path.reduce<GoValue>((receiver, name, position) => {
    if (receiver === undefined) return undefined;
    if (receiver === null) throw new BuiltinError(`nil pointer evaluating interface {}.${name}`);
    if (!(receiver instanceof GoMap)) {
      throw new BuiltinError(`can't evaluate field ${name} in type ${typeName(receiver)}`);
    }
    if (hasArguments && position === path.length - 1) {
      throw new BuiltinError(`${name} is not a method but has arguments`);
    }
    return receiver.entries.get(name);
  }, value);
}

function* rangeOf(value: GoValue, variables: number): Generator<[index: GoValue, item: GoValue]> {
  if (value === undefined || value === null) return;
  if (value instanceof GoSlice) {
    for (let index = 0; index < value.length; index++) yield [BigInt(index), value.at(index)];
  } else if (value instanceof GoMap) {
    yield* value.entries;
  } else if (typeof value === "bigint" || value instanceof GoByte) {
    if (variables > 1) throw new BuiltinError("can't use a number to iterate over more than one variable");
    const isByte = value instanceof GoByte;
    const end = isByte ? value.value : value;
    for (let index = 0n; index < end; index++) yield [undefined, isByte ? new GoByte(Number(index)) : index];
  } else throw new BuiltinError(`range can't iterate over ${typeName(value)}`);
}
