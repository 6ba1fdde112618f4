import { RegoObject } from "../../values/values.ts";

/** What http.send reports: raised as a builtin error, or told to the policy as an object where `raise_error` is false. */
export class HttpFailure extends Error {
  readonly code: "eval_http_send_internal_error" | "eval_http_send_network_error";

  constructor(code: HttpFailure["code"], message: string) {
    super(message);
    this.code = code;
  }

  /** With the status code 0, as OPA has it. */
  toObject(): RegoObject {
    const error = new RegoObject([
      ["code", this.code],
      ["message", this.message],
    ]);
    return new RegoObject([
      ["error", error],
      ["status_code", 0n],
    ]);
  }
}

/** OPA puts the place in the policy in front of it, which a module does not know. */
export function internalFailure(message: string, type: "builtin" | "type" = "builtin"): HttpFailure {
  return new HttpFailure("eval_http_send_internal_error", `eval_${type}_error: http.send: ${message}`);
}

export function networkFailure(method: string, url: string, reason: string): HttpFailure {
  const verb = method === "" ? "Get" : method.charAt(0) + method.slice(1).toLowerCase();
  return new HttpFailure("eval_http_send_network_error", `${verb} ${JSON.stringify(url)}: ${reason}`);
}
