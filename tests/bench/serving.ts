import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MEDIA_TYPES } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { PACK_ID } from "./fixture.ts";
import { answersPerSecond, loadName } from "./load.ts";
import { interleave } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { startPackServer } from "./pack-server.ts";
import { freePort, pinned, startServer } from "./process.ts";
import type { Server } from "./process.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

const PACK_PATH = `/v1/policy/packs/${PACK_ID}`;

export const serving: Suite = { name: "serving", run };

async function run(context: Context): Promise<readonly Comparison[]> {
  const ours = await startPackServer(context);
  try {
    const nginx = await startNginx(context);
    try {
      return [await compare(context, 200, ours, nginx), await compare(context, 304, ours, nginx)];
    } finally {
      await nginx?.stop();
    }
  } finally {
    await ours.stop();
  }
}

async function compare(
  context: Context,
  status: 200 | 304,
  ours: Server,
  nginx: Server | undefined,
): Promise<Comparison> {
  const { fixture, tools, rounds } = context;
  const notRun = missing(tools, "nginx");
  const contenders = [
    await toContender(context, status, "`policy-pack serve`", ours),
    ...(nginx === undefined ? [] : [await toContender(context, status, "nginx, one worker, `open_file_cache`", nginx)]),
  ];
  const what = status === 200 ? `200 with a pack of ${Math.round(fixture.pack.length / 1024)} KiB` : "304";
  return {
    title: `Answers: ${what}, load by ${loadName(tools)}`,
    unit: "/s",
    spreads: await interleave(contenders, rounds),
    ...(notRun === undefined ? {} : { notRun }),
  };
}

/** Each server is asked with its own ETag, and must answer as the comparison says. */
async function toContender(context: Context, status: 200 | 304, name: string, { url }: Server): Promise<Contender> {
  const { etag } = await ask(url, {});
  const headers = status === 304 ? { "if-none-match": etag } : {};
  const answer = await ask(url, headers);
  const length = status === 304 ? 0 : context.fixture.pack.length;
  if (answer.status !== status || answer.length !== length)
    throw new Error(`${name} answered ${JSON.stringify(answer)}`);
  return { name, run: () => answersPerSecond(context.tools, { url, headers, status }, context.turnMs) };
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; length: number; etag: string }> {
  const answer = await fetch(url, { headers });
  return {
    status: answer.status,
    length: (await answer.arrayBuffer()).byteLength,
    etag: answer.headers.get("etag") ?? "",
  };
}

/** nginx as its users tune it for files, with a configuration and all of its files in the fixture's folder. */
async function startNginx({ fixture, tools }: Context): Promise<Server | undefined> {
  if (tools.nginx === undefined) return undefined;
  const dir = join(fixture.root, "nginx");
  const file = join(dir, "files", PACK_PATH);
  await mkdir(dirname(file), { recursive: true });
  await copyFile(fixture.paths.tar, file);
  const port = await freePort();
  const config = join(dir, "nginx.conf");
  await writeFile(config, nginxConfig(dir, port));
  const command = [tools.nginx, "-p", dir, "-c", config, "-e", join(dir, "error.log")] as const;
  return startServer(pinned(tools, 0, command), `http://127.0.0.1:${port}${PACK_PATH}`, dir);
}

function nginxConfig(dir: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/tmp;`);
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
pid ${dir}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.join("\n  ")}
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1h;
  default_type ${MEDIA_TYPES.packTar};
  server {
    listen 127.0.0.1:${port};
    root ${dir}/files;
  }
}
`;
}
