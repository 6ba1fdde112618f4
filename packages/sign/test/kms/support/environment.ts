import process from "node:process";
import { afterEach } from "@jest/globals";

/** Sets variables of this process, as the clouds' own libraries read them, until the test is over. */
export function useEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!changed.has(name)) changed.set(name, process.env[name]);
    process.env[name] = value;
  }
}

const changed = new Map<string, string | undefined>();

afterEach(() => {
  for (const [name, value] of changed) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  changed.clear();
});
