/** Where a worker's program lies: beside this file, compiled or as source. */
export const WORKER_URL = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);
