import { ConfigError, messageOf, PolicyPackError } from "@policy-pack/pack";
import { isPassing, ServiceError } from "./http.ts";

/** Turns what talking to a service throws into an error of ours; ours, such as a missing token, come out as they are. */
export async function converted<T>(service: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PolicyPackError) throw error;
    throw new ConfigError(
      "SIGNING_FAILED",
      `${service} did not do its part: ${messageOf(error)}; check its URL and whether it is up, then sign again.`,
      { cause: error, retryable: isPassing(error instanceof ServiceError ? error.statusCode : undefined) },
    );
  }
}
