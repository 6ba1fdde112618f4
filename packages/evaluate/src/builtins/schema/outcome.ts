import type { Budget } from "./budget.ts";

const ROOT = "(Root)";

/** Where in the document: from the innermost name outwards. */
export class Place {
  readonly #name: string;
  readonly #parent: Place | undefined;

  constructor(name: string = ROOT, parent?: Place) {
    this.#name = name;
    this.#parent = parent;
  }

  member(name: string): Place {
    return new Place(name, this);
  }

  /** `a.0.b`, or `(Root)`. */
  get field(): string {
    const path = this.#names().join(".");
    return path.startsWith(`${ROOT}.`) ? path.slice(ROOT.length + 1) : path;
  }

  #names(): string[] {
    const names = this.#parent === undefined ? [] : this.#parent.#names();
    names.push(this.#name);
    return names;
  }
}

export interface SchemaError {
  readonly type: string;
  readonly field: string;
  readonly description: string;
}

/** The errors at one place, and how well it matched: of several schemas that fail, OPA reports the nearest. */
export class Outcome {
  readonly errors: SchemaError[] = [];
  readonly #budget: Budget;
  #score = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get isValid(): boolean {
    return this.errors.length === 0;
  }

  get score(): number {
    return this.#score;
  }

  raise(): void {
    this.#score++;
  }

  fail(type: string, place: Place, description: string | ((field: string) => string)): void {
    const { field } = place;
    const text = typeof description === "string" ? description : description(field);
    // A hundred thousand errors say enough.
    this.#budget.spend(50 + (field.length + text.length) / 20);
    this.errors.push({ type, field, description: text });
    this.#score -= 2;
  }

  merge(other: Outcome): void {
    this.#budget.spend(other.errors.length);
    for (const error of other.errors) this.errors.push(error);
    this.#score += other.#score;
  }
}

/** The better of two; the earlier when they are equal. */
export function nearer(best: Outcome | undefined, other: Outcome): Outcome {
  return best === undefined || other.score > best.score ? other : best;
}
