import { resolveHttp } from "../../capabilities/grants.ts";
import { runIo } from "../../capabilities/io-thread.ts";
import type { HttpAnswer, HttpTask } from "../../capabilities/io-messages.ts";
import { encodeValueText } from "../../values/value-text.ts";
import { isRegoArray, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext, BuiltinFamily } from "../builtin.ts";
import { HttpFailure, internalFailure, networkFailure } from "./failure.ts";
import { readFields } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { readRequest, remembersAll } from "./request.ts";
import { describeResponse } from "./response.ts";

/** Those that RFC 9110 lets a cache keep, as OPA lists them: another status is asked for anew within a decision. */
const KEPT_STATUSES = [200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501];

/** What a decision has asked so far. */
interface Memory {
  readonly answers: Map<string, RegoObject | HttpFailure>;
  requests: number;
}

export const HTTP_BUILTINS: BuiltinFamily = {
  "http.send": ([request], context) => {
    if (!(request instanceof RegoObject)) throw new BuiltinError("operand 1 must be object");
    const raises = raisesErrors(request);
    try {
      return answerOf(readFields(request), context);
    } catch (thrown) {
      if (!(thrown instanceof HttpFailure)) throw thrown;
      if (raises) throw new BuiltinError(thrown.message);
      return thrown.toObject();
    }
  },
};

function raisesErrors(request: RegoObject): boolean {
  const value = request.entries.find(([key]) => key === "raise_error")?.[1] ?? true;
  if (typeof value !== "boolean") throw new BuiltinError("http.send: invalid value for raise_error field");
  return value;
}

/** Asked once a decision for equal requests. Nothing is kept for another decision, whatever `cache` says. */
function answerOf(fields: Fields, context: BuiltinContext): RegoObject {
  const key = keyOf(fields);
  const keepsAll = remembersAll(fields);
  const memory = context.once<Memory>("http.send", () => ({ answers: new Map(), requests: 0 }));
  const known = memory.answers.get(key);
  if (known instanceof HttpFailure) throw known;
  if (known !== undefined) return known;
  const response = remembered(memory, key, () => send(fields, memory, context));
  const answer = describeResponse(response, fields, context);
  if (keepsAll || KEPT_STATUSES.includes(response.statusCode)) memory.answers.set(key, answer);
  return answer;
}

/** A failure is the same at every call of a decision. */
function remembered(memory: Memory, key: string, make: () => HttpAnswer): HttpAnswer {
  try {
    return make();
  } catch (thrown) {
    if (thrown instanceof HttpFailure) memory.answers.set(key, thrown);
    throw thrown;
  }
}

function send(fields: Fields, memory: Memory, { capabilities }: BuiltinContext): HttpAnswer {
  // The load refuses a module that calls this without the capability.
  if (capabilities.http === undefined) throw new TypeError("the caller grants no http capability");
  const granted = resolveHttp(capabilities.http);
  const task = readRequest(fields, granted);
  if (++memory.requests > granted.maxRequests) {
    throw new RangeError(`http.send was called for more than ${granted.maxRequests} requests in one decision`);
  }
  const answer = runIo(capabilities, task);
  if (answer.kind === "response") return answer;
  if (answer.kind === "failed") throw toFailure(task, answer);
  throw new RangeError(`http.send was answered with more than ${granted.maxResponseBytes} bytes`);
}

function toFailure({ method, url }: HttpTask, { stage, message }: { stage: string; message: string }): HttpFailure {
  return stage === "request" ? networkFailure(method, url, message) : internalFailure(message);
}

/** The request without the headers that it says do not matter. */
function keyOf(fields: Fields): string {
  const [ignored, headers] = [fields.get("cache_ignored_headers"), fields.get("headers")];
  const key = new Map<string, RegoValue>(fields);
  key.set("cache_ignored_headers", null);
  if (ignored !== undefined && headers !== undefined) {
    if (!isRegoArray(ignored) || ignored.some((name) => typeof name !== "string")) {
      throw internalFailure("cache_ignored_headers must be an array of strings");
    }
    if (headers instanceof RegoObject) {
      key.set("headers", new RegoObject(headers.entries.filter(([name]) => !ignored.includes(name))));
    }
  }
  return encodeValueText(new RegoObject([...key]));
}
