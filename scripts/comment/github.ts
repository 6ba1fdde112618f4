/** GitHub's REST API, as much of it as a comment needs. */
export interface GitHub {
  /** The answer's JSON. */
  ask(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<unknown>;
  /** The answer's bytes, wherever it redirects to: at most `maxBytes`. */
  download(path: string, maxBytes: number): Promise<Buffer>;
}

const TIMEOUT_MS = 30_000;

/** @param api where the API is, without a final slash */
export function createGitHub(api: string, token: string): GitHub {
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    };
    const answer = await fetch(`${api}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return answer;
  };
  return {
    ask: async (method, path, body) => (await send(method, path, body)).json(),
    // fetch drops the token when a redirect leads to another host, which is where artifacts are.
    download: async (path, maxBytes) => collect((await send("GET", path)).body, maxBytes),
  };
}

async function collect(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > maxBytes) throw new Error(`the artifact has more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
