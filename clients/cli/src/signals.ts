const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs work that must clean up when the process is asked to stop: the first SIGINT or SIGTERM aborts `signal`, and once
 * the work has ended the process dies by that signal, as its parent expects. A second one kills at once.
 */
export async function withAbort<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const caught: NodeJS.Signals[] = [];
  const onSignal = (name: NodeJS.Signals): void => {
    caught.push(name);
    controller.abort(new Error(`stopped by ${name}`));
    release();
  };
  const release = (): void => {
    for (const name of STOP_SIGNALS) process.removeListener(name, onSignal);
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    release();
    if (caught[0] !== undefined) process.kill(process.pid, caught[0]);
  }
}
