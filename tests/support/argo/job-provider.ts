import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Container, JobProvider, Measurement, Objects, PodTemplate, Volume } from "./types.ts";

export interface ContainerRun {
  /** null when its time was up. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * One measurement by Argo's job provider, which reads nothing but how the job ended. A pod whose Secret or ConfigMap is
 * missing never starts and ends with its deadline.
 */
export async function measureJob(job: JobProvider, objects: Objects): Promise<Measurement & { run?: ContainerRun }> {
  const { template, activeDeadlineSeconds } = job.spec;
  const folder = await mkdtemp(join(tmpdir(), "evidence-gate-"));
  try {
    if (!(await mountVolumes(template, objects, folder))) return { phase: "Failed", message: "DeadlineExceeded" };
    const run = await runContainer(onlyContainer(template), folder, activeDeadlineSeconds);
    return { phase: run.exitCode === 0 ? "Successful" : "Failed", run };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function onlyContainer({ spec }: PodTemplate): Container {
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0) throw new Error("the player runs one container");
  return container;
}

/** Runs the container's own command and arguments by this machine's programs; mounts stand below the folder. */
async function runContainer(container: Container, folder: string, deadline?: number): Promise<ContainerRun> {
  const [program, ...words] = [...(container.command ?? []), ...(container.args ?? [])];
  if (program === undefined) throw new Error("the player needs a command");
  const inPod = (value: string): string => {
    const mount = container.volumeMounts?.find(({ mountPath }) => value.startsWith(`${mountPath}/`));
    return mount === undefined ? value : join(folder, value);
  };
  const env = Object.fromEntries((container.env ?? []).map(({ name, value = "" }) => [name, inPod(value)]));
  const child = spawn(program, words, {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(deadline === undefined ? {} : { timeout: deadline * 1000 }),
  });
  const exited = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

async function mountVolumes(template: PodTemplate, objects: Objects, folder: string): Promise<boolean> {
  const volumes = template.spec.volumes ?? [];
  for (const { name, mountPath } of onlyContainer(template).volumeMounts ?? []) {
    const volume = volumes.find((candidate) => candidate.name === name);
    const files = volume === undefined ? undefined : filesOf(volume, objects);
    if (files === undefined) return false;
    for (const [path, content] of files) {
      const file = join(folder, mountPath, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
  return true;
}

/** undefined when the object or a key of it is not there. */
function filesOf({ secret, configMap }: Volume, objects: Objects): readonly [string, string][] | undefined {
  const source = secret === undefined ? objects.configMaps[configMap?.name ?? ""] : objects.secrets[secret.secretName];
  const items = (secret ?? configMap)?.items ?? [];
  const files = items.flatMap(({ key, path }): [string, string][] => {
    const content = source?.[key];
    return content === undefined ? [] : [[path, content]];
  });
  return files.length === items.length ? files : undefined;
}
