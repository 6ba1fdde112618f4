import { resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import type { AppOptions } from "./build-app.ts";
import { findCommand } from "./dev-build.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says; a server and a mounted listener read the same names. */
export interface ServerConfig extends AppOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Absolute; without it the server knows nothing of evidence and promotions. */
  readonly promotionFile: string | undefined;
  /** Whether `NODE_ENV` says production. */
  readonly isProduction: boolean;
}

/** What applies where the environment says nothing. */
export const DEFAULTS = Object.freeze({ host: "127.0.0.1", port: 8080, logLevel: "info" } as const);

const LEVELS: readonly string[] = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const MAX_PORT = 65_535;

/**
 * Reads `HOST`, `PORT`, `MC_PACK_ROOT` (the working directory unless said), `MC_INLINE_BUNDLE`,
 * `MC_DEV_AUTO_BUILD_PACK` (of no effect when `NODE_ENV` is `production`), `MC_PROMOTION_CONFIG` (whose file is not read
 * yet) and `MC_LOG_LEVEL`. An empty value counts as none.
 * @throws ConfigError CONFIG_INVALID naming the variable
 */
export function readConfig(env: Environment): ServerConfig {
  const mayBuild = readFlag(env, "MC_DEV_AUTO_BUILD_PACK") && !isProduction(env);
  const promotionFile = readText(env, "MC_PROMOTION_CONFIG");
  return {
    root: resolve(readText(env, "MC_PACK_ROOT") ?? process.cwd()),
    inlineBundle: readFlag(env, "MC_INLINE_BUNDLE"),
    buildCommand: mayBuild ? findCommand() : undefined,
    host: readText(env, "HOST") ?? DEFAULTS.host,
    port: readPort(env),
    logLevel: readLevel(env),
    promotionFile: promotionFile === undefined ? undefined : resolve(promotionFile),
    isProduction: isProduction(env),
  };
}

/** Case and spaces around it do not count: `set NODE_ENV=production && …` of a Windows shell leaves one behind. */
function isProduction(env: Environment): boolean {
  return env["NODE_ENV"]?.trim().toLowerCase() === "production";
}

function readText(env: Environment, name: string): string | undefined {
  const text = env[name];
  return text === "" ? undefined : text;
}

function readFlag(env: Environment, name: string): boolean {
  const text = readText(env, name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw invalid(name, text, "write true or false");
}

function readPort(env: Environment): number {
  const text = readText(env, "PORT");
  if (text === undefined) return DEFAULTS.port;
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw invalid("PORT", text, `write a number up to ${MAX_PORT}`);
}

function readLevel(env: Environment): string {
  const text = readText(env, "MC_LOG_LEVEL") ?? DEFAULTS.logLevel;
  if (LEVELS.includes(text)) return text;
  throw invalid("MC_LOG_LEVEL", text, `write one of ${LEVELS.join(", ")}`);
}

function invalid(name: string, text: string, advice: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `${name} is ${JSON.stringify(text.slice(0, 100))}; ${advice}.`);
}
