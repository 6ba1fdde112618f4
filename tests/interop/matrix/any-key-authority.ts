import { createPublicKey, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestAuthority } from "@policy-pack/testkit";

interface SigningRequest {
  readonly publicKeyRequest: { readonly publicKey: { readonly content: string } };
}

export interface AnyKeyAuthority {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers as Fulcio does, with the authority's certificates for keys of every kind, where its own front takes P-256 alone.
 * Neither tokens nor possession are checked.
 */
export async function startAnyKeyAuthority({ authority, identity, issuer }: TestAuthority): Promise<AnyKeyAuthority> {
  const certify = (body: string): object => {
    const { publicKeyRequest } = JSON.parse(body) as SigningRequest;
    const publicKey = createPublicKey(publicKeyRequest.publicKey.content);
    const chain = authority.certify({ identity, issuer, publicKey });
    const certificates = chain.map((der) => new X509Certificate(der).toString());
    return { signedCertificateEmbeddedSct: { chain: { certificates } } };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json", connection: "close" });
      response.end(JSON.stringify(certify(Buffer.concat(chunks).toString())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
