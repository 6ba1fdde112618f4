// Words are for people: tests compare an error's class and code and a report's steps and outcomes, never their prose, so
// another wording is no fault, and neither is another way to make it.
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const THROWERS = /^(?:malformed|[A-Z]\w*Error)$/;
/** Of these the first argument is the code, which tests do compare, and the second the message. */
const CODED = /^(?:Config|Format|Verification|Trust)Error$/;
/** Members that hold words of a report or of a message. */
const WORDS = new Set(["what", "saw", "rule"]);
/** Functions that make words, and tables of them. */
const WRITERS = /^(?:describe\w*|nameOf|namesOf|quorumRule|shorten|quote|NEEDED|ASK_PUBLISHER|message|who|when|saw)$/;

/** Functions that pass words on, and the place of these among their arguments. */
const PASSED_ON = new Map([
  ["firstOf", 2],
  ["keyMismatch", 0],
  ["lateSigner", 0],
  ["missing", 1],
  ["readDocument", 0],
  ["readList", 0],
  ["toSources", 0],
]);

/** Whether one part of its parent is words: the message of an error, what a step says that it saw, a warning. */
function isWords({ node, parent, listKey, key }) {
  if (parent.type === "ObjectProperty") return key === "value" && WORDS.has(parent.key.name);
  if (parent.type === "VariableDeclarator") return key === "init" && WRITERS.test(parent.id.name);
  if (node.type === "FunctionDeclaration") return WRITERS.test(node.id.name);
  if (parent.type !== "CallExpression" && parent.type !== "NewExpression") return false;
  if (listKey !== "arguments") return false;
  const { name, property } = parent.callee;
  if (name !== undefined && THROWERS.test(name)) return key === (CODED.test(name) ? 1 : 0);
  if (PASSED_ON.has(name)) return key === PASSED_ON.get(name);
  if (parent.callee.object?.name === "steps" && property?.name === "run") return key === 2;
  return parent.callee.object?.name === "warnings" && property?.name === "push" && node.type !== "SpreadElement";
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "prose", {
    shouldIgnore: (path) => (path.parent !== null && isWords(path) ? "words for people" : undefined),
  }),
];
