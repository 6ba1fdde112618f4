import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import type { Command } from "commander";
import type { Report } from "../report.ts";
import { createServerLog } from "../server-log.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

const MAX_PORT = 65_535;

interface ServeFlags extends CommonFlags {
  readonly host?: string;
  readonly port?: string;
  readonly root?: string;
  readonly promotion?: string;
}

/** `policy-pack serve`: the packs of a checkout over HTTP. */
export function addServe({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "serve",
      summary: "serve packs and their bundles over HTTP",
      description:
        "Serves what is built below dist/ with the bundles of contracts/, until SIGTERM or Ctrl-C; answers in " +
        "flight are finished. Prints the address on stdout once it listens, log lines on stderr. The MC_* " +
        "variables configure it. With --promotion it also keeps evidence of releases and judges promotions.",
      examples: [
        "policy-pack serve",
        "policy-pack serve --host 0.0.0.0 --port 8080 --root /srv/packs",
        "policy-pack serve --promotion promotion.json",
      ],
    },
    version,
  )
    .addOption(valueFlag("--host <host>", "the address to listen on (default: HOST, or 127.0.0.1)"))
    .addOption(valueFlag("--port <port>", "the port, 0 for any that is free (default: PORT, or 8080)", portProblem))
    .addOption(valueFlag("--root <dir>", "the folder that holds contracts/ and dist/ (default: the working folder)"))
    .addOption(
      valueFlag("--promotion <file>", "the promotion configuration (default: MC_PROMOTION_CONFIG, or no such routes)"),
    )
    .action((flags: ServeFlags) => answer(flags, serve(terminal, flags)));
}

/** Said of the flag: the server itself would blame the variable PORT. */
function portProblem(value: string): string | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= MAX_PORT ? undefined : `Write a number from 0 to ${MAX_PORT}.`;
}

async function checkRoot(root: string): Promise<void> {
  const stats = await stat(root).catch(() => undefined);
  if (stats?.isDirectory() === true) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    `There is no folder ${root} to serve packs from; correct --root or MC_PACK_ROOT.`,
  );
}

/** Returns once it listens; the process then lives until the server is drained. */
async function serve(terminal: Terminal, { host, port, root, promotion }: ServeFlags): Promise<Report> {
  const { drainOnSignal, readConfig, startServer } = await import("@policy-pack/server");
  const { cwd, env } = terminal;
  const promotionFile = promotion ?? env["MC_PROMOTION_CONFIG"] ?? "";
  const config = readConfig({
    ...env,
    MC_PACK_ROOT: resolve(cwd, root ?? env["MC_PACK_ROOT"] ?? ""),
    ...(host === undefined ? {} : { HOST: host }),
    ...(port === undefined ? {} : { PORT: port }),
    ...(promotionFile === "" ? {} : { MC_PROMOTION_CONFIG: resolve(cwd, promotionFile) }),
  });
  await checkRoot(config.root);
  const server = await startServer({ ...config, logger: createServerLog(terminal, config.logLevel ?? "info") });
  drainOnSignal(server);
  const { url } = server;
  return { json: { url, root: config.root }, text: `Serving the packs of ${config.root} on ${url}` };
}
