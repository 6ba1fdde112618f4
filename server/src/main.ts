import { PolicyPackError } from "@policy-pack/pack";
import { readConfig } from "./config.ts";
import { drainOnSignal, startServer } from "./start-server.ts";

try {
  drainOnSignal(await startServer(readConfig(process.env)));
} catch (error) {
  if (!(error instanceof PolicyPackError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
