/**
 * Shows the decision diff that a pull request's run left as an artifact in a comment. Runs for the event `workflow_run`,
 * from the default branch's code, with a token that may comment; the artifact is somebody else's and believed in nothing.
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { commentOn } from "./comment.ts";
import type { FinishedRun } from "./comment.ts";
import { createGitHub } from "./github.ts";

const setting = (name: string): string => {
  const value = process.env[name] ?? "";
  if (value === "") throw new TypeError(`${name} is not set`);
  return value;
};
const event = JSON.parse(await readFile(setting("GITHUB_EVENT_PATH"), "utf8")) as { workflow_run: FinishedRun };
const github = createGitHub(setting("GITHUB_API_URL"), setting("GH_TOKEN"));
console.log(await commentOn(event.workflow_run, setting("GITHUB_REPOSITORY"), github));
