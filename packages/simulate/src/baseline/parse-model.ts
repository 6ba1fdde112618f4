import type { JsonValue } from "@policy-pack/pack";
import { readArray, readObject, readText, refuse } from "../fields.ts";
import type { BoundaryNumber, BoundaryText, InputModel, PackageModel } from "../generator/input-model.ts";
import { SIMULATE_LIMITS } from "../limits.ts";

/**
 * Reads the model of a baseline. Whether its schemas can be drawn from is seen when they are.
 * @throws FormatError BASELINE_INVALID
 */
export function readModel(value: JsonValue | undefined, at: string): InputModel {
  const { packages } = readObject(value, ["packages"], at);
  const models = readArray(packages, `${at}.packages`).map((item, index) =>
    readPackage(item, `${at}.packages[${index}]`),
  );
  const isSorted = models.every((model, index) => index === 0 || (models[index - 1]?.package ?? "") < model.package);
  return isSorted ? { packages: models } : refuse(`${at}.packages`, "sorted by package, none twice");
}

function readPackage(value: JsonValue, at: string): PackageModel {
  const fields = readObject(value, ["package", "schemas", "numbers", "texts"], at);
  const list = (key: string, most: number): readonly JsonValue[] => {
    const items = readArray(fields[key], `${at}.${key}`);
    return items.length <= most ? items : refuse(`${at}.${key}`, `a list of at most ${most}`);
  };
  return {
    package: readText(fields["package"], `${at}.package`),
    schemas: list("schemas", 2),
    numbers: list("numbers", SIMULATE_LIMITS.maxBoundaries).map((item, index) =>
      readNumber(item, `${at}.numbers[${index}]`),
    ),
    texts: list("texts", SIMULATE_LIMITS.maxBoundaries).map((item, index) =>
      readBoundaryText(item, `${at}.texts[${index}]`),
    ),
  };
}

function readNumber(item: JsonValue, at: string): BoundaryNumber {
  const { value, ...about } = readBoundary(item, at);
  return typeof value === "number" ? { value, ...about } : refuse(`${at}.value`, "a number");
}

function readBoundaryText(item: JsonValue, at: string): BoundaryText {
  const { value, ...about } = readBoundary(item, at);
  if (typeof value !== "string") refuse(`${at}.value`, "a text");
  return value.length <= SIMULATE_LIMITS.maxBoundaryLength ? { value, ...about } : refuse(`${at}.value`, "shorter");
}

function readBoundary(
  item: JsonValue,
  at: string,
): { readonly value: JsonValue | undefined } & Omit<BoundaryText, "value"> {
  const { value, names, changed } = readObject(item, ["value", "names", "changed"], at);
  const texts = readArray(names, `${at}.names`).map((name) =>
    typeof name === "string" ? name : refuse(`${at}.names`, "a list of texts"),
  );
  if (changed !== undefined && changed !== true) refuse(`${at}.changed`, "true where it is given");
  return { value, names: texts, ...(changed === true ? { changed } : {}) };
}
