// Messages are for people: tests compare an error's class and code and never its prose, so another wording is no fault.
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const TEXTS = new Set(["StringLiteral", "TemplateLiteral"]);
const THROWERS = /^(?:malformed|[A-Z]\w*Error)$/;
/** Of these the first argument is the code, which tests do compare. */
const CODED = /^(?:Config|Format|Verification|Trust)Error$/;

/** Whether a text is a message: what a reader calls its bytes, or an argument of what makes an error, other than its code. */
function isMessage(path) {
  if (path.parent.type === "ObjectProperty" && path.parent.key.name === "what") return true;
  const call = path.findParent(({ node }) => node.type === "CallExpression" || node.type === "NewExpression");
  const name = call?.node.callee?.name;
  if (name === undefined || !THROWERS.test(name)) return false;
  return !CODED.test(name) || path.node !== call.node.arguments[0];
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "prose", {
    shouldIgnore: (path) => (TEXTS.has(path.node.type) && isMessage(path) ? "the wording of a message" : undefined),
  }),
];
